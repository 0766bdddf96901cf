import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { drizzle as drizzleOrm } from 'drizzle-orm/node-postgres'
import { migrate } from 'drizzle-orm/node-postgres/migrator'
import { describe, expect } from 'vitest'
import { findSettings } from '../../../migrations/core/adopt/find-histories.ts'
import { initProject } from '../../../migrations/core/adopt/index.ts'
import { findModels } from '../../../migrations/core/adopt/init/found-models.ts'
import { warnOfUrlElsewhere } from '../../../migrations/core/adopt/init/url-elsewhere.ts'
import { checkProject } from '../../../migrations/core/check/index.ts'
import { type DatabaseSource, loadEnvironment } from '../../../migrations/core/environment/index.ts'
import { importText } from '../../../migrations/core/report/import.ts'
import { initText } from '../../../migrations/core/report/init.ts'
import { openProject } from '../../../migrations/core/runner/index.ts'
import { importFolder } from '../support/folders.ts'
import { projectTest, type TestProject } from '../support/project.ts'

const repository = join(import.meta.dirname, '../../..')
const justfile = readFileSync(join(repository, 'justfile'), 'utf8')
const now = new Date('2024-01-31T12:00:00Z')

const init = async (
  project: TestProject,
  { baseline, ...given }: { baseline?: boolean; databaseSource?: DatabaseSource } = {},
) =>
  initProject(
    project.session,
    { ...(await project.environment({ app: 'app' })), ...given },
    { ...{ schemas: '', justfile, now }, ...(baseline === undefined ? {} : { baseline }) },
  )

const found = async (project: TestProject) => findModels(await project.environment({ app: 'app' }), true)

const read = (project: TestProject, path: string) => readFileSync(join(project.root, path), 'utf8')

const drizzle = {
  'package.json': '{ "type": "module" }',
  'drizzle.config.ts': `import { defineConfig } from 'drizzle-kit'
    export default defineConfig({ dialect: 'postgresql', schema: './src/db/schema.ts', out: './drizzle', schemaFilter: ['public'], tablesFilter: 'car*' })`,
  'src/db/schema.ts': `import { integer, pgTable, text } from 'drizzle-orm/pg-core'
    export const car = pgTable('car', { id: integer('id').primaryKey(), name: text('name'), seats: integer('seats') })`,
}

function writeDrizzle(project: TestProject, files: Readonly<Record<string, string>>): void {
  project.write(files)
  mkdirSync(join(project.root, 'node_modules'))
  for (const name of ['drizzle-orm', 'drizzle-kit'])
    symlinkSync(join(repository, 'node_modules', name), join(project.root, 'node_modules', name))
}

const usesPrisma = '{ "devDependencies": { "prisma": "6.19.0" } }'
const postgres = 'datasource db {\n  provider = "postgresql"\n}'

