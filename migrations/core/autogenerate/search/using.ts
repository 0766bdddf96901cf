import type { ClientBase } from 'pg'
import { type Action, type Catalog, idKey, tableColumns } from '../../difference/index.ts'
import { MigError } from '../../errors.ts'
import { rowChange, tableChange } from '../../postgres/statement/index.ts'
import { columnText, pathText, readName } from '../questions/names.ts'
import { sqlState } from './address.ts'
import type { CastDecisions } from './decisions.ts'
import { type Fix, type Refusal, type Trial, tryActions } from './trial.ts'

/**
 * As {@link tryActions}. Where statements have an expression of `--using`, what it may name stays until they have run:
 * tables, columns and functions go last.
 * @throws MigError `bad-using` with PostgreSQL's own words, where it refuses an expression
 */
export async function tryWithUsing(
  client: ClientBase,
  actions: readonly Action[],
  current: Catalog,
  fix: Fix,
): Promise<Trial> {
  if (!actions.some(({ using }) => using !== undefined)) return tryActions(client, actions, fix)
  const made = new Set(actions.flatMap(({ produces }) => produces.map(idKey)))
  const late = new Set(actions.filter((action) => canWait(action, made)))
  const early = await tryActions(
    client,
    actions.filter((action) => !late.has(action)),
    fix,
  )
  for (const refusal of early.refused) {
    const wrong = wrongExpression(refusal, current)
    if (wrong !== undefined) throw wrong
  }
  const left = early.refused.map(({ action }) => action)
  const rest = await tryActions(client, [...left, ...late], fix)
  return { done: [...early.done, ...rest.done], refused: rest.refused }
}

const nameable: ReadonlySet<string> = new Set(['table', 'column', 'function'])

/** Whether an action drops something that an expression may name, for good. */
function canWait({ verb, destroys }: Action, made: ReadonlySet<string>): boolean {
  const [root] = destroys
  return verb === 'drop' && root !== undefined && nameable.has(root.kind) && !made.has(idKey(root))
}

/** Class 42 and others that an expression can be refused for (manual, appendix A); not what a table's state forbids. */
const expressionStates = /^(?:42(?!P16|501)|22|21|0A000)/

function wrongExpression({ action, error }: Refusal, current: Catalog): MigError | undefined {
  const [name] = action.using ?? []
  if (name === undefined || !expressionStates.test(sqlState(error) ?? '')) return undefined
  const expression = expressionIn(action.sql)
  const at = 'position' in error && typeof error.position === 'string' ? Number(error.position) - 1 : 0
  // The server counts characters, a string UTF-16 units.
  const offset = [...action.sql].slice(0, at).join('').length - action.sql.indexOf(expression)
  const position = Math.max(0, Math.min(offset, expression.length))
  const hint = 'hint' in error && typeof error.hint === 'string' ? `\nhint: ${error.hint}` : ''
  return new MigError('bad-using', `--using ${name}: ${error.message} (SQLSTATE ${sqlState(error)})${hint}`, {
    help: `an expression may use the columns from before the change: ${columnsBefore(name, current).join(', ')}`,
    place: { statement: expression, position },
    facts: { column: name, sqlstate: sqlState(error) },
    cause: error,
  })
}

/** The expression of a person in a statement: of a type change, or of the UPDATE that fills a column. */
function expressionIn(sql: string): string {
  const change = tableChange(sql)
  return (change?.kind === 'change type' ? change.using : rowChange(sql)?.set?.value) ?? sql
}

function columnsBefore(column: string, current: Catalog): readonly string[] {
  const table = current.facts.facts().find(({ id }) => {
    return id.kind === 'table' && column.startsWith(`${tableText(id)}.`)
  })?.id
  return table?.kind === 'table' ? tableColumns(current, table).map(({ name }) => name) : []
}

/**
 * Refuses the expressions that nothing was done with: what a person says is never passed over.
 * @throws MigError `bad-using` (exit 2)
 */
export function expectUsed(casts: CastDecisions, actions: readonly Action[]): void {
  const used = new Set(actions.flatMap(({ using = [] }) => using))
  const [name] = Object.keys(casts.using).filter((column) => !used.has(column))
  if (name === undefined) return
  throw new MigError('bad-using', `--using ${name} has no effect: rows of that column keep their values`, {
    help: 'give an expression only for a new column, a type change, or a column that becomes NOT NULL; omit this one',
    facts: { column: name },
  })
}

/**
 * Refuses expressions for columns that neither side has, and for those whose values PostgreSQL makes itself.
 * @throws MigError `bad-using` (exit 2) with the columns that there are
 */
export function expectColumns(casts: CastDecisions, base: Catalog, wanted: Catalog): void {
  for (const name of Object.keys(casts.using)) expectColumn(name, base, wanted)
}

function expectColumn(name: string, base: Catalog, wanted: Catalog): void {
  const [before, after] = [base, wanted].map((catalog) => columnOf(name, catalog))
  if (before === undefined && after === undefined) {
    throw new MigError(
      'bad-using',
      `--using ${name}: this column is in neither the models nor the database`,
      {
        help: thereIs(name, [base, wanted]),
        facts: { column: name },
      },
    )
  }
  const [own] = [after, before].filter((column) => column !== undefined)
  const isNumbered = after?.identity === true && before === undefined
  if (own?.generated !== true && !isNumbered) return
  const why = isNumbered
    ? 'an identity column, whose rows PostgreSQL numbers'
    : 'a generated column, which PostgreSQL computes'
  throw new MigError('bad-using', `--using ${name}: it is ${why}`, {
    help: `leave --using ${name} out`,
    facts: { column: name },
  })
}

function columnOf(name: string, catalog: Catalog) {
  for (const table of tablesOf(catalog)) {
    if (!name.startsWith(`${tableText(table)}.`)) continue
    const ofTable = { schema: table.schema, table: table.name }
    const column = tableColumns(catalog, table).find(
      (each) => columnText({ ...ofTable, name: each.name }) === name,
    )
    if (column !== undefined) return column
  }
  return undefined
}

const tableText = ({ schema, name }: { readonly schema: string; readonly name: string }) =>
  pathText([schema, name])

function tablesOf({ facts }: Catalog) {
  return facts.facts().flatMap(({ id }) => (id.kind === 'table' ? [id] : []))
}

function thereIs(name: string, catalogs: readonly Catalog[]): string {
  const { parts } = readName(name, 'using')
  const table = pathText(parts.slice(0, -1))
  const columns = catalogs.flatMap((catalog) =>
    tablesOf(catalog)
      .filter((id) => tableText(id) === table)
      .flatMap((id) => tableColumns(catalog, id).map((column) => column.name)),
  )
  if (columns.length > 0) return `columns of ${table}: ${[...new Set(columns)].join(', ')}`
  const schema = parts[0] ?? ''
  const tables = catalogs.flatMap(tablesOf).filter((id) => id.schema === schema)
  const names = [...new Set(tables.map(tableText))].slice(0, 20)
  return names.length === 0
    ? `write it as schema.table.column='expression'; there is no table in schema ${schema}`
    : `write it as schema.table.column='expression'; tables of ${schema}: ${names.join(', ')}`
}
