import type { ClientBase, QueryResult, QueryResultRow } from 'pg'

/** The prepared statements of a session, of which `generation` is a part of the name. */
interface Plans {
  generation: number
  pages: number
  /** By text. */
  readonly names: Map<string, string>
}

const sessions = new WeakMap<object, Plans>()

/**
 * Has queries of the catalogs planned once in a session, which reads them again and again: on a small database to plan them
 * takes most of the time. The session must be ours until it ends.
 */
export function keepPlans(client: object): void {
  sessions.set(client, { generation: 0, pages: 0, names: new Map() })
}

/** As many pages of pg_class as a thousand relations take, about. */
const small = 40

/** Plans of catalogs that are small need not be good ones; generic, they are made once, whatever the parameters. */
const quickPlans = `SELECT pg_catalog.count(pg_catalog.set_config(name, value, true)) FROM (VALUES
    ('join_collapse_limit', '1'), ('from_collapse_limit', '1'), ('enable_mergejoin', 'off'),
    ('plan_cache_mode', 'force_generic_plan')) AS setting (name, value)
  WHERE pg_catalog.pg_relation_size('pg_catalog.pg_class') OPERATOR(pg_catalog.<=) ${small * 8192}`

/**
 * Begins a transaction or savepoint in which the catalogs are read. Kept plans are made again where something has dropped
 * them (DISCARD, DEALLOCATE), and where the catalogs have grown since.
 * @param begin the statement
 */
export async function beginReading(client: ClientBase, begin: string): Promise<void> {
  const plans = sessions.get(client)
  const results: unknown = await client.query(
    `${begin}; SET LOCAL jit = off; ${quickPlans};
     SELECT pg_catalog.pg_relation_size('pg_catalog.pg_class') / 8192 AS pages,
       ${plans === undefined ? '0' : `(SELECT pg_catalog.count(*) FROM pg_catalog.pg_prepared_statements WHERE pg_catalog.starts_with(name, '${prefix(plans)}'))`} AS kept`,
  )
  const [row] = rowsOfLast(results)
  if (row === undefined) return
  const [pages, kept] = [Number(row.pages), Number(row.kept)]
  if (plans !== undefined && (kept < plans.names.size || pages > 2 * plans.pages)) {
    plans.generation += 1
    plans.pages = pages
    plans.names.clear()
  }
}

/** A query of the catalogs, in what {@link beginReading} has begun. */
export function catalogQuery<Row extends QueryResultRow>(
  client: ClientBase,
  text: string,
  values?: readonly unknown[],
): Promise<QueryResult<Row>> {
  const plans = sessions.get(client)
  const given = values === undefined ? undefined : [...values]
  if (plans === undefined) return client.query<Row>(text, given)
  const name = plans.names.get(text) ?? `${prefix(plans)}${plans.names.size}`
  plans.names.set(text, name)
  return client.query<Row>({ name, text, values: given })
}

function prefix({ generation }: Plans): string {
  return `mig_${generation}_`
}

function rowsOfLast(results: unknown): readonly Record<string, unknown>[] {
  const last: unknown = Array.isArray(results) ? results.at(-1) : undefined
  return typeof last === 'object' && last !== null && 'rows' in last && Array.isArray(last.rows)
    ? (last.rows as readonly Record<string, unknown>[])
    : []
}

/**
 * Runs `body` in a transaction of its own, or in a savepoint of the one that is open, and undoes what it has done and set.
 * @param begin the statement that opens a transaction of its own
 * @param open sends the statement that opens the one or the other
 */
export async function undoing<Result>(
  client: ClientBase,
  body: () => Promise<Result>,
  begin = 'BEGIN',
  open: (client: ClientBase, statement: string) => Promise<unknown> = (session, sql) => session.query(sql),
): Promise<Result> {
  const isOpen = client.getTransactionStatus() === 'T'
  await open(client, isOpen ? 'SAVEPOINT mig_undone' : begin)
  try {
    return await body()
  } finally {
    await client.query(isOpen ? 'ROLLBACK TO SAVEPOINT mig_undone; RELEASE SAVEPOINT mig_undone' : 'ROLLBACK')
  }
}
