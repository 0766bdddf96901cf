import { chmod, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { administer, createTestDatabase, type TestDatabase } from '../support/database.ts'
import { startRecipe } from '../support/recipes.ts'
import { fail, type Just, jsonLines, justOn, succeed } from './support/just.ts'
import { empty, versions } from './support/ledger.ts'
import { environmentText, revisionFiles, revisionText, temporaryProject } from './support/project.ts'

let database: TestDatabase
let project: Awaited<ReturnType<typeof temporaryProject>>
let just: Just

beforeAll(async () => {
  database = await createTestDatabase()
})
beforeEach(async () => {
  await empty(database.client)
  project = await temporaryProject({
    'migrations/env.ts': environmentText({ shop: 'shop', depot: 'depot' }),
  })
  just = justOn(database.url, { cwd: project.path })
})
afterEach(() => project.remove())
afterAll(() => database.drop())

/** Nothing was made in the database: no schema, no ledger. */
async function expectUntouched(): Promise<void> {
  const { rows } = await database.client.query(
    `SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname NOT IN ('public', 'information_schema')`,
  )
  expect(rows).toEqual([])
}

const [a, b, c] = ['aaaa00000001', 'aaaa00000002', 'aaaa00000003']
const create = (table: string) => ({
  upgrade: `await op.execute('CREATE TABLE ${table} ()')`,
  downgrade: `await op.execute('DROP TABLE ${table}')`,
})

describe('revision files that do not hold together', () => {
  const cases: readonly (readonly [string, string, Readonly<Record<string, string>>, RegExp])[] = [
    [
      'a missing parent file',
      'missing-parent',
      revisionFiles('shop', [{ id: b, down: a }]),
      /aaaa00000002 \(.*\.ts\).*aaaa00000001/,
    ],
    [
      'a duplicate id',
      'duplicate-revision',
      { ...revisionFiles('shop', [{ id: a }]), ...revisionFiles('depot', [{ id: a }]) },
      /shop\/\S+\.ts.*depot\/\S+\.ts/,
    ],
    [
      'a cycle',
      'cycle',
      revisionFiles('shop', [
        { id: a, down: c },
        { id: b, down: a },
        { id: c, down: b },
      ]),
      /aaaa00000001.*aaaa0000000[23]/s,
    ],
    ['a self-loop', 'self-loop', revisionFiles('shop', [{ id: a, down: a }]), /aaaa00000001/],
    [
      'two files with one label',
      'duplicate-branch-label',
      revisionFiles('shop', [
        { id: a, labels: ['x'] },
        { id: b, labels: ['x'] },
      ]),
      /'x'.*aaaa00000001.*aaaa00000002/,
    ],
    [
      'a parent in another line',
      'crosses-lines',
      { ...revisionFiles('shop', [{ id: a }]), ...revisionFiles('depot', [{ id: b, down: a }]) },
      /aaaa00000002/,
    ],
    [
      'a dependency that no file has',
      'missing-dependency',
      revisionFiles('shop', [{ id: a, dependsOn: ['nowhere'] }]),
      /nowhere/,
    ],
    [
      'metadata that is not a literal',
      'metadata-not-literal',
      {
        'migrations/versions/shop/1_x.ts': revisionText({ id: a }).replace(
          `= '${a}'`,
          `= 'aaaa' + '00000001'`,
        ),
      },
      /1_x\.ts:8/,
    ],
    [
      'a file that does not parse',
      'unreadable-revision',
      { 'migrations/versions/shop/1_x.ts': `/** never ended\nexport const revision = 'aaaa00000001'\n` },
      /1_x\.ts/,
    ],
    [
      'a file without metadata',
      'missing-metadata',
      { 'migrations/versions/shop/1_x.ts': 'export const x = 1\n' },
      /1_x\.ts/,
    ],
    [
      'an SQL file without metadata',
      'missing-metadata',
      { 'migrations/versions/shop/1_x.sql': 'CREATE TABLE x ();\n' },
      /1_x\.sql/,
    ],
    [
      'a file outside every line',
      'file-outside-lines',
      { 'migrations/versions/shopp/1_x.ts': revisionText({ id: a }) },
      /shopp\/1_x\.ts/,
    ],
  ]

  test.each(cases)('%s is an error that names the files', async (_, code, files, said) => {
    await project.write(files)
    const { stderr } = await fail(just('mig-upgrade'), code, 2)
    expect(stderr).toMatch(said)
    await fail(just('mig-history'), code, 2)
    await expectUntouched()
  })
})

describe('names of revisions', () => {
  beforeEach(() =>
    project.write({
      ...revisionFiles('shop', [
        { id: a, ...create('a') },
        { id: b, down: a, ...create('b') },
        { id: c, down: a, ...create('c') },
      ]),
      ...revisionFiles('depot', [{ id: 'dddd00000001', ...create('d') }]),
    }),
  )

  test.each([
    [
      'two heads',
      'mig-upgrade head shop',
      'multiple-heads',
      /aaaa00000002[\s\S]*aaaa00000003[\s\S]*just mig-merge/,
    ],
    ['an ambiguous prefix', 'mig-upgrade aaaa shop', 'ambiguous-prefix', /aaaa00000001/],
    ['a prefix that is too short', 'mig-upgrade dd depot', 'prefix-too-short', /4/],
    ['an unknown id', 'mig-upgrade aaaa00000009 shop', 'cant-locate', /aaaa0000000/],
    ['more steps than there are', 'mig-upgrade +9 depot', 'relative-not-enough', /9/],
    ['more steps back than were taken', 'mig-downgrade -3 depot', 'relative-not-enough', /3/],
    ['a revision of another line', 'mig-upgrade dddd00000001 shop', 'outside-filter', /depot/],
  ])('%s is an error of its own', async (_, args, code, said) => {
    const { stderr } = await fail(just(args), code, 2)
    expect(stderr).toMatch(said)
    await expectUntouched()
  })

  test('walking below the base is an error', async () => {
    await succeed(just(`mig-upgrade ${b} shop`))
    const result = await just(`mig-downgrade ${b}-5 shop`)
    expect(result.code).toBe(2)
    expect(result.stderr).toMatch(/^error MIG-/)
    expect(await versions(database.client)).toEqual({ shop: [b] })
  })

  test('an id in the ledger that no file has is shown, stops an upgrade, and can be stamped away', async () => {
    await succeed(just('mig-upgrade head depot'))
    await database.client.query(`UPDATE mig.version SET revision = 'eeee00000009'`)
    expect((await succeed(just('mig-current depot'))).stdout).toMatch(/eeee00000009 +no file has it/)
    expect((await succeed(just('mig-history depot'))).stdout).toMatch(/eeee00000009.*missing file/)
    const { stderr } = await fail(just('mig-upgrade head depot'), 'ahead-of-code', 2)
    expect(stderr).toContain('eeee00000009')
    await fail(just('mig-downgrade -1 depot'), 'ahead-of-code', 2)
    await succeed(just('mig-stamp dddd00000001 depot --purge'))
    expect(await versions(database.client)).toEqual({ depot: ['dddd00000001'] })
  })

  test('--allow-missing goes on beside an id that no file has, and repeats nothing', async () => {
    await succeed(just('mig-upgrade head depot'))
    await database.client.query(`UPDATE mig.version SET revision = 'eeee00000009'`)
    const { stdout } = await succeed(just('mig-upgrade head depot --allow-missing'))
    expect(stdout).toContain('nothing to do')
    const next = { id: 'dddd00000002', down: 'dddd00000001', ...create('e') }
    await project.write(revisionFiles('depot', [{ id: 'dddd00000001', ...create('d') }, next]))
    await succeed(just('mig-upgrade head depot --allow-missing'))
    expect(await versions(database.client)).toEqual({ depot: ['dddd00000002', 'eeee00000009'] })
  })

  test('a ledger in the schema of a line is not compared with the models', async () => {
    const settings = { schemas: { shop: 'shop', depot: 'depot' }, ledgerSchema: 'depot' }
    await project.write({
      'migrations/env.ts': `export default ${JSON.stringify(settings)}`,
      'migrations/models/depot.sql': 'CREATE TABLE depot.d ();',
    })
    await succeed(just('mig-upgrade head depot'))
    expect((await succeed(just('mig-check depot'))).stdout).toContain('no difference')
    expect((await succeed(just('mig-autogen x depot'))).stdout).toContain('nothing to do')
  })

  test('--from-log takes what the log says, and needs no target', async () => {
    await succeed(just('mig-upgrade head depot'))
    await database.client.query(`DELETE FROM mig.version`)
    await fail(just('mig-upgrade head depot'), 'ledger-disagrees', 2)
    expect((await succeed(just('mig-current depot'))).stdout).toContain('log disagrees')
    expect((await succeed(just('mig-stamp --from-log depot'))).stdout).toContain('base → dddd00000001')
    expect((await succeed(just('mig-stamp --from-log depot'))).stdout).toContain('nothing to do')
    await succeed(just('mig-current --check-heads depot'))
  })
})

describe('a revision that fails', () => {
  test.each([
    ['throws', `throw new Error('out of cheese')`, 'revision-failed', 'out of cheese'],
    ['has a typo in its SQL', 'await op.execute("CREATE TABEL x ()")', 'database-error', 'CREATE TABEL x ()'],
    ['does not parse as a whole', 'await op.(', 'bad-module', '.ts:'],
    ['ends the transaction', 'await op.execute("COMMIT")', 'transaction-control', 'COMMIT'],
  ])('because it %s is undone as a whole', async (_, upgrade, code, said) => {
    await project.write(
      revisionFiles('shop', [
        { id: a, ...create('a') },
        { id: b, down: a, upgrade: `await op.execute('CREATE TABLE b ()'); ${upgrade}` },
      ]),
    )
    const { stderr } = await fail(just('mig-upgrade head shop'), code, 3)
    expect(stderr).toContain(said)
    expect(await versions(database.client)).toEqual({ shop: [a] })
    const { rows } = await database.client.query(`SELECT to_regclass('shop.b') AS b`)
    expect(rows).toEqual([{ b: null }])
  })

  test('shows the statement with a caret under its mistake', async () => {
    await project.write(
      revisionFiles('shop', [
        { id: a, upgrade: 'await op.execute("CREATE TABLE x (\\n  a int,\\n  b itn\\n)")' },
      ]),
    )
    const { stderr } = await fail(just('mig-upgrade'), 'database-error', 3)
    expect(stderr).toMatch(/ {2}b itn\n +\^/)
  })

  test('without a downgrade is an error when it is reverted', async () => {
    await project.write({
      'migrations/versions/shop/1_x.sql': `-- x\n--\n-- Revision: ${a}\n-- Revises:\n\n-- upgrade\nCREATE TABLE x ();\n`,
    })
    await succeed(just('mig-upgrade head shop'))
    await fail(just('mig-downgrade -1 shop'), 'no-downgrade', 3)
    expect(await versions(database.client)).toEqual({ shop: [a] })
  })
})

describe('a database that cannot be used', () => {
  const elsewhere = (change: (url: URL) => void): Readonly<Record<string, string>> => {
    const url = new URL(database.url)
    change(url)
    return { MIG_DATABASE_URL: url.href }
  }

  test('that does not exist', async () => {
    const env = elsewhere((url) => {
      url.pathname = '/no_such_database'
    })
    const { stderr } = await fail(just('mig-upgrade', { env }), 'no-database', 2)
    expect(stderr).toMatch(/help: create it \(createdb .*no_such_database\)/)
  })

  test('where no server answers', async () => {
    const env = elsewhere((url) => {
      url.port = '1'
    })
    await fail(just('mig-upgrade', { env }), 'no-server', 2)
  })

  test('that does not let the user in', async () => {
    const env = elsewhere((url) => {
      url.username = 'nobody_here'
      url.password = 'wr0ng'
    })
    const { stdout, stderr } = await fail(just('mig-upgrade', { env }), 'wrong-password', 2)
    expect(stdout + stderr).not.toContain('wr0ng')
  })

  test('without the permission to make schemas', async () => {
    await project.write(revisionFiles('shop', [{ id: a, ...create('a') }]))
    const role = `plain_${database.name}`
    await administer(`CREATE ROLE ${role} LOGIN`)
    const env = elsewhere((url) => {
      url.username = role
    })
    const { stderr } = await fail(just('mig-upgrade head shop', { env }), 'no-permission', 2)
    expect(stderr).toMatch(/permission denied for database[\s\S]*GRANT CREATE ON DATABASE/)
    await expectUntouched()
    await database.client.query(
      `CREATE SCHEMA mig AUTHORIZATION ${role}; GRANT CREATE ON SCHEMA mig TO ${role}`,
    )
    const second = await fail(just('mig-upgrade head shop', { env }), 'database-error', 3)
    expect(second.stderr).toContain('permission denied for database')
    expect(await versions(database.client)).toEqual({})
    await database.client.query('DROP SCHEMA mig CASCADE')
    await administer(`DROP ROLE ${role}`)
  })

  test('whose schema is gone keeps what public has under the same names', async () => {
    await project.write(revisionFiles('shop', [{ id: a, ...create('a') }]))
    await succeed(just('mig-upgrade head shop'))
    await database.client.query('DROP SCHEMA shop CASCADE; CREATE TABLE public.a (kept int)')
    const down = await fail(just('mig-downgrade base shop'), 'no-schema', 3)
    expect(down.stderr).toContain('just mig-stamp base shop')
    expect((await database.client.query('SELECT kept FROM public.a')).rows).toEqual([])
    await succeed(just('mig-stamp base shop'))
    await project.write({
      'migrations/env.ts': environmentText({ shop: 'shop', depot: 'depot' }, 'createSchema: false'),
    })
    const up = await fail(just('mig-upgrade head shop'), 'no-schema', 3)
    expect(up.stderr).toContain('CREATE SCHEMA shop')
    expect(await versions(database.client)).toEqual({})
    await database.client.query('DROP SCHEMA mig CASCADE; DROP TABLE public.a')
  })

  test('whose URL is no URL', async () => {
    for (const url of ['not a url', 'mysql://localhost/app', 'postgresql://localhost:port/app'])
      await fail(just('mig-current', { env: { MIG_DATABASE_URL: url } }), 'bad-database-url', 2)
  })

  test('that is dropped in the middle of a run leaves nothing half done', async () => {
    const other = await createTestDatabase()
    await project.write(
      revisionFiles('shop', [{ id: a, upgrade: 'await op.execute("SELECT pg_sleep(600)")' }]),
    )
    const run = startRecipe(['mig-upgrade', 'head', 'shop'], {
      cwd: project.path,
      env: { MIG_DATABASE_URL: other.url },
    })
    await expect
      .poll(
        async () =>
          (
            await administer(
              `SELECT FROM pg_stat_activity WHERE datname = '${other.name}' AND query ~ 'pg_sleep\\(600'`,
            )
          ).rowCount,
        { timeout: 20_000, interval: 20 },
      )
      .toBe(1)
    other.client.on('error', () => undefined)
    await administer(`DROP DATABASE ${other.name} WITH (FORCE)`)
    const { exitCode, stderr } = await run
    expect(exitCode).toBe(3)
    expect(stderr).toMatch(/^error MIG-/m)
    expect(stderr).not.toContain('MIG-internal')
    await other.client.end().catch(() => undefined)
  })
})

describe('folders', () => {
  test('an empty project says what to do', async () => {
    const { stdout } = await succeed(just('mig-upgrade'))
    expect(stdout).toContain('nothing to do')
    expect((await succeed(just('mig-heads'))).stdout).toContain('just mig-revision')
    await expectUntouched()
  })

  test('one without env.ts is an error that names MIG_DIR', async () => {
    const { stderr } = await fail(just('mig-current', { env: { MIG_DIR: 'elsewhere' } }), 'no-environment', 2)
    expect(stderr).toContain('MIG_DIR')
  })

  test('a folder with the name of a revision is passed over', async () => {
    await project.write(revisionFiles('shop', [{ id: a, ...create('a') }]))
    await mkdir(join(project.path, 'migrations/versions/shop/20260109_folder'))
    await chmod(join(project.path, 'migrations/versions'), 0o555)
    const lines = jsonLines(await succeed(just('mig-heads shop --json')))
    expect(lines).toMatchObject([{ revision: a }])
    await chmod(join(project.path, 'migrations/versions'), 0o755)
  })
})
