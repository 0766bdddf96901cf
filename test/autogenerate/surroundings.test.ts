import { describe, expect } from 'vitest'
import { checkProject } from '../../migrations/core/check/index.ts'
import { tenantHistoryDrift } from '../../migrations/core/check/tenants/history-drift.ts'
import {
  applyStamp,
  type EmitEvent,
  type EnvironmentOptions,
  targetTenants,
  usingSession,
} from '../../migrations/core/index.ts'
import { verifyProject } from '../../migrations/core/verify/index.ts'
import { type Lab, labTest } from '../runner/support.ts'
import { chain, tenantTest } from '../tenants/support.ts'
import { generateFiles, writeModels } from './support/project.ts'

const revision = (id: string, revises: string, up: string, down: string) =>
  `-- a change\n--\n-- Revision: ${id}\n-- Revises: ${revises}\n\n-- upgrade\n${up};\n\n-- downgrade\n${down};\n`

/** Generates for models, upgrades, and looks whether anything is left. */
async function taken(
  lab: Lab,
  models: Readonly<Record<string, string>>,
  settings: Partial<EnvironmentOptions>,
): Promise<string> {
  await writeModels(lab, models)
  const { files } = await generateFiles(lab, {}, settings)
  expect((await lab.upgrade({ settings })).error).toBeUndefined()
  const project = await lab.project(settings)
  const { drift } = await usingSession(project.env, {}, (session) =>
    checkProject(session, project, { privileges: false }),
  )
  expect(drift).toEqual([])
  return files.map(({ text }) => text).join('\n')
}

describe('extensions that the live database has', () => {
  const settings = { schemas: { app: 'app' } }
  const live = `CREATE SCHEMA extensions; CREATE EXTENSION pg_trgm SCHEMA extensions; CREATE EXTENSION citext;
    CREATE EXTENSION hstore SCHEMA extensions; CREATE SCHEMA app; CREATE TABLE app.t (id int PRIMARY KEY, a text);`
  const tables = `CREATE TABLE app.t (id int PRIMARY KEY, a text, c citext, h extensions.hstore);
      CREATE INDEX i ON app.t USING gin (a extensions.gin_trgm_ops);`

  labTest('make no difference where models name them, wherever they stand', async ({ lab }) => {
    await lab.database.client.query(live)
    const model = `CREATE SCHEMA IF NOT EXISTS extensions;
      CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA extensions;
      CREATE EXTENSION IF NOT EXISTS citext;
      CREATE EXTENSION hstore;
      ${tables}`
    const text = await taken(lab, { 'app.sql': model }, settings)
    expect(text).toMatch(/ADD COLUMN c [\s\S]*CREATE INDEX i ON app.t USING gin/)
    expect(text).not.toContain('EXTENSION')
  })

  labTest('are there for models that do not name them', async ({ lab }) => {
    await lab.database.client.query(live)
    const text = await taken(lab, { 'app.sql': tables }, settings)
    expect(text).toContain('ADD COLUMN h extensions.hstore')
    expect(text).not.toContain('EXTENSION')
  })

  labTest('are found without their schema where searchPath names it', async ({ lab }) => {
    await lab.database.client.query(live)
    const settings = { schemas: { app: 'app' }, searchPath: ['extensions'] }
    const model = 'CREATE TABLE app.t (id int PRIMARY KEY, a text, c citext, h hstore);'
    expect(await taken(lab, { 'app.sql': model }, settings)).toContain('ADD COLUMN h extensions.hstore')
    await lab.write({
      'app/aaaa00000009_more.sql': `-- more
--
-- Revision: aaaa00000009
-- Revises: ${(await lab.project(settings)).graph.heads({ lines: ['app'] }).join()}

-- upgrade
ALTER TABLE t ADD COLUMN more hstore;

-- downgrade
ALTER TABLE t DROP COLUMN more;
`,
    })
    expect((await lab.upgrade({ settings })).error).toBeUndefined()
  })

  labTest('and one that is new there is made with its schema', async ({ lab }) => {
    const settings = { schemas: { app: 'app' } }
    const model = `CREATE SCHEMA extras; CREATE EXTENSION hstore SCHEMA extras; CREATE TABLE app.t (h extras.hstore);`
    expect(await taken(lab, { 'app.sql': model }, settings)).toMatch(
      /CREATE SCHEMA IF NOT EXISTS extras[\s\S]*CREATE EXTENSION hstore SCHEMA extras/,
    )
  })
})

