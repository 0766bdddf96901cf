import { readFileSync } from 'node:fs'
import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { splitStatements } from '../../migrations/core/postgres/sql/statements.ts'
import { fail, type Just, jsonLines, justOn, succeed } from '../e2e/support/just.ts'
import { environmentText, temporaryProject } from '../e2e/support/project.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

const fixture = join(import.meta.dirname, 'fixtures', 'alembic')
/** What Alembic has written, so that these tests need no Python. */
const written = '--offline-sql api/upgrade.sql --offline-sql api/downgrade.sql'

let database: TestDatabase
let project: Awaited<ReturnType<typeof temporaryProject>>
let just: Just

beforeAll(async () => {
  database = await createTestDatabase()
  for (const { text } of splitStatements(readFileSync(join(fixture, 'upgrade.sql'), 'utf8')))
    await database.client.query(text)
})
beforeEach(async () => {
  project = await temporaryProject({
    'migrations/env.ts': environmentText({ shop: 'public', sales: 'sales' }),
  })
  await cp(fixture, join(project.path, 'api'), { recursive: true })
  just = justOn(database.url, { cwd: project.path })
})
afterEach(() => project.remove())
afterAll(() => database.drop())

test('mig-autogen says by kind what a database had before the first revision', async () => {
  const own = await createTestDatabase()
  await own.client.query(
    'CREATE TABLE gone (id int); CREATE TABLE car (id int); CREATE INDEX lost ON car (id)',
  )
  const other = await temporaryProject({
    'migrations/env.ts': environmentText({ shop: 'public' }),
    'migrations/models/shop.sql': 'CREATE TABLE car (id int);',
  })
  const { stderr } = await succeed(justOn(own.url, { cwd: other.path })('mig-autogen first --plan'))
  expect(stderr).toContain('first-revision: public has objects that its first revision does not create:')
  expect(stderr).toContain('only in the database: 1 index (public.lost)')
  expect(stderr).toContain('only in the database: 1 table (public.gone)')
  await other.remove()
  await own.drop()
})

describe('mig-import', () => {
  test('says what came, and leaves the project at head', async () => {
    const { stdout } = await succeed(just(`mig-import alembic api shop ${written}`))
    expect(stdout).toContain('8 revisions written\nreplayed on a scratch database: equal to the live one\n')
    expect(stdout).toContain('public is at 819203142536, as public.alembic_version says')
    expect(stdout).toContain('next: drop public.alembic_version, or name it in excludeTables of env.ts')
    expect(stdout).toMatch(/^next: just mig-verify --announce /m)
    await succeed(just('mig-current shop --check-heads'))
    const again = await fail(just(`mig-import alembic api shop ${written}`), 'file-exists', 2)
    expect(again.stderr).toContain('just mig-history')
    await database.client.query('DROP SCHEMA mig CASCADE')
  })

  test('says the same as JSON', async () => {
    const lines = jsonLines(await succeed(just(`mig-import alembic api shop ${written} --json`)))
    expect(lines.at(-1)).toMatchObject({
      event: 'import',
      proof: 'equal',
      adopted: [{ targetSchema: 'public' }],
    })
    await database.client.query('DROP SCHEMA mig CASCADE')
  })

  test('takes which line a revision goes to, as a name and a schema key', async () => {
    const wrong = await fail(just(['mig-import', 'alembic', 'api', '--line', 'shop']), 'bad-flag', 2)
    expect(wrong.stderr).toContain('help: for example --line expand=user')
    const open = await fail(
      just(`mig-import alembic api --line 1a2b3c4d5e6f=shop ${written}`),
      'which-line',
      2,
    )
    expect(open.stderr).toContain('  2b3c4d5e6f70 (api/versions/2b3c4d5e6f70_orders.py): nothing says')
    await succeed(just(`mig-import alembic api --line versions=shop ${written}`))
    await database.client.query('DROP SCHEMA mig CASCADE')
  })

  test('alone says what is found and what is known', async () => {
    const { stdout } = await succeed(just('mig-import'))
    expect(stdout).toBe(
      'found here:\n  just mig-import alembic api\ntools that are run on an empty database and recorded:\n  alembic, knex, typeorm, node-pg-migrate, kysely, sequelize, mikro-orm\ntools whose files are read:\n  drizzle, prisma, flyway, golang-migrate, morph, sqlx, diesel, supabase; sql, a schema file',
    )
    const { stderr } = await fail(just('mig-import knex'), 'missing-argument', 2)
    expect(stderr).toContain(
      'help: give the folder of its project or migrations; list what is found here: just mig-import',
    )
  })

  test('knows its tools', async () => {
    const { stderr } = await fail(just('mig-import alembik api'), 'unknown-tool', 2)
    expect(stderr).toContain(
      'error MIG-unknown-tool: there is no import from "alembik"\nhelp: did you mean just mig-import alembic?',
    )
  })
})
