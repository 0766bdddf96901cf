import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { initProject } from '../../../migrations/core/adopt/index.ts'
import { namedSchemas } from '../../../migrations/core/adopt/init/schemas.ts'
import { withMoreSchemas } from '../../../migrations/core/adopt/init/settings-text.ts'
import { loadEnvironment } from '../../../migrations/core/environment/index.ts'
import { readApplied } from '../../../migrations/core/ledger/index.ts'
import { projectTest, type TestProject } from '../support/project.ts'

const now = new Date('2024-01-31T12:00:00Z')

async function add(project: TestProject, schemas: string) {
  const { root, database } = project
  const env = await loadEnvironment({ root, variables: {}, databaseUrl: database.url })
  return initProject(project.session, env, { schemas, justfile: '', now })
}

const read = (project: TestProject, path: string) => readFileSync(join(project.root, path), 'utf8')

const settings = {
  'migrations/env.ts': `export default {
  schemas: {
    user: 'shop_user', // who buys
  },
}
`,
  'migrations/models/user.sql': 'CREATE TABLE shop_user.account (id int PRIMARY KEY);',
  'migrations/versions/user/20240101_000000_aaaa00000001_account.sql': `-- account
--
-- Revision: aaaa00000001
-- Revises: -
-- Created: 2024-01-01T00:00:00Z

-- upgrade
CREATE TABLE shop_user.account (id int PRIMARY KEY);

-- downgrade
DROP TABLE shop_user.account;
`,
}

describe('init NAME in a project', () => {
  projectTest(
    'adds the schemas of that name: one that is there with a first revision, another with empty models',
    { timeout: 60_000 },
    async ({ project }) => {
      project.write(settings)
      await project.run(`CREATE SCHEMA shop_user; CREATE TABLE shop_user.account (id int PRIMARY KEY);
        CREATE SCHEMA shop_order;
        CREATE TABLE shop_order.purchase (id int PRIMARY KEY, buyer int REFERENCES shop_user.account)`)
      const result = await add(project, 'shop_order,billing=shop_bill')
      expect(read(project, 'migrations/env.ts')).toContain(
        "    user: 'shop_user', // who buys\n    order: 'shop_order',\n    billing: 'shop_bill',\n  },",
      )
      expect(read(project, 'migrations/models/order.sql')).toContain('CREATE TABLE shop_order.purchase')
      expect(read(project, 'migrations/models/billing.sql')).toBe(
        '-- What schema shop_bill should be. After a change: just mig-autogen "what it is for"\n',
      )
      expect(result.adopted.map(({ line }) => line)).toEqual(['order'])
      expect(result.models).toBeUndefined()
      const applied = await readApplied(project.database.client, 'mig')
      expect([...applied.keys()]).toEqual(['shop_order'])

      await expect(add(project, 'other=shop_order')).rejects.toMatchObject({
        code: 'already-there',
        message: 'the schema map has schema shop_order, by the key order already; nothing was written',
      })
    },
  )

  projectTest(
    'says what differs where the models stand already, and undoes everything where a part fails',
    { timeout: 60_000 },
    async ({ project }) => {
      project.write({ ...settings, 'migrations/models/order.sql': 'CREATE TABLE shop_order.sale (id int);' })
      await project.run(`CREATE SCHEMA shop_user; CREATE TABLE shop_user.account (id int PRIMARY KEY);
        CREATE SCHEMA shop_order; CREATE TABLE shop_order.purchase (id int PRIMARY KEY)`)
      const { models } = await add(project, 'shop_order')
      expect(models?.changes.map(({ verb, kind, name }) => `${verb} ${kind} ${name}`).toSorted()).toEqual([
        'add table shop_order.sale',
        'drop table shop_order.purchase',
      ])

      await project.run(
        'CREATE SCHEMA shop_bill; CREATE TABLE shop_bill.knex_migrations (id int, name text, batch int, migration_time timestamptz)',
      )
      const before = read(project, 'migrations/env.ts')
      await expect(add(project, 'shop_bill')).rejects.toMatchObject({ code: 'ledger-in-schema' })
      expect(read(project, 'migrations/env.ts')).toBe(before)
      expect(existsSync(join(project.root, 'migrations/models/bill.sql'))).toBe(false)
    },
  )
})

test.each(['a=b=c', 'a=', '=b', 'x,a=b=c'])('%s names no schemas', (text) => {
  expect(() => namedSchemas(text, [])).toThrow(expect.objectContaining({ code: 'bad-argument' }))
})

describe('the schema map in the text of env.ts', () => {
  test.each([
    ['{ schemas: { a: "x" } }', `{ schemas: { a: "x", 'b-c': 'y' } }`],
    ['{ schemas: {} }', `{ schemas: { 'b-c': 'y' } }`],
    ['{\n  schemas: {\n  },\n}', `{\n  schemas: {\n    'b-c': 'y',\n  },\n}`],
    [
      "{\n\tschemas: {\n\t\ta: { tenants: tenants({ like: 'a' }) } // all\n\t}\n}",
      "{\n\tschemas: {\n\t\ta: { tenants: tenants({ like: 'a' }) }, // all\n\t\t'b-c': 'y',\n\t}\n}",
    ],
    [
      "// schemas: { no }\n{ 'schemas': { a: 'x', }, }",
      `// schemas: { no }\n{ 'schemas': { a: 'x', 'b-c': 'y' }, }`,
    ],
  ])('of %j gets one more', (text, expected) => {
    expect(withMoreSchemas(text, [{ key: 'b-c', schema: 'y' }])).toBe(expected)
  })

  test('that is made elsewhere is left', () => {
    expect(withMoreSchemas('const schemas = make()\nexport default { schemas }', [])).toBeUndefined()
  })
})