describe('init where a project has its models', () => {
  projectTest(
    'takes the schemas of an empty database from them',
    { timeout: 60_000 },
    async ({ project }) => {
      writeDrizzle(project, {
        ...drizzle,
        'drizzle.config.ts': "export default { dialect: 'postgresql', schema: './src/db/schema.ts' }",
        'src/db/schema.ts': `import { integer, pgSchema, pgTable } from 'drizzle-orm/pg-core'
          export const crm = pgSchema('crm'), shop = pgSchema('shop')
          export const a = crm.table('a', { id: integer('id') }), b = shop.table('b', { id: integer('id') }), c = pgTable('c', { id: integer('id') })`,
      })
      const { schemas, models } = await init(project)
      expect(schemas.map(({ schema }) => schema)).toEqual(['crm', 'public', 'shop'])
      expect(models?.problem).toBeUndefined()
      expect(read(project, 'migrations/env.ts')).toContain("public: 'public'")
    },
  )

  projectTest(
    'tells what is wrong with them where they have to say the schemas of an empty database',
    { timeout: 60_000 },
    async ({ project }) => {
      project.write({ 'schema.sql': 'CREATE TABLE car (id int, maker int REFERENCES makers);' })
      const { schemas, models } = await init(project)
      expect(schemas).toEqual([{ key: 'app', schema: 'public' }])
      expect(models?.problem).toMatchObject({
        code: 'model-failed',
        message: expect.stringContaining('"makers" does not exist'),
      })
    },
  )

  projectTest(
    'of Drizzle leaves them where they are, and says what differs from the database',
    { timeout: 60_000 },
    async ({ project }) => {
      writeDrizzle(project, drizzle)
      await project.run(`CREATE TABLE car (id int PRIMARY KEY, name text); CREATE INDEX named ON car (name);
        CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
        CREATE TRIGGER touched BEFORE UPDATE ON car FOR EACH ROW EXECUTE FUNCTION touch()`)
      const result = await init(project)
      const { models, files, adopted } = result
      expect(initText(result)).toContain(
        '\nnot imported: tablesFilter (car*); list the tables of others in excludeTables of env.ts\n',
      )
      expect(read(project, 'migrations/env.ts')).toContain(
        "models: { path: '../src/db/schema.ts', silentOn },",
      )
      expect(project.events).toContainEqual(
        expect.objectContaining({
          code: 'left-alone',
          message: expect.stringContaining('trigger public.touched; function public.touch'),
        }),
      )
      expect(existsSync(join(project.root, 'migrations/models'))).toBe(false)
      expect(files.some((file) => file.includes('models/'))).toBe(false)
      expect(adopted.map(({ line }) => line)).toEqual(['public'])
      expect(models?.problem).toBeUndefined()
      expect(models?.changes.map(({ verb, kind, name }) => `${verb} ${kind} ${name}`).toSorted()).toEqual([
        'add column public.car.seats',
        'drop index public.named',
      ])
    },
  )

  projectTest(
    'leaves no file and no row when its last file is there by then, and leaves that alone',
    { timeout: 60_000 },
    async ({ project }) => {
      const recipes = join(project.root, 'migrations', 'mig.just')
      writeDrizzle(project, {
        ...drizzle,
        'src/db/schema.ts': `import { writeFileSync } from 'node:fs'
          writeFileSync(${JSON.stringify(recipes)}, '# theirs')
          ${drizzle['src/db/schema.ts']}`,
      })
      await project.run('CREATE TABLE car (id int PRIMARY KEY, name text)')
      await expect(init(project)).rejects.toMatchObject({ code: 'EEXIST' })
      expect(readdirSync(join(project.root, 'migrations'))).toEqual(['mig.just'])
      expect(readFileSync(recipes, 'utf8')).toBe('# theirs')
      const { rows } = await project.session.client.query("SELECT to_regclass('mig.version') AS ledger")
      expect(rows).toEqual([{ ledger: null }])
    },
  )

  projectTest(
    'of Drizzle drops nothing that an imported history has and they cannot say',
    { timeout: 60_000 },
    async ({ project }) => {
      const entry = { idx: 0, version: '7', when: 1_700_000_000_000, tag: '0000_car', breakpoints: true }
      writeDrizzle(project, {
        ...drizzle,
        'drizzle/meta/_journal.json': JSON.stringify({ dialect: 'postgresql', entries: [entry] }),
        'drizzle/0000_car.sql': `CREATE TABLE car (id int PRIMARY KEY, name text, seats int);
          CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
          CREATE TRIGGER touched BEFORE UPDATE ON car FOR EACH ROW EXECUTE FUNCTION touch();`,
      })
      await migrate(drizzleOrm(project.database.client), { migrationsFolder: join(project.root, 'drizzle') })
      await init(project, { baseline: false })
      const { root, database, session } = project
      const env = await loadEnvironment({ root, variables: {}, databaseUrl: database.url })
      const result = await importFolder('drizzle', session, env, { path: 'drizzle' })
      expect(result).toMatchObject({ proof: 'equal' })
      expect(importText(result, { excluded: [], verbose: false, tool: 'drizzle' })).toContain(
        '\nthese revisions do not say what they lose: ',
      )
      const { drift } = await checkProject(session, openProject(env), { privileges: false })
      expect(drift).toEqual([])
    },
  )

  projectTest(
    'of Drizzle get what they refer to and cannot say as an SQL model beside them',
    { timeout: 60_000 },
    async ({ project }) => {
      const history = `CREATE DOMAIN amount AS int CHECK (VALUE > 0);
        CREATE FUNCTION is_open(v text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT v <> '' $$;
        CREATE FUNCTION org() RETURNS text LANGUAGE sql STABLE BEGIN ATOMIC SELECT current_setting('app.org', true) WHERE is_open('x'); END;
        CREATE FUNCTION unused() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
        CREATE TABLE car (id int PRIMARY KEY, org text DEFAULT org(), seats amount, CONSTRAINT open CHECK (is_open(org)));
        ALTER TABLE car ENABLE ROW LEVEL SECURITY;
        CREATE POLICY own ON car USING (org = org());
        ALTER TABLE car FORCE ROW LEVEL SECURITY;
        CREATE TRIGGER touched BEFORE UPDATE ON car FOR EACH ROW EXECUTE FUNCTION unused();`
      writeDrizzle(project, {
        ...drizzle,
        'src/db/schema.ts': `import { sql } from 'drizzle-orm'
          import { check, customType, integer, pgPolicy, pgTable, text } from 'drizzle-orm/pg-core'
          const amount = customType<{ data: number }>({ dataType: () => 'amount' })
          export const car = pgTable('car', { id: integer('id').primaryKey(), org: text('org').default(sql\`org()\`), seats: amount('seats') }, () => [
            check('open', sql\`is_open(org)\`),
            pgPolicy('own', { using: sql\`org = org()\` }),
          ])`,
      })
      await project.run(history)
      const result = await init(project)
      expect(result.models?.problem).toBeUndefined()
      expect(result.models?.changes).toEqual([])
      expect(result.files).toContain('migrations/models/needed.sql')
      expect(initText(result)).toContain(
        '\nmigrations/models/needed.sql has what the models refer to and cannot declare, so that they load\n',
      )
      expect(read(project, 'migrations/env.ts')).toContain(
        "models: [{ path: '../src/db/schema.ts', silentOn }, { path: 'models/needed.sql', silentOn }],",
      )
      const text = read(project, 'migrations/models/needed.sql')
      for (const name of ['amount', 'is_open', 'org']) expect(text).toContain(`public.${name}`)
      for (const other of ['unused', 'CREATE TABLE', 'POLICY', 'ROW LEVEL']) expect(text).not.toContain(other)
      // They are there so that the models load, so nobody has to remove them.
      expect(project.events).not.toContainEqual(expect.objectContaining({ code: 'silent-in-models' }))
    },
  )

  projectTest('names those that do not load yet, and says why', async ({ project }) => {
    project.write({
      'drizzle.config.ts': `export default { schema: './src/db/schema.ts', dbCredentials: { url: process.env.SHOP_URL } }`,
      'src/db/schema.ts': "import 'not-installed'",
      '.env.example': 'SHOP_URL=postgres://you@localhost/example',
    })
    const { models, files } = await init(project, { databaseSource: 'embedded' })
    expect(files).toContain('migrations/env.ts')
    expect(models?.problem?.message).toContain('Could not resolve "not-installed"')
    expect(project.events).toContainEqual(
      expect.objectContaining({
        message: expect.stringContaining('; drizzle.config.ts takes its URL from SHOP_URL'),
      }),
    )
  })

  projectTest('says that the URL of the database is where it is not read', async ({ project }) => {
    project.write({ '.env.local': 'DATABASE_URL=postgresql://me:secret@db/shop' })
    await init(project, { databaseSource: 'embedded' })
    expect(project.events).toContainEqual({
      ...{ event: 'warning', code: 'url-elsewhere' },
      message:
        'the embedded server is used, since .env does not set DATABASE_URL; .env.local sets DATABASE_URL to postgresql://me:***@db/shop',
      help: 'for that database: write DATABASE_URL=… into .env, or in front of the command, delete migrations, and give the command again',
    })
    const { root } = project
    const told = (files: Readonly<Record<string, string>>) => {
      project.write({ '.env.local': '', ...files })
      const place = { databaseSource: 'embedded', root, dir: join(root, 'migrations') } as const
      const messages: string[] = []
      warnOfUrlElsewhere(place, findSettings(root), (event) => {
        if (event.event === 'warning') messages.push(event.message.split('; ')[1] ?? '')
      })
      return messages
    }
    expect(told({ 'api/knexfile.ts': "connection: 'postgres://me:secret@db/knex'" })).toEqual([
      'api/knexfile.ts has postgres://me:***@db/knex',
    ])
    expect(told({ 'api/knexfile.ts': 'connection: process.env.PG_CONNECTION_STRING' })).toEqual([
      'api/knexfile.ts takes its URL from PG_CONNECTION_STRING',
    ])
    expect(told({ 'api/.env': 'PG_CONNECTION_STRING=postgres://me:secret@db/env' })).toEqual([
      'api/.env sets PG_CONNECTION_STRING to postgres://me:***@db/env',
    ])
  })

  for (const [tool, files, code] of [
    ['Prisma', { 'prisma/schema.prisma': '' }, "prisma('../prisma/schema.prisma')"],
    [
      'Drizzle, whose settings stand elsewhere',
      {
        'server/db/drizzle.config.ts': "export default { schema: './schema.ts' }",
        'server/db/schema.ts': '',
      },
      "{ path: '../server/db/schema.ts', silentOn }",
    ],
    [
      'Prisma by its settings',
      {
        'prisma.config.ts': "export default defineConfig({ schema: path.join('db', 'schema') })",
        'db/schema/car.prisma': '',
      },
      "prisma('../db/schema')",
    ],
    [
      'Prisma in a package of the workspace',
      {
        'package.json': '{ "dependencies": { "zod": "4" } }',
        'examples/shop/schema.prisma': postgres,
        'packages/lite/package.json': usesPrisma,
        'packages/lite/schema.prisma': 'datasource db {\n  provider = "sqlite"\n}',
        'packages/prisma/package.json': usesPrisma,
        'packages/prisma/schema.prisma': postgres,
      },
      "prisma('../packages/prisma/schema.prisma')",
    ],
    [
      'Prisma in the folder of a package',
      { 'packages/db/package.json': usesPrisma, 'packages/db/prisma/schema.prisma': postgres },
      "prisma('../packages/db/prisma/schema.prisma')",
    ],
    [
      'Prisma in several files of a package',
      {
        'apps/api/package.json': usesPrisma,
        'apps/api/prisma/schema/base.prisma': postgres,
        'apps/api/prisma/schema/car.prisma': '',
      },
      "prisma('../apps/api/prisma/schema')",
    ],
    ['Supabase', { 'supabase/schemas/01_car.sql': '' }, "'../supabase/schemas'"],
    ['a folder of SQL', { 'db/tables/car.sql': '' }, "'../db/tables'"],
    ['MikroORM', { 'src/mikro-orm.config.ts': '' }, 'mikroOrm()'],
    [
      'TypeORM',
      {
        'package.json': '{ "dependencies": { "typeorm": "1" } }',
        'server/datasource.ts': 'export default new DataSource({})',
      },
      "typeorm('../server/datasource.ts')",
    ],
    ['an SQL file', { 'db/schema.sql': '' }, "'../db/schema.sql'"],
  ] as const) {
    projectTest(`finds those of ${tool}`, async ({ project }) => {
      project.write(files)
      expect((await found(project))?.code).toBe(code)
    })
  }

  projectTest('finds none in a folder of others', async ({ project }) => {
    project.write({
      'package.json': '{ "dependencies": { "typeorm": "1" } }',
      'src/index.ts': '',
      'db/schema/001_first.sql': '',
    })
    expect(await found(project)).toBeUndefined()
  })
})
