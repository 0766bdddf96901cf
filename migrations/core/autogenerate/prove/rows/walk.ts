import type { Client } from 'pg'
import {
  qualifiedName,
  quoteIdent,
  setOwnPath,
  setOwnPathLocal,
  withoutConcurrently,
} from '../../../postgres/index.ts'
import type { LineTarget } from '../../../scratch/lines.ts'
import { type ConcernedTable, makeRows, type RowWish, type WithoutRows } from '../../../scratch/rows/index.ts'
import { commitsApart, type GeneratedRevision, type Side } from '../../write/revision.ts'
import type { RowPlan } from './plan.ts'
import { failureOf, type Problem, Refused } from './problem.ts'

/** Both directions, as lists of what runs in one transaction or outside of any. */
export interface Directions {
  readonly up: readonly Part[]
  readonly down: readonly Part[]
}

interface Part {
  readonly autocommit: boolean
  /** The search_path that the statements run with. */
  readonly path: string
  readonly statements: readonly string[]
}

/** Hands `body` a database of its own that stands at the base state. */
export type OnCopy = <T>(body: (client: Client) => Promise<T>) => Promise<T>

/** A table that is proved without rows, and why. */
export interface EmptiedTable {
  readonly schema: string
  readonly name: string
  readonly reason: string
}

/** What is tried, and where. */
export interface Tried {
  readonly client: Client
  readonly plan: RowPlan
  readonly directions: Directions
  readonly onCopy: OnCopy | undefined
}

/** Tables that are emptied on the way down, and before the second upgrade. */
export interface Emptied {
  /** Tables that the downgrade is proved without rows of: it fails where they have some. */
  readonly emptied: readonly EmptiedTable[]
  /** Tables whose rows a lossy downgrade leaves such that the upgrade does not take them again. */
  readonly emptiedAgain: readonly EmptiedTable[]
}

/** How far a change went. */
export interface Walk {
  readonly without: readonly WithoutRows[]
  /** Where rows have stopped it. */
  readonly stop?: { readonly step: 'up' | 'down' | 'again'; readonly problem: Problem }
}

/** Makes rows, and goes up, down and up with them; what was made stays only where nothing stops that. */
export async function walkWithRows(
  tables: readonly ConcernedTable[],
  wish: RowWish,
  { client, plan, directions, onCopy }: Tried,
  emptied: Emptied,
): Promise<Walk & { readonly kept: boolean }> {
  if (onCopy !== undefined) {
    const made = await onCopy(async (copy) => {
      const without = await makeRows(copy, tables, wish)
      return { without, ...(await upDownUp(copy, plan, directions, emptied, runParts)) }
    })
    return { ...made, kept: false }
  }
  await client.query('BEGIN')
  let kept = false
  try {
    const without = await makeRows(client, tables, wish)
    await client.query('SAVEPOINT mig_trial')
    const walk = await upDownUp(client, plan, directions, emptied, runAtOnce)
    kept = walk.stop === undefined
    return { without, ...walk, kept }
  } finally {
    await client.query(kept ? 'ROLLBACK TO SAVEPOINT mig_trial; COMMIT' : 'ROLLBACK')
  }
}

type Run = (client: Client, parts: readonly Part[]) => Promise<void>

async function upDownUp(
  client: Client,
  plan: RowPlan,
  { up, down }: Directions,
  { emptied, emptiedAgain }: Emptied,
  run: Run,
): Promise<Pick<Walk, 'stop'>> {
  const steps = [
    { step: 'up', parts: up, without: [] },
    { step: 'down', parts: down, without: emptied },
    { step: 'again', parts: up, without: emptiedAgain },
  ] as const
  for (const { step, parts, without } of steps) {
    await emptyTables(client, without, plan)
    const problem = await failureOf(() => run(client, parts))
    if (problem === 'unknown') return {}
    if (problem !== undefined) return { stop: { step, problem } }
  }
  return {}
}

/** Takes all rows out of tables, and of those that refer to them, whether they have their old or their new name. */
export async function emptyTables(
  client: Client,
  tables: readonly Pick<EmptiedTable, 'schema' | 'name'>[],
  { upgrade: { renames } }: Pick<RowPlan, 'upgrade'>,
): Promise<void> {
  const names = tables.flatMap(({ schema, name }) => {
    const renamed = renames.tables.get(JSON.stringify([schema, name]))
    const [newSchema = '', newName = ''] = renamed === undefined ? [] : (JSON.parse(renamed) as string[])
    return [
      qualifiedName(schema, name),
      ...(renamed === undefined ? [] : [qualifiedName(newSchema, newName)]),
    ]
  })
  const { rows } = await client.query<{ name: string }>(
    'SELECT DISTINCT to_regclass(n)::text AS name FROM unnest($1::text[]) n WHERE to_regclass(n) IS NOT NULL',
    [names],
  )
  if (rows.length > 0) await client.query(`TRUNCATE ${rows.map(({ name }) => name).join(', ')} CASCADE`)
}

async function runAtOnce(client: Client, parts: readonly Part[]): Promise<void> {
  for (const { path, statements } of parts) {
    await client.query(`SET LOCAL search_path = ${path}`)
    for (const sql of statements) await runOne(client, withoutConcurrently(sql))
  }
  await client.query(setOwnPathLocal)
}

async function runParts(client: Client, parts: readonly Part[]): Promise<void> {
  for (const { autocommit, path, statements } of parts) {
    await client.query(`${autocommit ? 'SET' : 'BEGIN; SET LOCAL'} search_path = ${path}`)
    try {
      for (const sql of statements) await runOne(client, sql)
      if (!autocommit) await runOne(client, 'COMMIT')
    } catch (error) {
      if (!autocommit) await client.query('ROLLBACK')
      throw error
    } finally {
      if (autocommit) await client.query(setOwnPath)
    }
  }
}

async function runOne(client: Client, sql: string): Promise<void> {
  await client.query(sql).catch((error: unknown) => {
    throw new Refused(sql, error)
  })
}

/** Whether one of the revisions has a section that {@link commitsApart}. */
export function commitsBetween(revisions: readonly GeneratedRevision[]): boolean {
  const sections = revisions.flatMap(({ upgrade, downgrade }) => [...upgrade.sections, ...downgrade.sections])
  return sections.some(commitsApart)
}

/** The statements of both directions; tenant lines in their stand-in. */
export function directionsOf(
  revisions: readonly GeneratedRevision[],
  lines: readonly LineTarget[],
): Directions {
  const parts = (line: string, { sections }: Side) => {
    const target = lines.find(({ key }) => key === line)
    const path = target?.tenant === true ? quoteIdent(target.schema) : 'public'
    return sections.map((section) => ({ ...section, path }))
  }
  return {
    up: revisions.flatMap(({ line, upgrade }) => parts(line, upgrade)),
    down: revisions.toReversed().flatMap(({ line, downgrade }) => parts(line, downgrade)),
  }
}
