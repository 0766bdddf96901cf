import type { ClientBase } from 'pg'
import { expect } from 'vitest'
import {
  type LockObservation,
  observe,
  readBaseline,
  strengthOf,
} from '../../../migrations/core/lint/observation.ts'
import type { runSections } from '../../../migrations/core/scratch/run-sections.ts'

type Run = typeof runSections

/**
 * Runs statements as the runner does, and looks at the unique indexes and foreign keys after each commit: each table has
 * those of before, or those of after.
 */
export const withoutGap: Run = async (client, sections) => {
  const states = [await keys(client)]
  for (const { autocommit, statements } of sections) {
    for (const part of partsOf(autocommit, statements)) {
      await inTransaction(client, part, (sql) => client.query(sql))
      states.push(await keys(client))
    }
  }
  expectNoGap(states)
}

/** As {@link withoutGap}; besides, none reads rows of a table that was there before while writers wait for its lock. */
export const withoutGapOrBlockingRead: Run = async (client, sections) => {
  const existing = await readBaseline(client)
  let tables = existing
  const blocking: string[] = []
  const watched = async (sql: string) => {
    const before = await observe(client, 'mig')
    const result = await client.query(sql)
    const after = await observe(client, 'mig')
    if (after.open) blocking.push(...readsBlocking(before, after, tables).map((name) => `${name}: ${sql}`))
    return result
  }
  const states = [await keys(client)]
  for (const { autocommit, statements } of sections) {
    for (const part of partsOf(autocommit, statements)) {
      const now = await readBaseline(client)
      tables = new Map([...now].filter(([oid]) => existing.has(oid)))
      await inTransaction(client, part, watched)
      states.push(await keys(client))
    }
  }
  expectNoGap(states)
  expect(blocking).toEqual([])
}

/** What commits together. */
function partsOf(autocommit: boolean, statements: readonly string[]): readonly (readonly string[])[] {
  return autocommit ? statements.map((sql) => [sql]) : [statements]
}

type Keys = Awaited<ReturnType<typeof keys>>

function expectNoGap(states: readonly Keys[]): void {
  const tables = new Set(states.flatMap((state) => state.map(({ table }) => table)))
  const gaps = [...tables].flatMap((table) =>
    gapsOf(states.map((state) => state.flatMap((each) => (each.table === table ? [each.key] : [])))),
  )
  expect(gaps).toEqual([])
}

function gapsOf(states: readonly (readonly string[])[]) {
  const [before = [], after = []] = [states[0], states.at(-1)]
  const lacks = (state: readonly string[], wanted: readonly string[]) =>
    wanted.filter((each) => !state.includes(each))
  return states.flatMap((state, step) => {
    const [ofBefore, ofAfter] = [lacks(state, before), lacks(state, after)]
    return ofBefore.length > 0 && ofAfter.length > 0 ? [{ step, ofBefore, ofAfter }] : []
  })
}

async function inTransaction(
  client: ClientBase,
  statements: readonly string[],
  query: (sql: string) => Promise<unknown>,
): Promise<void> {
  const isConcurrent = statements.some((sql) => / CONCURRENTLY /.test(sql))
  if (!isConcurrent) await client.query('BEGIN')
  for (const sql of statements) await (isConcurrent ? client.query(sql) : query(sql))
  if (!isConcurrent) await client.query('COMMIT')
}

function readsBlocking(
  before: LockObservation,
  after: LockObservation,
  tables: Awaited<ReturnType<typeof readBaseline>>,
): readonly string[] {
  return [...after.relations.values()].flatMap(({ oid, name, strength, scans, file }) => {
    const old = before.relations.get(oid)
    const was = old ?? tables.get(oid)
    if (was === undefined || !tables.has(oid) || strength < strengthOf('ShareLock')) return []
    const hasRead = scans > was.scans
    return hasRead || file !== was.file ? [name] : []
  })
}

/** Valid unique indexes and foreign keys, without their names. */
async function keys(
  client: ClientBase,
): Promise<readonly { readonly table: string; readonly key: string }[]> {
  const { rows } = await client.query<{ table: string; key: string }>(`
    SELECT DISTINCT i.indrelid::regclass::text AS table, regexp_replace(pg_get_indexdef(i.indexrelid), 'INDEX \\S+ ON', 'INDEX ON') AS key
    FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'rfx_user' AND i.indisunique AND i.indisvalid
    UNION ALL
    SELECT DISTINCT k.conrelid::regclass::text, k.conrelid::regclass || ' ' || replace(pg_get_constraintdef(k.oid), ' NOT VALID', '')
    FROM pg_constraint k JOIN pg_namespace n ON n.oid = k.connamespace
    WHERE n.nspname = 'rfx_user' AND k.contype = 'f'
    UNION ALL
    SELECT c.oid::regclass::text, c.oid::regclass || ' replica identity' FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'rfx_user' AND c.relreplident = 'i'
      AND EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisreplident AND i.indisvalid)`)
  return rows
}
