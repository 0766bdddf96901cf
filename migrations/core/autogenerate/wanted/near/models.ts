import type { ModelFile } from '../../../sources/index.ts'
import { mostInTransaction } from '../limits.ts'
import { NameIndex } from './names.ts'
import { type Piece, pieceOf } from './statement.ts'

/** What is left of two sets of models when all that no difference between them reaches is taken out. */
export interface NearModels {
  readonly from: readonly ModelFile[]
  readonly to: readonly ModelFile[]
  /** What differs, and what depends on it: as `schema.name`, or `?.name` in whichever schema; in small letters. */
  readonly touched: ReadonlySet<string>
}

/**
 * The statements that a difference between two sets of models reaches. In both, there is
 *
 * - each statement that only one of them has;
 * - each that names what these are about, in whatever way, and each that names what that makes, and so on: more than what
 *   PostgreSQL knows to depend on it, since the body of a function or a text that is run may name it too. Where a table
 *   names it by a foreign key alone, it ends there;
 * - what makes all that these name; tables that are there only to be named have no foreign keys, indexes and triggers, but
 *   for those that a table gets its own from;
 * - schemas and extensions.
 *
 * What else there is neither depends on the difference nor is depended on.
 * @param schemas those that names can begin with
 * @returns undefined where a statement may do more than it names, and where the difference reaches too much
 */
export function nearModels(
  from: readonly ModelFile[],
  to: readonly ModelFile[],
  schemas: readonly string[],
): NearModels | undefined {
  // A name is told from its schema by the first dot.
  if (schemas.some((schema) => schema.includes('.'))) return undefined
  const pieces = new Map<string, Piece>()
  const known = new Set(schemas.map((schema) => schema.toLowerCase()))
  const old = keysIn(from, known, pieces)
  const next = old === undefined ? undefined : keysIn(to, known, pieces)
  if (old === undefined || next === undefined) return undefined
  const common = [...old].filter((key) => next.has(key))
  if (common.join('\n') !== [...next].filter((key) => old.has(key)).join('\n')) return undefined
  const differing = [...pieces.values()].filter(({ key }) => !(old.has(key) && next.has(key)))
  if (differing.length > mostInTransaction || differing.some(({ isAlways }) => isAlways)) return undefined
  const index = new NameIndex([...pieces.values()])
  const { whole, touched } = reachedBy(differing, index)
  const named = namedBy(whole, index)
  if (whole.size + named.size > mostInTransaction) return undefined
  const left = (file: ModelFile) => partOf(file, (key) => sqlOf(pieces.get(key), whole, named))
  return { from: from.map(left), to: to.map(left), touched }
}

/** The keys of all statements in their order; undefined where one is there twice, or may do more than it names. */
function keysIn(
  files: readonly ModelFile[],
  schemas: ReadonlySet<string>,
  pieces: Map<string, Piece>,
): ReadonlySet<string> | undefined {
  const keys = new Set<string>()
  for (const file of files) {
    for (const { sql } of file.statements) {
      const key = keyOf(file, sql)
      if (keys.has(key)) return undefined
      keys.add(key)
      if (pieces.has(key)) continue
      const piece = pieceOf(key, sql, schemas)
      if (piece === undefined) return undefined
      pieces.set(key, piece)
    }
  }
  return keys
}

/** Equal for equal statements of files that share a search_path. */
function keyOf({ key, keyed }: ModelFile, sql: string): string {
  return JSON.stringify([key, keyed, sql])
}

function reachedBy(
  differing: readonly Piece[],
  index: NameIndex,
): { readonly whole: ReadonlySet<Piece>; readonly touched: ReadonlySet<string> } {
  const whole = new Set<Piece>()
  const touched = new Set<string>()
  const open: string[] = []
  const touch = (name: string | undefined) => {
    if (name === undefined || touched.has(name)) return
    touched.add(name)
    open.push(name)
  }
  const take = (piece: Piece) => {
    if (whole.has(piece)) return
    whole.add(piece)
    if (!piece.copies) return
    for (const name of piece.uses) for (const { makes } of index.making(name)) touch(makes)
  }
  for (const piece of differing) {
    take(piece)
    for (const name of [piece.makes, piece.about]) touch(name)
  }
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    for (const piece of index.naming(name)) {
      take(piece)
      if (piece.spreads && index.has(piece.uses, name))
        for (const each of [piece.makes, piece.about]) touch(each)
    }
  }
  return { whole, touched }
}

/** What makes all that some statements name, and that these name. */
function namedBy(whole: ReadonlySet<Piece>, index: NameIndex): ReadonlySet<Piece> {
  const named = new Set<Piece>()
  const open = [...whole]
  for (let piece = open.pop(); piece !== undefined; piece = open.pop()) {
    for (const name of whole.has(piece) ? piece.names : piece.uses) {
      for (const maker of index.making(name)) {
        if (whole.has(maker) || named.has(maker)) continue
        named.add(maker)
        open.push(maker)
      }
    }
  }
  return named
}

function sqlOf(
  piece: Piece | undefined,
  whole: ReadonlySet<Piece>,
  named: ReadonlySet<Piece>,
): string | undefined {
  if (piece === undefined) return undefined
  if (piece.isAlways || whole.has(piece)) return piece.sql
  return named.has(piece) ? (piece.unbound ?? piece.sql) : undefined
}

function partOf(file: ModelFile, left: (key: string) => string | undefined): ModelFile {
  const statements = file.statements.flatMap((statement) => {
    const sql = left(keyOf(file, statement.sql))
    return sql === undefined ? [] : [{ ...statement, sql }]
  })
  return { ...file, statements }
}