describe('excluded objects can be referred to', () => {
  const settings = {
    schemas: { app: 'app', auth: 'auth' },
    exclude: ({ schema }: { readonly schema: string }) => schema === 'auth',
  }
  const live = `CREATE SCHEMA auth; CREATE TABLE auth.users (id uuid PRIMARY KEY, email text, lots text);
    CREATE FUNCTION auth.uid() RETURNS uuid LANGUAGE sql STABLE AS 'SELECT NULL::uuid'; CREATE TABLE auth.sessions (id int)`
  const app = `CREATE TABLE app.profile (id uuid PRIMARY KEY REFERENCES auth.users(id) ON DELETE CASCADE, n text);
    ALTER TABLE app.profile ENABLE ROW LEVEL SECURITY;
    CREATE POLICY me ON app.profile USING (id = auth.uid());`
  const auth = `CREATE TABLE auth.users (id uuid PRIMARY KEY, email text);
    CREATE FUNCTION auth.uid() RETURNS uuid LANGUAGE sql STABLE AS 'SELECT NULL::uuid';
    CREATE TRIGGER t AFTER INSERT ON auth.users FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger();`

  for (const [how, models] of [
    ['where models say what they are', { 'app.sql': app, 'auth.sql': auth }],
    ['where they are in the live database alone', { 'app.sql': app, 'auth.sql': '' }],
  ] as const) {
    labTest(how, async ({ lab }) => {
      await lab.database.client.query(live)
      const text = await taken(lab, models, settings)
      expect(text).toMatch(/REFERENCES auth\.users[\s\S]*CREATE POLICY me/)
      expect(text).not.toContain('CREATE TABLE auth')
    })
  }
})

