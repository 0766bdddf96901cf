import type { Client } from 'pg'
import {
  isConcurrent,
  qualifiedName,
  quoteIdent,
  setOwnPath,
  setOwnPathLocal,
  withoutConcurrently,
} from '../../../postgres/index.ts'
import type { LineTarget } from '../../../scratch/lines.ts'
import {
  type ConcernedTable,
  makeRows,
  plainWish,
  type RowWish,
  type WithoutRows,
} from '../../../scratch/rows/index.ts'
import { sqlState } from '../../search/address.ts'
import type { GeneratedRevision, Side } from '../../write/revision.ts'
import type { RowPlan } from './plan.ts'

/** Rows that a change is proved with, and where there are none. */
export interface TriedRows {
  readonly tables: readonly ConcernedTable[]
  readonly without: readonly WithoutRows[]
  /** Tables that the downgrade is proved without rows of: it fails where they have some. */
  readonly emptied: readonly EmptiedTable[]
  /** Tables whose rows a lossy downgrade leaves such that the upgrade does not take them again. */
  readonly emptiedAgain: readonly EmptiedTable[]
}

export interface EmptiedTable {
  readonly schema: string
  readonly name: string
  readonly reason: string
}

interface Problem {
  readonly error: Error
  readonly table: { readonly schema: string; readonly name: string } | undefined
}

