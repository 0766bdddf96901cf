import { randomBytes } from 'node:crypto'
import type { Client } from 'pg'
import { urlForDatabase } from '../postgres/connection/database-url.ts'
import { connect, idleUnheld, isConnectionLost, isServerError, onDatabase } from '../postgres/index.ts'
import { createDatabase, dropDatabase } from '../scratch/create.ts'
import { type KeptTemplate, keptTemplate } from '../scratch/kept-template.ts'
import { dropLeftovers, lockSpace, scratchName } from '../scratch/leftovers.ts'
import { localeClauses } from '../scratch/locale.ts'
import { keptState } from './kept-state.ts'
import { endPrepared, restoreState } from './reset.ts'
import { expectUnchanged, type TemplateSource, type TestDatabaseOptions, templateSource } from './source.ts'
import type { DatabaseState } from './state.ts'

/** A migrated database of one test worker. */
export interface TestDatabase {
  readonly url: string
  readonly name: string
  /** A connection, the same at each call; it is closed with the database. */
  readonly client: () => Promise<Client>
  /**
   * Brings the database back to what it was when it was made. Connections stay open where only rows and sequences have
   * changed; otherwise the database is made again under its name, and connections to it end.
   */
  readonly reset: () => Promise<void>
  /** Closes `client` and drops the database, whoever else is connected to it. */
  readonly drop: () => Promise<void>
}

const prefix = 'mig_test'
const applicationName = 'just-mig test'
/** For how long another process may take to make the template. */
const buildingWait = 10 * 60_000

/**
 * Makes a database with all revisions applied, as a copy of a template database, which is made at the first use and again
 * when a revision, a seed or a setting has changed. What a killed process left is dropped at the next use.
 *
 *     const db = await testDatabase()
 *     const { rows } = await (await db.client()).query('SELECT …')
 *     await db.reset()
 *     await db.drop()
 *
 * @throws MigError `no-scratch` where no server lets this user create databases, and whatever a revision or a seed throws
 */
export async function testDatabase(options: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const source = await templateSource(options)
  const token = randomBytes(4)
  const name = scratchName(prefix, token)
  const url = urlForDatabase(source.adminUrl, name)
  const copy: Copy = { source, name, url, key: token.readInt32BE() }
  let current = await onServer(source, async (admin) => {
    await dropLeftovers(admin, prefix, source.emit)
    return makeCopy(admin, copy)
  })
  let opened: Promise<Client> | undefined
  const close = async () => {
    const client = opened
    opened = undefined
    await client?.then(
      (each) => each.end(),
      () => undefined,
    )
  }
  return {
    url,
    name,
    client() {
      opened ??= openClient(url)
      return opened
    },
    async reset() {
      const client = await opened
      if (client !== undefined && !(await cleanSession(client))) await close()
      if (await restoreState(current.keeper, current.state)) return
      await close()
      current = await onServer(source, async (admin) => {
        await hold(admin, copy.key)
        await current.keeper.end()
        await dropDatabase(admin, name)
        return makeCopy(admin, copy)
      })
    },
    async drop() {
      await close()
      await onServer(source, async (admin) => {
        await hold(admin, copy.key)
        await endPrepared(current.keeper).catch((error: unknown) => {
          if (!isConnectionLost(error)) throw error
        })
        await current.keeper.end()
        await dropDatabase(admin, name)
      })
    },
  }
}

/**
 * Makes the template database of {@link testDatabase}, where there is none: before the workers of a test run begin, so that
 * none of them waits for it.
 * @throws MigError as `testDatabase` does
 */
export async function prepareTestDatabases(options: TestDatabaseOptions = {}): Promise<void> {
  const source = await templateSource(options)
  await onServer(source, async (admin) => {
    await dropLeftovers(admin, prefix, source.emit)
    await templateOf(admin, source)
  })
}

interface Copy {
  readonly source: TemplateSource
  readonly name: string
  readonly url: string
  /** Second key of the lock that says that the database is in use. */
  readonly key: number
}

interface MadeCopy {
  /** A session in the copy, which vouches for it. */
  readonly keeper: Client
  /** What it held when it was made. */
  readonly state: DatabaseState
}

async function makeCopy(admin: Client, { source, name, url, key }: Copy): Promise<MadeCopy> {
  await hold(admin, key)
  const template = await copyTemplate(admin, source, name)
  const keeper = await connect({ url, applicationName })
  await hold(keeper, key)
  await keeper.query('SET idle_session_timeout = 0')
  const state = await keptState(keeper, source.project.env.cacheDir, template.id)
  idleUnheld(keeper)
  return { keeper, state }
}

/** @returns the template */
async function copyTemplate(admin: Client, source: TemplateSource, name: string): Promise<KeptTemplate> {
  for (;;) {
    const template = await templateOf(admin, source)
    try {
      await createDatabase(admin, { name, template: template.name })
      await copySettings(admin, template.name, name)
      return template
    } catch (error) {
      // Another process may have dropped it as an old one since it was found.
      if (!(error instanceof Error && isServerError(error.cause) && error.cause.code === '3D000')) throw error
    }
  }
}

/** Settings whose values are kept as the list of names that they were given as. */
const quotedLists = [
  'search_path',
  'temp_tablespaces',
  'session_preload_libraries',
  'local_preload_libraries',
]

/** What ALTER DATABASE … SET has set does not come along by itself. */
async function copySettings(admin: Client, template: string, name: string): Promise<void> {
  const { rows } = await admin.query<{ sql: string }>(
    `SELECT format('ALTER DATABASE %I SET %I TO %s', $2::text, of[1], CASE WHEN of[1] = ANY ($3) THEN of[2] ELSE quote_literal(of[2]) END) AS sql
       FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase, unnest(s.setconfig) AS setting,
            regexp_match(setting, '^([^=]*)=(.*)$') AS of
      WHERE d.datname = $1 AND s.setrole = 0 AND of[1] <> 'synchronous_commit'`,
    [template, name, quotedLists],
  )
  for (const { sql } of rows) await admin.query(sql)
}

async function templateOf(admin: Client, source: TemplateSource): Promise<KeptTemplate> {
  const { project, key, emit, signal } = source
  return keptTemplate(admin, {
    source: JSON.stringify([key, await localeClauses(admin)]),
    owner: project.env.dir,
    wait: buildingWait,
    ...{ emit, signal },
    // A worker that finds the template needs nothing of what makes it.
    fill: async (building) => {
      await (await import('./fill.ts')).fillTemplate(source, building)
      expectUnchanged(source)
    },
  })
}

function onServer<Result>(
  { adminUrl }: TemplateSource,
  body: (admin: Client) => Promise<Result>,
): Promise<Result> {
  return onDatabase(adminUrl, body)
}

async function hold(client: Client, key: number): Promise<void> {
  await client.query('SELECT pg_catalog.pg_advisory_lock($1, $2)', [lockSpace, key])
}

function openClient(url: string): Promise<Client> {
  return connect({ url, applicationName, searchPath: 'of the role' })
}

/**
 * Makes a session what it was when it was opened; the driver's prepared statements stay.
 * @returns false where the connection is lost
 */
async function cleanSession(client: Client): Promise<boolean> {
  try {
    if (client.getTransactionStatus() !== 'I') await client.query('ROLLBACK')
    await client.query(
      'CLOSE ALL; SET SESSION AUTHORIZATION DEFAULT; RESET ALL; UNLISTEN *; DISCARD TEMP; DISCARD SEQUENCES; SELECT pg_catalog.pg_advisory_unlock_all()',
    )
    return true
  } catch (error) {
    if (!isConnectionLost(error)) throw error
    return false
  }
}
