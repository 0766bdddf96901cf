import { randomBytes } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { startRecipe } from '../support/recipes.ts'
import { fail, type Just, justOn } from './support/just.ts'
import { environmentText, temporaryProject } from './support/project.ts'

let database: TestDatabase
let project: Awaited<ReturnType<typeof temporaryProject>>
let just: Just

beforeAll(async () => {
  database = await createTestDatabase()
})
afterEach(() => project.remove())
afterAll(() => database.drop())

async function projectWith(models: string, settings = ''): Promise<void> {
  project = await temporaryProject({
    'migrations/env.ts': environmentText({ shop: 'shop' }, settings),
    'migrations/models/shop.sql': models,
  })
  just = justOn(database.url, { cwd: project.path })
}

/** The session on a scratch database that runs a statement with this text, once there is one. */
async function stuckIn(marker: string): Promise<{ readonly tool: number }> {
  for (;;) {
    const { rows } = await database.client.query<{ tool: string | null }>(
      `SELECT substring(datname FROM '^mig_scratch_(\\d+)_') AS tool FROM pg_stat_activity
       WHERE query LIKE $1 AND state = 'active' AND pid <> pg_backend_pid()`,
      [`%${marker}%`],
    )
    const tool = rows[0]?.tool
    if (tool != null) return { tool: Number(tool) }
  }
}

async function scratchDatabasesOf(tool: number): Promise<readonly unknown[]> {
  const { rows } = await database.client.query('SELECT datname FROM pg_database WHERE datname LIKE $1', [
    `mig\\_scratch\\_${tool}\\_%`,
  ])
  return rows
}

function writtenFiles(): readonly string[] {
  const folder = join(project.path, 'migrations', 'versions')
  return existsSync(folder) ? readdirSync(folder, { recursive: true }).map(String) : []
}

function drafts(): readonly string[] {
  const folder = join(project.path, '.mig', 'cache')
  return existsSync(folder) ? readdirSync(folder).filter((name) => name.startsWith('proof-')) : []
}

const table = 'CREATE TABLE shop.item (id bigint PRIMARY KEY);'

describe('mig-autogen that is stopped', () => {
  const held = (marker: string) => `DO $$ BEGIN /* ${marker} */ PERFORM pg_sleep(600); END $$`
  const rewriting = (marker: string) =>
    `rewriteStatements: ({ sections }) => [...sections, { autocommit: false, statements: ['${held(marker)}'] }]`

  test.each([
    ['while it loads the models', 'SIGINT', 130, (marker: string) => [`${table} ${held(marker)};`, '']],
    ['while it proves the file', 'SIGINT', 130, (marker: string) => [table, rewriting(marker)]],
    ['while it proves the file', 'SIGTERM', 143, (marker: string) => [table, rewriting(marker)]],
  ] as const)('%s, by %s, leaves no scratch database and no file', async (_, signal, exitCode, parts) => {
    const marker = `held ${randomBytes(6).toString('hex')}`
    const [models = '', settings = ''] = parts(marker)
    await projectWith(models, settings)
    const run = startRecipe(['mig-autogen', 'first', 'shop'], {
      cwd: project.path,
      env: { MIG_DATABASE_URL: database.url },
    })
    const { tool } = await stuckIn(marker)
    process.kill(tool, signal)
    const result = await run
    expect(result.exitCode, String(result.stderr)).toBe(exitCode)
    expect(result.stderr).toContain('error MIG-interrupted')
    expect(await scratchDatabasesOf(tool)).toEqual([])
    expect(writtenFiles()).toEqual([])
    expect(drafts()).toEqual([])
  })
})

describe('mig-autogen whose proof fails', () => {
  test('leaves no file, and with --keep the file, a warning with the reason, and exit 5', async () => {
    await projectWith(table, 'rewriteStatements: () => []')
    await fail(just(['mig-autogen', 'first', 'shop']), 'proof-failed', 5)
    expect(writtenFiles()).toEqual([])
    const kept = await just(['mig-autogen', 'first', 'shop', '--keep'])
    expect(kept.code).toBe(5)
    expect(kept.stderr).toContain('the files were kept although their proof failed')
    expect(kept.stderr).toContain('shop.item')
    expect(kept.stdout).toMatch(/^wrote migrations\/versions\/shop\/\S+_first\.ts$/m)
    expect(writtenFiles().filter((name) => name.endsWith('.ts'))).toHaveLength(1)
    expect(drafts()).toEqual([])
  })
})
