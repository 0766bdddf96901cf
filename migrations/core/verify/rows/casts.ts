import { catalogName, quoteIdent } from '../../postgres/index.ts'
import { tokenAt } from '../../postgres/sql/tokens.ts'
import { type Casts, columnKey } from '../../scratch/rows/index.ts'

const part = '(?:"(?:[^"]|"")+"|[\\p{L}_][\\p{L}\\p{N}_$]*)'
const table = new RegExp(
  `^ALTER\\s+TABLE\\s+(?:IF\\s+EXISTS\\s+)?(?:ONLY\\s+)?(?:(${part})\\.)?(${part})\\s*\\*?\\s+`,
  'iu',
)
const retype = new RegExp(
  `^ALTER\\s+(?:COLUMN\\s+)?(${part})\\s+(?:SET\\s+DATA\\s+)?TYPE\\s+(.*?)(?:\\s+COLLATE\\s+\\S+)?(?:\\s+USING\\s+(.*))?$`,
  'isu',
)

const renameTable = new RegExp(`^RENAME\\s+TO\\s+(${part})$`, 'isu')
const renameColumn = new RegExp(`^RENAME\\s+(?:COLUMN\\s+)?(${part})\\s+TO\\s+(${part})$`, 'isu')
const move = new RegExp(`^SET\\s+SCHEMA\\s+(${part})$`, 'isu')

/**
 * What type changes among statements will make of values, as expressions over the columns before. Tables and columns
 * that are renamed on the way go by the names that they have before.
 * @param schema where names without one are
 */
export function castsIn(statements: readonly string[], schema: string): Casts {
  const casts = new Map<string, string>()
  const before = new NamesBefore()
  for (const statement of statements) {
    const sql = withoutComments(statement)
    const [head, inSchema, name = ''] = table.exec(sql) ?? []
    if (head === undefined) continue
    const own = [inSchema === undefined ? schema : catalogName(inSchema), catalogName(name)] as const
    for (const action of partsOf(sql.slice(head.length))) {
      const [, column = '', type, using] = retype.exec(action) ?? []
      if (type !== undefined) {
        const [inOld, ofOld, old] = before.column(own, catalogName(column))
        casts.set(columnKey(inOld, ofOld, old), `(${using ?? quoteIdent(old)})::${type}`)
      }
      before.follow(own, action)
    }
  }
  return casts
}

type TableName = readonly [schema: string, name: string]

/** Names before the first statement, by the names that they have after those followed so far. */
class NamesBefore {
  readonly #tables = new Map<string, TableName>()
  readonly #columns = new Map<string, string>()

  column(own: TableName, name: string): readonly [schema: string, table: string, column: string] {
    return [...this.#table(own), this.#columns.get(JSON.stringify([...this.#table(own), name])) ?? name]
  }

  follow(own: TableName, action: string): void {
    const old = this.#table(own)
    const [, to] = renameTable.exec(action) ?? []
    const [, place] = move.exec(action) ?? []
    const [, from, column] = renameColumn.exec(action) ?? []
    if (to !== undefined) this.#tables.set(JSON.stringify([own[0], catalogName(to)]), old)
    else if (place !== undefined) this.#tables.set(JSON.stringify([catalogName(place), own[1]]), old)
    else if (from !== undefined && column !== undefined) {
      const [, , first] = this.column(own, catalogName(from))
      this.#columns.set(JSON.stringify([...old, catalogName(column)]), first)
    }
  }

  #table(name: TableName): TableName {
    return this.#tables.get(JSON.stringify(name)) ?? name
  }
}

/** The parts of a text between commas, but for those in parentheses and quotes. */
function partsOf(text: string): readonly string[] {
  const parts: string[] = []
  let depth = 0
  let start = 0
  let at = 0
  while (at < text.length) {
    const { kind, end } = tokenAt(text, at)
    if (kind === 'open') depth += 1
    if (kind === 'close') depth -= 1
    if (depth === 0 && text.slice(at, end) === ',') {
      parts.push(text.slice(start, at).trim())
      start = end
    }
    at = end
  }
  return [...parts, text.slice(start).replace(/;\s*$/, '').trim()]
}

function withoutComments(sql: string): string {
  let out = ''
  let at = 0
  while (at < sql.length) {
    const { kind, end } = tokenAt(sql, at)
    out += kind === 'space' ? ' ' : sql.slice(at, end)
    at = end
  }
  return out.trim()
}
