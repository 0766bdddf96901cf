import type { Client } from 'pg'
import { qualifiedName, quoteIdent, setOwnPathLocal, setUserPathLocal } from '../../postgres/index.ts'
import {
  type ConcernedTable,
  makeRows,
  plainWish,
  type RowWish,
  type WithoutRows,
} from '../../scratch/rows/index.ts'
import type { GeneratedRevision, Side } from '../generate.ts'
import { sqlState } from '../guide/address.ts'
import type { LineTarget } from '../input.ts'
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

interface Ways {
  readonly up: readonly string[]
  readonly down: readonly string[]
}

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
 * Makes rows at the base state that a change can be proved with: both directions are run over them and rolled back. Rows
 * that break what the change asks of rows are made differently, and in the end not at all: such a table is named.
 * @param tables those that the change concerns
 */
export async function triedRows(
  client: Client,
  tables: readonly ConcernedTable[],
  plan: RowPlan,
  revisions: readonly GeneratedRevision[],
  lines: readonly LineTarget[],
): Promise<TriedRows> {
  if (tables.length === 0) return { tables, without: [], emptied: [], emptiedAgain: [] }
  const ways = waysOf(revisions, lines)
  const excluded = new Map<string, WithoutRows>()
  for (let round = 0; round < mostExcluded; round += 1) {
    const left = tables.filter(({ oid }) => !excluded.has(oid))
    const made = await firstThatPasses(client, left, plan, ways)
    if (!('problem' in made))
      return {
        tables,
        without: [...made.without, ...excluded.values()],
        emptied: made.emptied,
        emptiedAgain: made.emptiedAgain,
      }
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

interface Passed {
  readonly without: readonly WithoutRows[]
  readonly emptied: readonly EmptiedTable[]
  readonly emptiedAgain: readonly EmptiedTable[]
}

/** Rows of the first wish that both directions run on, or else of the first that the upgrade runs on, committed. */
async function firstThatPasses(
  client: Client,
  tables: readonly ConcernedTable[],
  plan: RowPlan,
  ways: Ways,
): Promise<Passed | { readonly problem: Problem }> {
  let problem: Problem | undefined
  let onlyUp: (typeof wishes)[number] | undefined
  for (const wish of wishes) {
    const tried = await tryWish(client, tables, { ...wish, asks: plan.asks }, plan, ways, 'both')
    if ('without' in tried) return tried
    if (tried.up === undefined) onlyUp ??= wish
    problem ??= tried.up
  }
  if (onlyUp === undefined) return { problem: problem ?? { error: new Error('no rows'), table: undefined } }
  const passed = await tryWish(client, tables, { ...onlyUp, asks: plan.asks }, plan, ways, 'up')
  return 'without' in passed
    ? passed
    : { problem: passed.up ?? { error: new Error('no rows'), table: undefined } }
}

async function tryWish(
  client: Client,
  tables: readonly ConcernedTable[],
  wish: RowWish,
  plan: RowPlan,
  { up, down }: Ways,
  least: 'both' | 'up',
): Promise<Passed | { readonly up: Problem | undefined }> {
  await client.query('BEGIN')
  let isKept = false
  try {
    const without = await makeRows(client, tables, wish)
    await client.query('SAVEPOINT mig_trial')
    const upward = await failureOf(client, up)
    if (upward === 'unknown') {
      isKept = true
      return { without, emptied: [], emptiedAgain: [] }
    }
    if (upward !== undefined) return { up: upward }
    const emptied = await emptyUntil(client, down, plan, least === 'up')
    if (emptied === undefined) return { up: undefined }
    const emptiedAgain =
      (await failureOf(client, down)) === undefined ? await emptyUntil(client, up, plan, true) : []
    isKept = true
    return { without, emptied, emptiedAgain: emptiedAgain ?? [] }
  } finally {
    await client.query(isKept ? 'ROLLBACK TO SAVEPOINT mig_trial; COMMIT' : 'ROLLBACK')
  }
}

/** The tables to empty so that the downgrade runs; undefined where none may be. */
async function emptyUntil(
  client: Client,
  down: readonly string[],
  plan: RowPlan,
  mayEmpty: boolean,
): Promise<readonly EmptiedTable[] | undefined> {
  const emptied: EmptiedTable[] = []
  for (let round = 0; round < mostExcluded; round += 1) {
    await client.query('SAVEPOINT mig_down')
    const problem = await failureOf(client, down)
    await client.query('ROLLBACK TO SAVEPOINT mig_down')
    if (problem === undefined || problem === 'unknown') return emptied
    if (!mayEmpty) return undefined
    const named = problem.table
    if (
      named === undefined ||
      emptied.some(({ schema, name }) => schema === named.schema && name === named.name)
    )
      return emptied
    emptied.push({ ...named, reason: problem.error.message })
    await emptyTables(client, emptied, plan)
  }
  return emptied
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

/** A problem that rows make, `unknown` for any other: the proof itself shows it. */
async function failureOf(
  client: Client,
  statements: readonly string[],
): Promise<Problem | 'unknown' | undefined> {
  for (const sql of statements) {
    try {
      await client.query(sql)
    } catch (error) {
      const state = sqlState(error)
      if (state === undefined || !(error instanceof Error)) throw error
      // data_exception and integrity_constraint_violation (manual, appendix A)
      if (!/^2[23]/.test(state)) return 'unknown'
      return { error, table: tableOf(error, sql) }
    }
  }
  return undefined
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

/** The statements of both directions, as one transaction runs them; tenant lines in their stand-in. */
function waysOf(revisions: readonly GeneratedRevision[], lines: readonly LineTarget[]): Ways {
  const statements = (line: string, { sections }: Side) => {
    const target = lines.find(({ key }) => key === line)
    const path =
      target?.tenant === true ? `SET LOCAL search_path = ${quoteIdent(target.schema)}` : setUserPathLocal
    const own = sections.flatMap((section) =>
      section.statements.map((sql) => sql.replace(/\bCONCURRENTLY\b ?/g, '')),
    )
    return [path, ...own, setOwnPathLocal]
  }
  return {
    up: revisions.flatMap(({ line, upgrade }) => statements(line, upgrade)),
    down: revisions.toReversed().flatMap(({ line, downgrade }) => statements(line, downgrade)),
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
