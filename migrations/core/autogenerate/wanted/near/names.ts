import { lastOf, type Piece } from './statement.ts'

/** What PostgreSQL calls the sequence of a column, with a number where that is taken. */
const sequence = /_seq\d*$/

/**
 * Which statements make and name what. A name without a schema, which begins with `?.`, stands for that of every schema.
 */
export class NameIndex {
  readonly #naming = new Map<string, Map<string, Piece[]>>()
  readonly #making = new Map<string, Map<string, Piece[]>>()

  constructor(pieces: readonly Piece[]) {
    for (const piece of pieces) {
      for (const name of piece.names) put(this.#naming, name, piece)
      if (piece.makes !== undefined) put(this.#making, piece.makes, piece)
      // What names a table can depend on it.
      if (piece.about !== undefined && piece.completes) put(this.#making, piece.about, piece)
    }
  }

  /** The statements that have a name. */
  naming(name: string): readonly Piece[] {
    const last = lastOf(name)
    return [last, `_${last}`]
      .flatMap((each) => matching(this.#naming.get(each), name))
      .concat(this.#sequenceUsers(name))
  }

  /** The statements that make what a name stands for. */
  making(name: string): readonly Piece[] {
    return derived(lastOf(name)).flatMap((last) => matching(this.#making.get(last), name))
  }

  /** Whether a name is among others. */
  has(names: ReadonlySet<string>, name: string): boolean {
    const last = lastOf(name)
    return [...names].some((each) => derived(lastOf(each)).includes(last) && agree(each, name))
  }

  /** The statements that name a sequence which a column of a table has brought. */
  #sequenceUsers(table: string): readonly Piece[] {
    const begin = `${lastOf(table)}_`
    return [...this.#naming].flatMap(([last, found]) =>
      last.startsWith(begin) && sequence.test(last) ? matching(found, table) : [],
    )
  }
}

function put(index: Map<string, Map<string, Piece[]>>, name: string, piece: Piece): void {
  const last = lastOf(name)
  const own = index.get(last) ?? new Map<string, Piece[]>()
  index.set(last, own)
  const pieces = own.get(name) ?? []
  own.set(name, pieces)
  pieces.push(piece)
}

function matching(found: ReadonlyMap<string, readonly Piece[]> | undefined, name: string): readonly Piece[] {
  return found === undefined ? [] : [...found].flatMap(([each, pieces]) => (agree(each, name) ? pieces : []))
}

function agree(one: string, other: string): boolean {
  const schemas = [one, other].map((name) => name.slice(0, name.indexOf('.')))
  return schemas.includes('?') || schemas[0] === schemas[1]
}

/** What a name can follow from: that of an array from its element, of a sequence from the table of its column. */
function derived(name: string): readonly string[] {
  const names = [name]
  if (name.startsWith('_')) names.push(name.slice(1))
  if (sequence.test(name))
    for (let at = name.indexOf('_'); at > 0; at = name.indexOf('_', at + 1)) names.push(name.slice(0, at))
  return names
}
