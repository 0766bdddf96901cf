import type { ClientBase } from 'pg'
import { exitCodes, MigError } from '../../errors.ts'
import { onDatabase, qualifiedName, quoteLiteral, runsOthersCode } from '../../postgres/index.ts'
import type { AutogenerateInput } from '../input.ts'
import { recreateFlag, usingFlag } from '../questions/flags.ts'
import { columnText } from '../questions/names.ts'
import { sqlState } from '../search/address.ts'
import type { Conversion } from '../write/conversions.ts'
import type { GeneratedRevision } from '../write/revision.ts'

type Input = Pick<AutogenerateInput, 'liveUrl' | 'rewrite' | 'showsValues'>

interface Broken extends Conversion {
  /** What PostgreSQL would refuse the row with. */
  readonly sqlstate: string
  readonly message: string
}

/**
 * Looks for rows that do not convert: computes what type changes and `--using` would give for the rows of the live database,
 * in a read-only transaction and for as long as a person waits. A value is told only where a person sees it, since output is kept elsewhere.
 * @returns `decision-needed` with the columns and PostgreSQL's error codes
 */
export async function unconvertible(
  input: Input,
  revisions: readonly GeneratedRevision[],
): Promise<MigError | undefined> {
  const all = revisions.flatMap(({ upgrade }) => upgrade.costs.conversions)
  if (input.liveUrl === null || input.rewrite !== undefined || all.length === 0) return undefined
  const broken = await onDatabase(input.liveUrl, async (client) => {
    const found: Broken[] = []
    for (const conversion of all) {
      const failure = await failureOf(client, conversion)
      if (failure !== undefined) found.push({ ...conversion, ...failure })
    }
    return found
  })
  const [first] = broken
  if (first === undefined) return undefined
  const told = broken.map((each) => ({
    column: nameOf(each),
    error: `SQLSTATE ${each.sqlstate}${input.showsValues === true ? `, ${each.message}` : ''}`,
  }))
  const flags = told.map(({ column }) => usingFlag(column))
  const otherwise = `or change the rows in a revision before this one (just mig-revision "…"), or ${recreateFlag(nameOf(first))} to drop and add the column (its data is lost)`
  return new MigError(
    'decision-needed',
    `rows of the database do not allow a change of type, or an expression of --using:\n${told.map(({ column, error }) => `  ${column}: ${error}`).join('\n')}`,
    {
      exitCode: exitCodes.decisionNeeded,
      help: `say what they become: ${flags.join(' ')}; ${otherwise}`,
      facts: { casts: told, flags, otherwise },
    },
  )
}

function nameOf({ schema, table, column }: Conversion): string {
  return columnText({ schema, table, name: column })
}

const patience = '3s'

/**
 * Undefined also where the live database has not what the expression names yet, or is too large to look through, and where
 * looking would run code of others.
 */
async function failureOf(
  client: ClientBase,
  conversion: Conversion,
): Promise<Pick<Broken, 'sqlstate' | 'message'> | undefined> {
  if (await runsOthersCode(client, conversion.schema, conversion.table)) return undefined
  await client.query(`BEGIN READ ONLY; SET LOCAL statement_timeout = '${patience}'`)
  try {
    for (const { query, sqlstate, message } of checksOf(conversion)) {
      const { rows } = await client.query<{ found: boolean }>(query)
      if (rows[0]?.found === true) return { sqlstate, message }
    }
    return undefined
  } catch (error) {
    const sqlstate = sqlState(error)
    if (sqlstate === undefined || !(error instanceof Error)) throw error
    return isAboutValues(sqlstate) ? { sqlstate, message: error.message } : undefined
  } finally {
    await client.query('ROLLBACK')
  }
}

/** Data exceptions, and those of a domain's NOT NULL and checks (manual, appendix A). */
function isAboutValues(sqlstate: string): boolean {
  return sqlstate.startsWith('22') || sqlstate === '23502' || sqlstate === '23514'
}

interface Check {
  readonly query: string
  readonly sqlstate: string
  readonly message: string
}

function checksOf({ schema, table, column, value, type, labels, notNull }: Conversion): readonly Check[] {
  const from = `FROM ${qualifiedName(schema, table)}`
  const exists = (condition: string) => `SELECT EXISTS (SELECT ${from} WHERE ${condition}) AS found`
  const isRequired = `(SELECT attnotnull FROM pg_attribute
    WHERE attrelid = ${quoteLiteral(qualifiedName(schema, table))}::regclass AND attname = ${quoteLiteral(column)})`
  const nulls: readonly Check[] = notNull
    ? [
        {
          query: exists(`(${value}) IS NULL${notNull === 'as live' ? ` AND ${isRequired}` : ''}`),
          sqlstate: '23502',
          message: 'NULL in a NOT NULL column',
        },
      ]
    : []
  if (labels !== undefined) {
    const list = `ARRAY[${labels.map(quoteLiteral).join(', ')}]::text[]`
    const isIn =
      type?.endsWith('[]') === true ? `(${value})::text[] <@ ${list}` : `(${value})::text = ANY (${list})`
    return [
      { query: exists(`NOT ${isIn}`), sqlstate: '22P02', message: 'a value that is not in the enum' },
      ...nulls,
    ]
  }
  const cast = type === undefined ? `(${value})` : `(${value})::${type}`
  const length = /^(?:character varying|character)\((\d+)\)$/.exec(type ?? '')?.[1]
  return [
    { query: `SELECT count(${cast}) < 0 AS found ${from}`, sqlstate: '22000', message: '' },
    // An explicit cast cuts off what is too long; ALTER COLUMN TYPE refuses it, but for spaces at the end.
    ...(length === undefined
      ? []
      : [
          {
            query: exists(`length(rtrim((${value})::text, ' ')) > ${length}`),
            sqlstate: '22001',
            message: `a value longer than ${length}`,
          },
        ]),
    ...nulls,
  ]
}
