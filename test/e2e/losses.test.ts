import { afterAll, beforeAll, describe, expect } from 'vitest'
import { databaseTest as test } from '../support/database.ts'
import { fail, jsonLines, justOn, succeed } from './support/just.ts'
import { revisionFiles, temporaryProject } from './support/project.ts'

let project: Awaited<ReturnType<typeof temporaryProject>>

beforeAll(async () => {
  project = await temporaryProject({
    'migrations/env.ts': `export default { schemas: { one: 'app_one', tenant: { tenants: { like: 'tenant\\\\_%' } } } }\n`,
    ...revisionFiles('one', [
      {
        id: 'aaaa00000001',
        irreversible: 'this is where it began',
        upgrade: 'await op.execute(`CREATE TABLE t (id int, v text)`)',
      },
      {
        id: 'aaaa00000002',
        down: 'aaaa00000001',
        losses: ['Upgrade loses: column app_one.t.v', 'Downgrade loses: column app_one.t.w'],
        upgrade: 'await op.execute(`ALTER TABLE t DROP COLUMN v, ADD COLUMN w text`)',
        downgrade: 'await op.execute(`ALTER TABLE t DROP COLUMN w, ADD COLUMN v text`)',
      },
    ]),
    ...revisionFiles('tenant', [
      {
        id: 'bbbb00000001',
        losses: ['Downgrade loses: table p'],
        upgrade: 'await op.execute(`CREATE TABLE p (id int)`)',
        downgrade: 'await op.execute(`DROP TABLE p`)',
      },
    ]),
  })
})
afterAll(() => project.remove())

describe('what a revision loses', () => {
  test('is in the plan of an upgrade and in its script, with the rows that hold it', async ({ database }) => {
    const just = justOn(database.url, { cwd: project.path })
    await succeed(just('mig-upgrade aaaa00000001 one'))
    await database.client.query(`INSERT INTO app_one.t VALUES (1, 'kept'), (2, NULL)`)
    const { stdout } = await succeed(just('mig-upgrade head one --plan'))
    expect(stdout).toMatch(
      /aaaa00000002 {2}revision aaaa00000002\n +loses data: column app_one\.t\.v, 1 row$/m,
    )
    expect(jsonLines(await just('mig-upgrade head one --plan --json'))).toContainEqual(
      expect.objectContaining({
        event: 'plan',
        steps: [expect.objectContaining({ losses: [{ loss: 'column app_one.t.v', rows: 1 }] })],
      }),
    )
    const script = await succeed(just('mig-sql head one'))
    expect(script.stdout).toContain('\n-- loses data: column app_one.t.v, 1 row\nBEGIN;')
    const offline = await succeed(just('mig-sql base:head one'))
    expect(offline.stdout).toContain('\n-- loses data: column app_one.t.v\nBEGIN;')
  })

  test('is told before a downgrade where nobody can be asked, unless there are no rows or --yes is given', async ({
    database,
  }) => {
    const just = justOn(database.url, { cwd: project.path })
    await succeed(just('mig-upgrade head one'))
    const empty = await succeed(just('mig-downgrade -1 one'))
    expect(empty.stdout).toContain('loses data: column app_one.t.w, no rows')
    expect(empty.stderr).not.toContain('loses')
    await succeed(just('mig-upgrade head one'))
    await database.client.query(`INSERT INTO app_one.t VALUES (1, 'x')`)
    const told = await succeed(just('mig-downgrade -1 one'))
    expect(told.stderr).toMatch(/this downgrade loses data:\n +column app_one\.t\.w, 1 row/)
    expect(told.stdout).toContain('reverted 1 revision')
    await succeed(just('mig-upgrade head one'))
    await database.client.query(`UPDATE app_one.t SET w = 'y'`)
    expect((await succeed(just('mig-downgrade -1 one --yes'))).stderr).not.toContain('loses')
  })

  test('is added up over the tenants that stand alike', async ({ database }) => {
    const just = justOn(database.url, { cwd: project.path })
    await database.client.query('CREATE SCHEMA tenant_1; CREATE SCHEMA tenant_2')
    await succeed(just('mig-upgrade head tenant --tenants all'))
    await database.client.query('INSERT INTO tenant_1.p VALUES (1), (2); INSERT INTO tenant_2.p VALUES (3)')
    expect(jsonLines(await just('mig-downgrade base tenant --tenants all --plan --json'))).toContainEqual(
      expect.objectContaining({
        groups: [expect.objectContaining({ losses: [{ loss: 'table p', rows: 3 }] })],
      }),
    )
    const { stdout, stderr } = await succeed(just('mig-downgrade base tenant --tenants all'))
    expect(stdout).toContain('loses data: table p, 3 rows')
    expect(stderr).toContain('this downgrade loses data')
    const { rows } = await database.client.query(`SELECT FROM mig.version WHERE target_schema LIKE 'tenant%'`)
    expect(rows).toHaveLength(0)
  })
})

test('what a single line cannot revert is refused before any tenant goes', async ({ database }) => {
  const just = justOn(database.url, { cwd: project.path })
  await database.client.query('CREATE SCHEMA tenant_1')
  await succeed(just('mig-upgrade head all --tenants all'))
  for (const command of [
    'mig-downgrade base all --tenants all',
    'mig-downgrade base all --tenants all --plan',
    'mig-downgrade base all --tenants all --transaction=run',
    'mig-downgrade-all all --tenants all --yes',
    'mig-sql base all --tenants all',
  ]) {
    const { stdout } = await fail(just(command), 'irreversible', 2)
    expect(stdout).not.toMatch(/BEGIN|done/)
  }
  const { rows } = await database.client.query('SELECT target_schema FROM mig.version ORDER BY 1')
  expect(rows.map((row) => row.target_schema)).toEqual(['app_one', 'tenant_1'])
})

test('mig-autogen says what its upgrade loses, and how many rows hold it', async ({ database }) => {
  const shop = await temporaryProject({
    'migrations/env.ts': `export default { schemas: { shop: 'shop' } }\n`,
    'migrations/models/shop.sql': 'CREATE TABLE shop.t (id int);',
    ...revisionFiles('shop', [
      { id: 'dddd00000001', upgrade: 'await op.execute(`CREATE TABLE t (id int, v text)`)' },
    ]),
  })
  try {
    const just = justOn(database.url, { cwd: shop.path })
    await succeed(just('mig-upgrade'))
    await database.client.query(`INSERT INTO shop.t VALUES (1, 'x'), (2, NULL)`)
    const result = await succeed(just(['mig-autogen', 'drop v', '--json']))
    expect(jsonLines(result)).toContainEqual({
      ...{ event: 'loss', line: 'shop', loss: 'column shop.t.v', rows: 1 },
    })
  } finally {
    await shop.remove()
  }
})