/** Both directions, as lists of what runs in one transaction or outside of any. */
interface Ways {
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

/** How rows are made, until some pass: fewer, plainer, emptier, with other values. */
const wishes: readonly Omit<RowWish, 'asks'>[] = [
  plainWish,
  { count: 3, rich: false, nulls: 'few', shift: 0 },
  { count: 1, rich: false, nulls: 'few', shift: 0 },
  { count: 1, rich: false, nulls: 'many', shift: 0 },
  { count: 1, rich: false, nulls: 'few', shift: 1 },
  { count: 1, rich: false, nulls: 'few', shift: 2 },
]

const mostExcluded = 12

/**
 * Makes rows at the base state that a change can be proved with: up, down and up again are tried with them, and undone. Rows
 * that break what the change asks of rows are made differently, and in the end not at all: such a table is named.
 * @param tables those that the change concerns
 * @param onCopy where a change is tried that has to commit in between; without it, all is tried in one transaction
 */
export async function triedRows(
  client: Client,
  tables: readonly ConcernedTable[],
  plan: RowPlan,
  revisions: readonly GeneratedRevision[],
  lines: readonly LineTarget[],
  onCopy?: OnCopy,
): Promise<TriedRows> {
  if (tables.length === 0) return { tables, without: [], emptied: [], emptiedAgain: [] }
  const tried: Tried = { client, plan, ways: waysOf(revisions, lines), onCopy }
  const excluded = new Map<string, WithoutRows>()
  for (let round = 0; round < mostExcluded; round += 1) {
    const left = tables.filter(({ oid }) => !excluded.has(oid))
    const made = await firstThatPasses(left, tried)
    if (!('problem' in made)) return { ...made, tables, without: [...made.without, ...excluded.values()] }
    for (const table of await tablesOf(client, made.problem, left)) excluded.set(table.oid, table)
  }
  const reason = 'no rows were found that the change runs on'
  return {
    tables,
    without: (await namesOf(client, tables)).map((table) => ({ ...table, reason })),
    emptied: [],
    emptiedAgain: [],
  }
}

/** What is tried, and where. */
interface Tried {
  readonly client: Client
  readonly plan: RowPlan
  readonly ways: Ways
  readonly onCopy: OnCopy | undefined
}

type Emptied = Pick<TriedRows, 'emptied' | 'emptiedAgain'>
type Passed = Omit<TriedRows, 'tables'>

/** Rows of the first wish that both directions run on, or else of the first that the upgrade runs on. */
async function firstThatPasses(
  tables: readonly ConcernedTable[],
  tried: Tried,
): Promise<Passed | { readonly problem: Problem }> {
  let problem: Problem | undefined
  let onlyUp: (typeof wishes)[number] | undefined
  for (const wish of wishes) {
    const made = await tryWish(tables, wish, tried, 'both')
    if ('without' in made) return made
    if (made.up === undefined) onlyUp ??= wish
    problem ??= made.up
  }
  const passed = onlyUp && (await tryWish(tables, onlyUp, tried, 'up'))
  if (passed !== undefined && 'without' in passed) return passed
  return { problem: passed?.up ?? problem ?? { error: new Error('no rows'), table: undefined } }
}

/** Tries a wish, with tables emptied on the way as they turn out to have to be; leaves its rows where it passes. */
async function tryWish(
  tables: readonly ConcernedTable[],
  shape: (typeof wishes)[number],
  tried: Tried,
  least: 'both' | 'up',
): Promise<Passed | { readonly up: Problem | undefined }> {
  const wish = { ...shape, asks: tried.plan.asks }
  const emptied: EmptiedTable[] = []
  const emptiedAgain: EmptiedTable[] = []
  for (;;) {
    const { without, stop, kept } = await walked(tables, wish, tried, { emptied, emptiedAgain })
    if (stop !== undefined) {
      if (stop.step === 'up') return { up: stop.problem }
      if (stop.step === 'down' && least === 'both') return { up: undefined }
      const list = stop.step === 'down' ? emptied : emptiedAgain
      const { error, table } = stop.problem
      const isNews =
        table !== undefined &&
        !list.some(({ schema, name }) => schema === table.schema && name === table.name)
      if (isNews && list.length < mostExcluded) {
        list.push({ ...table, reason: error.message })
        continue
      }
    }
    // What nothing helps against, the proof itself shows.
    if (!kept) await makeRows(tried.client, tables, wish)
    return { without, emptied, emptiedAgain }
  }
}

interface Walk {
  readonly without: readonly WithoutRows[]
  /** Where rows have stopped it. */
  readonly stop?: { readonly step: 'up' | 'down' | 'again'; readonly problem: Problem }
}

/** Makes rows, and goes up, down and up with them; what was made stays only where nothing stops that. */
async function walked(
  tables: readonly ConcernedTable[],
  wish: RowWish,
  { client, plan, ways, onCopy }: Tried,
  emptied: Emptied,
): Promise<Walk & { readonly kept: boolean }> {
  if (onCopy !== undefined) {
    const made = await onCopy(async (copy) => {
      const without = await makeRows(copy, tables, wish)
      return { without, ...(await upDownUp(copy, plan, ways, emptied, runParts)) }
    })
    return { ...made, kept: false }
  }
  await client.query('BEGIN')
  let kept = false
  try {
    const without = await makeRows(client, tables, wish)
    await client.query('SAVEPOINT mig_trial')
    const walk = await upDownUp(client, plan, ways, emptied, runAtOnce)
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
  { up, down }: Ways,
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

/** A statement that PostgreSQL refused. */
class Refused extends Error {
  readonly sql: string

  constructor(sql: string, cause: unknown) {
    super('refused', { cause })
    this.sql = sql
  }
}

/** A problem that rows make, `unknown` for any other: the proof itself shows it. */
async function failureOf(run: () => Promise<void>): Promise<Problem | 'unknown' | undefined> {
  try {
    await run()
    return undefined
  } catch (refused) {
    const error = refused instanceof Refused ? refused.cause : refused
    const state = sqlState(error)
    if (!(refused instanceof Refused) || state === undefined || !(error instanceof Error)) throw error
    // data_exception and integrity_constraint_violation (manual, appendix A)
    return /^2[23]/.test(state) ? { error, table: tableOf(error, refused.sql) } : 'unknown'
  }
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

/** Whether a change commits in between, other than for an index that is built concurrently. */
export function commitsBetween(revisions: readonly GeneratedRevision[]): boolean {
  const sections = revisions.flatMap(({ upgrade, downgrade }) => [...upgrade.sections, ...downgrade.sections])
  return sections.some(
    ({ autocommit, statements }) => autocommit && statements.some((sql) => !isConcurrent(sql)),
  )
}

function tableOf(error: Error, sql: string): Problem['table'] {
  const [schema, table]: unknown[] = [Reflect.get(error, 'schema'), Reflect.get(error, 'table')]
  if (typeof schema === 'string' && typeof table === 'string') return { schema, name: table }
  const part = '("(?:[^"]|"")+"|[\\w$]+)'
  const found = new RegExp(`(?:ALTER TABLE|INSERT INTO|UPDATE| ON) (?:ONLY )?(?:${part}\\.)?${part}`).exec(
    sql,
  )
  const plain = (name: string) => (name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name)
  return found?.[2] === undefined ? undefined : { schema: plain(found[1] ?? ''), name: plain(found[2]) }
}

/** The statements of both directions; tenant lines in their stand-in. */
function waysOf(revisions: readonly GeneratedRevision[], lines: readonly LineTarget[]): Ways {
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

/** The tables of a problem by their names at the base state, with what refers to them; all, where it names none. */
async function tablesOf(
  client: Client,
  { error, table }: Problem,
  tables: readonly ConcernedTable[],
): Promise<readonly WithoutRows[]> {
  const known = await namesOf(client, tables)
  const own = known.filter(
    ({ schema, name }) =>
      table !== undefined && name === table.name && (table.schema === '' || schema === table.schema),
  )
  const ids = new Set(own.map(({ oid }) => oid))
  if (ids.size > 0) {
    const { rows } = await client.query<{ own: string; other: string }>(
      `SELECT conrelid::text AS own, confrelid::text AS other FROM pg_constraint WHERE contype = 'f'`,
    )
    for (let count = -1; count !== ids.size; ) {
      count = ids.size
      for (const { own: from, other } of rows) if (ids.has(other)) ids.add(from)
    }
  }
  const found = ids.size === 0 ? known : known.filter(({ oid }) => ids.has(oid))
  return found.map((each) => ({ ...each, reason: error.message }))
}

async function namesOf(
  client: Client,
  tables: readonly ConcernedTable[],
): Promise<readonly Omit<WithoutRows, 'reason'>[]> {
  const { rows } = await client.query<Omit<WithoutRows, 'reason'>>(
    `SELECT c.oid::text, n.nspname AS schema, c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.oid = ANY ($1::text[]::oid[])`,
    [tables.map(({ oid }) => oid)],
  )
  return rows
}
