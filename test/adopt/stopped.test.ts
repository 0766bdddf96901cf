import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { environmentText, temporaryProject } from '../e2e/support/project.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { startRecipe } from '../support/recipes.ts'
import { alembicFile, withoutAlembic, written, writtenProject } from './support/alembic.ts'
import { alembicIni, environmentPy } from './support/recorded-project.ts'

let database: TestDatabase
let project: Awaited<ReturnType<typeof temporaryProject>>

beforeAll(async () => {
  database = await createTestDatabase()
})
beforeEach(async () => {
  project = await temporaryProject({ 'migrations/env.ts': environmentText({ app: 'app' }) })
})
afterEach(() => project.remove())
afterAll(() => database.drop())

/** The process whose scratch database runs a statement with this text, once there is one. */
async function stuckIn(marker: string): Promise<number> {
  for (;;) {
    const { rows } = await database.client.query<{ tool: string | null }>(
      `SELECT substring(datname FROM '^mig_scratch_(\\d+)_') AS tool FROM pg_stat_activity
       WHERE query LIKE $1 AND state = 'active' AND pid <> pg_backend_pid()`,
      [`%${marker}%`],
    )
    const tool = rows[0]?.tool
    if (tool != null) return Number(tool)
  }
}

function drafts(): readonly string[] {
  const folder = join(project.path, '.mig')
  return existsSync(folder) ? readdirSync(folder).filter((name) => name.startsWith('import-')) : []
}

const isWritten = () => existsSync(join(project.path, 'migrations', 'versions'))

async function write(up: string): Promise<void> {
  await project.write(writtenProject({ id: 'aaaa', up }))
}

const offline = written.offlineSql.flatMap((file) => ['--offline-sql', file])

function importing() {
  return startRecipe(['mig-import', 'alembic', 'alembic', 'app', ...offline], {
    cwd: project.path,
    env: { MIG_DATABASE_URL: database.url },
  })
}

describe('mig-import that is stopped', () => {
  const sleeping = (marker: string) => `SELECT pg_sleep(600 /* ${marker} */)`

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('by %s takes its drafts with it', async (signal, exitCode) => {
    const marker = `held ${randomBytes(6).toString('hex')}`
    await write(sleeping(marker))
    const run = importing()
    const tool = await stuckIn(marker)
    expect(drafts()).toHaveLength(1)
    process.kill(tool, signal)
    const result = await run
    expect(result.exitCode, String(result.stderr)).toBe(exitCode)
    expect(result.stderr).toContain('error MIG-interrupted')
    expect(drafts()).toEqual([])
    expect(isWritten()).toBe(false)
  })

  test('by SIGKILL leaves drafts that the next import removes', async () => {
    const marker = `held ${randomBytes(6).toString('hex')}`
    await write(sleeping(marker))
    const run = importing()
    process.kill(await stuckIn(marker), 'SIGKILL')
    expect((await run).exitCode).not.toBe(0)
    expect(drafts()).toHaveLength(1)
    await write('SELECT 1')
    const again = await importing()
    expect(again.exitCode, String(again.stderr)).toBe(0)
    expect(drafts()).toEqual([])
    await database.client.query('DROP SCHEMA IF EXISTS app, mig CASCADE')
  })
})

describe.skipIf(withoutAlembic !== undefined)('mig-import that is stopped while it records', () => {
  test('leaves no server, no folder and no process of the tool', async () => {
    const upgrade = "import os, time\nopen('pid', 'w').write(str(os.getpid()))\ntime.sleep(600)"
    await project.write({
      'api/alembic.ini': alembicIni,
      'api/db/env.py': environmentPy,
      'api/db/versions/a.py': alembicFile({ id: 'aaaa', upgrade }),
    })
    const run = startRecipe(['mig-import', 'alembic', 'api', 'app'], {
      cwd: project.path,
      env: { MIG_DATABASE_URL: database.url },
    })
    const file = join(project.path, 'api', 'pid')
    await expect.poll(() => existsSync(file) && readFileSync(file, 'utf8')).toMatch(/^\d+$/)
    const tool = Number(readFileSync(file, 'utf8'))
    const importer = Number(/^import-.*-(\d+)-\w+$/.exec(drafts()[0] ?? '')?.[1])
    process.kill(importer, 'SIGINT')
    const result = await run
    expect(result.exitCode, String(result.stderr)).toBe(130)
    expect(drafts()).toEqual([])
    expect(() => process.kill(tool, 0)).toThrow('ESRCH')
    expect(isWritten()).toBe(false)
  })
})

describe('the drafts of another import', () => {
  test('stay while it runs, and when another machine made them', async () => {
    const own = hostname().replace(/[^A-Za-z0-9.]/g, '_')
    const kept = [`import-${own}-${process.pid}-aaaaaa`, 'import-elsewhere-1-bbbbbb']
    for (const name of kept) {
      mkdirSync(join(project.path, '.mig', name), { recursive: true })
      writeFileSync(join(project.path, '.mig', name, 'a.ts'), '')
    }
    await write('SELECT 1')
    const run = await importing()
    expect(run.exitCode, String(run.stderr)).toBe(0)
    expect(drafts()).toEqual([...kept].sort())
  })
})