describe('objects of schemas that no key maps to', () => {
  const settings = { schemas: { app: 'app' } }

  labTest('can be referred to, as the live database has them', async ({ lab }) => {
    await lab.database.client.query(`CREATE SCHEMA auth; CREATE TYPE auth.level AS ENUM ('low', 'high');
      CREATE TABLE auth.users (id uuid PRIMARY KEY, level auth.level, secret text);
      CREATE FUNCTION auth.uid() RETURNS uuid LANGUAGE sql STABLE AS 'SELECT NULL::uuid'; CREATE TABLE users (id int)`)
    const text = await taken(
      lab,
      {
        'app.sql': `CREATE VIEW app.seen AS SELECT u.id FROM app.users u;
          CREATE TABLE app.users (id uuid PRIMARY KEY REFERENCES auth.users DEFAULT auth.uid(), level auth.level);`,
      },
      settings,
    )
    expect(text).toMatch(/REFERENCES auth\.users/)
    expect(text).not.toMatch(/CREATE (TABLE|TYPE) "?auth/)
  })

  labTest('that are nowhere are told with the file and the line', async ({ lab }) => {
    const models = {
      'app.sql': 'CREATE TABLE app.t (id int);\nALTER TABLE app.t ADD u uuid REFERENCES auth.users;',
    }
    await expect(taken(lab, models, settings)).rejects.toMatchObject({
      code: 'no-surroundings',
      message: expect.stringMatching(/app\.sql:2 refers to auth\.users/),
      help: expect.stringContaining('just mig-surroundings'),
    })
  })
})

describe('an extension that the server does not have', () => {
  const table = 'CREATE TABLE app.t (id int PRIMARY KEY'
  const doc = 'CREATE EXTENSION vector SCHEMA search; CREATE TABLE search.doc (e search.vector(3))'
  const models = (more: string) => ({
    'app.sql': `${table}${more});`,
    'search.sql': `CREATE TABLE search.plain (id int PRIMARY KEY);\n${doc};`,
  })
  const settings = { schemas: { app: 'app', search: 'search' } }

  labTest(
    'an extension that a revision makes serves the models without the database too',
    async ({ lab }) => {
      const settings = { schemas: { app: 'app' } }
      const table = (more: string) => `CREATE TABLE app.t (a int, b public.citext${more})`
      await lab.write({
        'app/aaaa00000001_t.sql': revision(
          'aaaa00000001',
          'base',
          `CREATE EXTENSION citext WITH SCHEMA public;\n${table('')}`,
          'DROP TABLE app.t',
        ),
      })
      expect((await lab.upgrade({ settings })).error).toBeUndefined()
      await writeModels(lab, { 'app.sql': table(', c int') })
      const { files } = await generateFiles(lab, { fromHistory: true }, settings)
      expect(files.map(({ text }) => text).join()).toContain('ADD COLUMN c integer')
      expect(files.map(({ text }) => text).join()).not.toContain('EXTENSION')
    },
  )

  labTest('is told of once, and leaves the schemas that need none to go on', async ({ lab }) => {
    await writeModels(lab, models(''))
    await lab.write({
      'app/aaaa00000001_t.sql': revision('aaaa00000001', 'base', `${table})`, 'DROP TABLE app.t'),
      'search/bbbb00000001_plain.sql': revision(
        'bbbb00000001',
        'base',
        'CREATE TABLE search.plain (id int PRIMARY KEY)',
        'DROP TABLE search.plain',
      ),
      'search/bbbb00000002_doc.sql': revision('bbbb00000002', 'bbbb00000001', doc, 'DROP TABLE search.doc'),
    })
    // As the server that has the extension would have it.
    await lab.database.client.query(
      `CREATE SCHEMA app; ${table}); CREATE SCHEMA search;
       CREATE TABLE search.plain (id int PRIMARY KEY); CREATE TABLE search.doc (e text)`,
    )
    const project = await lab.project(settings)
    await usingSession(project.env, {}, (session) => applyStamp(session, project, { target: 'heads' }))
    const warnings: string[] = []
    const emit: EmitEvent = (event) => {
      if (event.event === 'warning') warnings.push(event.message)
    }
    const told = /^models need vector, .*does not have:\n.*search\.sql:2.*\n.*search\.sql:2/
    const check = (filter: readonly string[]) =>
      usingSession(project.env, { emit }, (session) =>
        checkProject(session, { ...project, env: { ...project.env, filter } }, { privileges: false }),
      )
    expect((await check(['app'])).drift).toEqual([])
    expect(warnings.splice(0)).toEqual([expect.stringMatching(told)])
    await expect(check(['app', 'search'])).rejects.toMatchObject({
      code: 'no-extension',
      message: expect.stringMatching(told),
    })
    await writeModels(lab, models(', plain int REFERENCES search.plain'))
    const { files } = await generateFiles(lab, { filter: ['app'], emit }, settings)
    expect(files.map(({ line, text }) => [line, /ADD COLUMN plain int/.test(text)])).toEqual([['app', true]])
    expect(warnings.splice(0)).toEqual([expect.stringMatching(told)])
    // Without the database, and without models that need it.
    await writeModels(lab, { 'search.sql': 'CREATE TABLE search.plain (id int PRIMARY KEY)' })
    const again = await generateFiles(lab, { filter: ['app'], fromHistory: true, emit }, settings)
    expect(again.files).toEqual([])
    expect(warnings.splice(0)).toEqual([
      expect.stringMatching(
        /^revisions need vector, .*does not have:\n {2}search bbbb00000002: .*_doc\.sql$/,
      ),
    ])
    const { env } = await lab.project(settings)
    const checks = await verifyProject({ ...env, filter: ['app'] }, { emit })
    expect(checks.map(({ check, status }) => `${check} ${status}`)).toEqual(
      expect.arrayContaining(['fresh ok', 'offline ok']),
    )
    expect(checks.filter(({ message }) => message.includes('vector'))).toEqual([])
    expect(warnings.splice(0)).toHaveLength(1)
  })
})

tenantTest(
  'tenants are compared with their revisions without it, where another line needs it',
  async ({ lab }) => {
    await lab.write({
      ...chain(1),
      'shared/20260101_000000_bbbb00000001_doc.sql':
        '-- doc\n--\n-- Revision: bbbb00000001\n-- Revises: base\n\n-- upgrade\nCREATE EXTENSION vector;\n\n-- downgrade\n',
    })
    await lab.makeSchemas(['tenant_a'])
    await lab.run({ tenants: 'all' })
    await lab.database.client.query('ALTER TABLE tenant_a.t1 ADD COLUMN by_hand text')
    const warnings: string[] = []
    const emit: EmitEvent = (event) => {
      if (event.event === 'warning') warnings.push(event.message)
    }
    const project = await lab.project()
    const tenants = await targetTenants(project.env, 'tenant', { emit }, 'all')
    const options = { privileges: false, sql: true }
    const { drift } = await tenantHistoryDrift(project, 'tenant', tenants, { emit }, options)
    expect(drift.flatMap(({ statements }) => statements.map((each) => each.statements))).toEqual([
      ['ALTER TABLE tenant_a.t1 DROP COLUMN by_hand'],
    ])
    expect(warnings).toEqual([expect.stringMatching(/^revisions need vector, .*\n {2}shared bbbb00000001: /)])
  },
)

labTest('excludeTables is for tables, not for an index of another table', async ({ lab }) => {
  const settings = { schemas: { app: 'app' }, excludeTables: ['ev_*'] }
  const before = 'CREATE TABLE app.ev (id int, n text);'
  await taken(lab, { 'app.sql': before }, settings)
  await lab.database.client.query('CREATE TABLE app.ev_other (x int); CREATE INDEX ev_x ON app.ev_other (x)')
  const text = await taken(lab, { 'app.sql': `${before} CREATE INDEX ev_n ON app.ev (n);` }, settings)
  expect(text).toContain('CREATE INDEX ev_n')
  expect(text).not.toContain('ev_other')
})
