import type { ClientBase } from 'pg'
import { shellWord } from '../../environment/index.ts'
import { exitCodes, MigError } from '../../errors.ts'
import { onDatabase, qualifiedName, quoteIdent, runsOthersCode } from '../../postgres/index.ts'
import type { AutogenerateInput } from '../input.ts'
import { usingFlag } from '../questions/flags.ts'
import { sqlState } from '../search/address.ts'
import { demandedColumn, type RowDemand } from '../write/existing-rows.ts'
import type { GeneratedRevision } from '../write/revision.ts'
import { staleText } from '../write/stale-results.ts'

type Input = Pick<AutogenerateInput, 'casts' | 'liveUrl' | 'rewrite' | 'emit'>

/**
 * Looks whether rows of the live database have no value for what becomes NOT NULL, or break a new constraint or unique
 * index: the upgrade would fail there. It looks for as long as a person waits; a hook that rewrites the statements may
 * have filled or changed them. Broken constraints are a warning: the rows are wrong, not the revision.
 * @returns `decision-needed` with the columns
 */
export async function unfilled(
  input: Input,
  revisions: readonly GeneratedRevision[],
): Promise<MigError | undefined> {
  const { asked = [] } = input.casts
  const columns = columnDemands(revisions).filter((demand) => !asked.includes(demandedColumn(demand)))
  const demands = [...columns, ...demandsOf(revisions).filter(({ query }) => query !== undefined)]
  if (input.liveUrl === null || input.rewrite !== undefined || demands.length === 0) return undefined
  const failing = await onDatabase(input.liveUrl, async (client) => {
    const found: RowDemand[] = []
    for (const demand of demands) if (await hasRows(client, demand)) found.push(demand)
    return found
  })
  for (const demand of failing) if (demand.query !== undefined) warnOfBreaking(input, demand)
  const missing = failing.filter(({ query }) => query === undefined)
  const open = missing.map(demandedColumn)
  if (open.length === 0) return undefined
  const flags = open.map((name) => usingFlag(name))
  const otherwise = [...new Set(missing.map(({ fails }) => fails))]
    .map((fails) => {
      const names = missing
        .filter((demand) => demand.fails === fails)
        .map(demandedColumn)
        .join(', ')
      return fails === 'rows'
        ? `or give ${names} a default`
        : `or fill ${names} in a revision before this one`
    })
    .join('; ')
  return new MigError(
    'decision-needed',
    `rows of the database would have no value in what becomes NOT NULL:\n${open.map((name) => `  ${name}`).join('\n')}`,
    {
      exitCode: exitCodes.decisionNeeded,
      help: `say which value they get: ${flags.join(' ')}; ${otherwise}`,
      facts: { fills: open, flags, otherwise },
    },
  )
}

function warnOfBreaking({ emit }: Input, demand: RowDemand): void {
  const table = demandedColumn({ ...demand, column: null })
  emit?.({
    event: 'warning',
    code: 'rows-break',
    message: `rows of ${table} break ${demand.object}: the upgrade fails on this database`,
    help: `change them first, in a revision before this one or at the start of this one; they are: ${demand.query}`,
  })
}

/** Warns of columns that become NOT NULL without a value: the live database has no such row, another one may. */
export function warnOfRows({ emit }: Input, revisions: readonly GeneratedRevision[]): void {
  for (const demand of columnDemands(revisions)) {
    const column = demandedColumn(demand)
    emit?.({
      event: 'warning',
      code: 'rows-without-value',
      message: `${column} becomes NOT NULL without a value for rows: the upgrade fails where ${demand.fails === 'rows' ? 'the table has any' : 'it is NULL'}`,
      help:
        demand.schema === ''
          ? 'give the column a default, or fill it in a revision by hand'
          : `--using ${shellWord(column)}='<expression>' fills them, or ${otherFill(demand)}`,
    })
  }
}

/** A default is for rows that have no such column yet: NULL stays NULL. */
function otherFill({ fails }: RowDemand): string {
  return fails === 'rows' ? 'give the column a default' : 'fill them in a revision before this one'
}

/** Warns of what is stored as the old body of a function gave it. */
export function warnOfStale({ emit }: Input, revisions: readonly GeneratedRevision[]): void {
  for (const stale of revisions.flatMap(({ upgrade }) => upgrade.costs.stale)) {
    emit?.({
      event: 'warning',
      code: 'old-results',
      message: staleText(stale),
      help: `after the upgrade: ${stale.remedy.join('; ')}`,
    })
  }
}

function demandsOf(revisions: readonly GeneratedRevision[]): readonly RowDemand[] {
  return revisions.flatMap(({ upgrade }) => upgrade.costs.demands)
}

function columnDemands(revisions: readonly GeneratedRevision[]): readonly RowDemand[] {
  return demandsOf(revisions).filter(({ column }) => column !== null)
}

const patience = '3s'

/**
 * False also where the table or column has another name yet, may not be read, or is too large to look through, and where
 * looking would run code of others.
 */
async function hasRows(client: ClientBase, demand: RowDemand): Promise<boolean> {
  const { schema, table, column, fails } = demand
  const isNull = fails === 'nulls' ? ` WHERE ${quoteIdent(column ?? '')} IS NULL` : ''
  const query = demand.query ?? `SELECT FROM ${qualifiedName(schema, table)}${isNull}`
  if (await runsOthersCode(client, schema, table)) return false
  await client.query(`BEGIN READ ONLY; SET LOCAL statement_timeout = '${patience}'`)
  try {
    const { rows } = await client.query<{ found: boolean }>(`SELECT EXISTS (${query}) AS found`)
    return rows[0]?.found ?? false
  } catch (error) {
    if (unknowable.test(sqlState(error) ?? '')) return false
    throw error
  } finally {
    await client.query('ROLLBACK')
  }
}

/**
 * What is undefined or of another type yet, or may not be read; values or rows that the expression does not take, or that it
 * would make (read_only_sql_transaction); query_canceled, lock_not_available (manual, appendix A).
 */
const unknowable = /^(?:42|2[12]|P0|25006$|57014$|55P03$)/
