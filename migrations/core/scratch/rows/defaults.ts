import type { ClientBase } from 'pg'
import { quoteIdent, setUserPathLocal } from '../../postgres/index.ts'
import type { ConcernedTable } from './concerned.ts'
import { describeTables, type Shapes, shapesOf, type TableShape } from './describe.ts'
import { draftOf, insertStatement, type RowWish, rowValues } from './draft.ts'
import { inOrder, plainWish } from './make.ts'
import { quietly, switchedOff } from './quiet.ts'
import { positionStatements } from './sequence-positions.ts'
import { solve } from './solve.ts'

/** A sequence that gives values which rows have already, or none. */
export interface StaleDefault {
  readonly schema: string
  readonly table: string
  readonly column: string
  /** `gives 1, which a row has`, or PostgreSQL's error. */
  readonly problem: string
}

/**
 * Inserts a row into each table that leaves out every column with a default, and rolls it back: what a sequence or an
 * identity gives must be new. Only these are judged; another default may break a constraint of the models' own.
 * @param known what `describeTables` says of them now, where that was asked already
 */
export async function staleDefaults(
  client: ClientBase,
  tables: readonly ConcernedTable[],
  known?: Shapes,
): Promise<readonly StaleDefault[]> {
  const oids = tables.map(({ oid }) => oid)
  const shapes = known === undefined ? await describeTables(client, oids) : shapesOf(known, oids)
  const numbered = shapes.tables.filter(({ columns }) => columns.some(({ sequence }) => sequence !== null))
  if (numbered.length === 0) return []
  const names = new Set(numbered.flatMap(({ columns }) => columns.flatMap(({ sequence }) => sequence ?? [])))
  const positions = await positionStatements(client, [...names])
  // The caller may have a transaction open, to which this changes nothing either.
  const isInside = client.getTransactionStatus() === 'T'
  await client.query(`${isInside ? 'SAVEPOINT mig_stale' : 'BEGIN'}; SAVEPOINT mig_switched_on`)
  try {
    const own = numbered.map(({ oid }) => oid)
    const tried = async () => {
      const found: (readonly StaleDefault[] | undefined)[] = []
      for (const table of numbered) found.push(await staleIn(client, table, shapes))
      return found
    }
    const found = await switchedOff(client, own, async () => {
      const each = await tried()
      // What a foreign key refuses says nothing of a sequence.
      return each.includes(undefined) ? undefined : each.flatMap((stale) => stale ?? [])
    })
    if (found !== undefined) return found
    await client.query(['ROLLBACK TO SAVEPOINT mig_switched_on', ...positions].join(';'))
    return await quietly(client, own, async () => (await tried()).flatMap((each) => each ?? []))
  } finally {
    const undone = isInside
      ? ['ROLLBACK TO SAVEPOINT mig_stale', 'RELEASE SAVEPOINT mig_stale']
      : ['ROLLBACK']
    // What nextval has given stays given, whatever is rolled back (manual, section 9.17).
    await client.query([...undone, ...positions].join('; '))
  }
}

/** @returns undefined where the row is refused for another reason */
async function staleIn(
  client: ClientBase,
  table: TableShape,
  shapes: Shapes,
): Promise<readonly StaleDefault[] | undefined> {
  const [first, ...others] = table.columns.filter(({ sequence }) => sequence !== null)
  if (first === undefined) return []
  const columns = [first, ...others]
  const wish: RowWish = { ...plainWish, count: 1, nulls: 'many' }
  const draft = draftOf(table, shapes, wish)
  const solved = await solve(client, draft.puzzles)
  const [own] = inOrder([table])
  const values = rowValues(draft, solved, own?.reachable ?? { now: [], later: [] }, 0, wish)
  const defaulted = new Map(
    [...values].map(([name, value]) => {
      const column = table.columns.find((each) => each.name === name)
      return [name, column?.hasDefault === true || column?.sequence != null ? 'DEFAULT' : value] as const
    }),
  )
  const target = `${quoteIdent(table.schema)}.${quoteIdent(table.name)}`
  const used = columns.map(
    ({ name }) =>
      `EXISTS (SELECT FROM ${target} o WHERE o.${quoteIdent(name)} = n.${quoteIdent(name)}) AS used`,
  )
  const parts = columns.map(
    ({ name }, at) => `SELECT ${at} AS place, n.${quoteIdent(name)}::text AS value, ${used[at]} FROM n`,
  )
  const sql = `WITH n AS (${insertStatement(table, [defaulted])} RETURNING *) ${parts.join(' UNION ALL ')}`
  const about = (name: string, problem: string) => ({
    schema: table.schema,
    table: table.name,
    column: name,
    problem,
  })
  await client.query(`SAVEPOINT mig_default; ${setUserPathLocal}`)
  try {
    const { rows } = await client.query<{ place: number; value: string; used: boolean }>(sql)
    return rows.flatMap(({ place, value, used }) =>
      used ? [about(columns[place]?.name ?? '', `gives ${value}, which a row has`)] : [],
    )
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    await client.query('ROLLBACK TO SAVEPOINT mig_default')
    return isOfSequence(
      table,
      error,
      columns.map(({ name }) => name),
    )
      ? [about(first.name, withDetail(error))]
      : undefined
  }
}

/** Whether what a sequence gives is what stops a row: a key over its columns alone, or a sequence at its end. */
function isOfSequence(
  { keys }: TableShape,
  error: Error & { readonly code?: unknown },
  columns: readonly string[],
): boolean {
  const constraint: unknown = Reflect.get(error, 'constraint')
  const broken = keys.find(({ name }) => name === constraint)
  if (error.code === '2200H') return true
  return (
    error.code === '23505' && broken !== undefined && broken.columns.some((name) => columns.includes(name))
  )
}

function withDetail(error: Error): string {
  const detail: unknown = Reflect.get(error, 'detail')
  return typeof detail === 'string' ? `${error.message}: ${detail}` : error.message
}
