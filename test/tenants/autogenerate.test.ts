import { readdirSync, readFileSync } from 'node:fs'
import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { fail, jsonLines, justOn, succeed } from '../e2e/support/just.ts'
import { revisionFiles, temporaryProject } from '../e2e/support/project.ts'
import { databaseTest } from '../support/database.ts'
import { repository } from '../support/recipes.ts'

const example = join(repository, 'test/environments/tenants')
const environment = `export default { schemas: { catalog: 'catalog', tenant: { tenants: { like: 'tenant\\\\_%' } } }, x: { currency: 'string' } }\n`

const hostile = 'tenant_Ünï "q" \'o\' \\ $1 $$ %s %I\n`${x}`'
const quoted = `"${hostile.replaceAll('"', '""')}"`
const hostileColumn = `"o'k ""$$"" \\ %s CONCURRENTLY"`

/** The example as a project of its own, with three more things in the models of its tenants. */
async function changedProject() {
  const project = await temporaryProject({ 'migrations/env.ts': environment })
  for (const folder of ['models', 'versions'])
    await cp(join(example, folder), join(project.path, 'migrations', folder), { recursive: true })
  const models = readFileSync(join(example, 'models/tenant.sql'), 'utf8')
  await project.write({
    'migrations/models/tenant.sql': `${models.replace('email text NOT NULL,', () => `email text NOT NULL,\n  phone text, ${hostileColumn} text NOT NULL DEFAULT '\\ $$ ''%',`)}
CREATE FUNCTION account_count() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM account';\n`,
  })
  return project
}

describe('autogenerate for a tenant line', () => {
  databaseTest(
    'writes a revision without a schema name that brings every tenant to the models',
    async ({ database }) => {
      const project = await changedProject()
      const just = justOn(database.url, { cwd: project.path })
      try {
        await database.client.query(`CREATE SCHEMA tenant_a; CREATE SCHEMA tenant_b; CREATE SCHEMA ${quoted}`)
        await fail(just(['mig-autogen', 'add phone', 'tenant']), 'not-up-to-date', 2)
        await succeed(just('mig-upgrade head all --tenants all'))
        await database.client.query(
          `INSERT INTO catalog.plan VALUES ('free', 1); INSERT INTO ${quoted}.account (email, plan) VALUES ('a', 'free')`,
        )
        const differing = await just('mig-check tenant')
        expect(differing.code).toBe(1)
        expect(differing.stdout).toContain('3 tenants differ from the models: tenant_a, tenant_b, tenant_Ün')
        expect(differing.stdout).toContain('phone')

        await succeed(just(['mig-autogen', 'add phone', 'tenant']))
        const folder = join(project.path, 'migrations/versions/tenant')
        const [written = ''] = readdirSync(folder).filter((name) => name.includes('add_phone'))
        const text = readFileSync(join(folder, written), 'utf8')
        expect(text).toContain('ADD COLUMN phone text')
        expect(text).not.toMatch(/tenant_a|tenant_b|mig_tenant/)
        await succeed(just('mig-upgrade head tenant --tenants all'))
        const checked = await succeed(just('mig-check'))
        expect(checked.stdout).toContain('no difference: 3 tenants of tenant')
        const { rows } = await database.client.query(
          `SELECT email, ${hostileColumn} AS made FROM ${quoted}.account`,
        )
        expect(rows).toEqual([{ email: 'a', made: "\\ $$ '%" }])
      } finally {
        await project.remove()
      }
    },
  )

  databaseTest('refuses to start from a tenant that was changed by hand', async ({ database }) => {
    const project = await changedProject()
    const just = justOn(database.url, { cwd: project.path })
    try {
      await database.client.query('CREATE SCHEMA tenant_a; CREATE SCHEMA tenant_b')
      await succeed(just('mig-upgrade head all --tenants all'))
      await database.client.query('ALTER TABLE tenant_a.account ADD COLUMN by_hand text')
      const refused = await fail(just(['mig-autogen', 'add phone', 'tenant']), 'tenant-drift', 2)
      expect(refused.stderr).toContain('by_hand')
      await succeed(just(['mig-autogen', 'add phone', 'tenant', '--tenants', 'tenant_b', '--plan']))
    } finally {
      await project.remove()
    }
  })

  databaseTest(
    'asks and tells with the key of the line where other names have a schema',
    async ({ database }) => {
      const upgrade = "await op.execute('CREATE TABLE account (id int PRIMARY KEY, phone text)')"
      const project = await temporaryProject({
        'migrations/env.ts':
          "export default { schemas: { tenant: { tenants: { like: 'tenant\\\\_%' } } } }\n",
        'migrations/models/tenant.sql': 'CREATE TABLE account (id int PRIMARY KEY, mobile text);\n',
        ...revisionFiles('tenant', [{ id: 'a00000000001', upgrade }]),
      })
      const just = justOn(database.url, { cwd: project.path })
      const renamed = (...flags: readonly string[]) =>
        just(['mig-autogen', 'rename phone', 'tenant', ...flags])
      try {
        await database.client.query('CREATE SCHEMA tenant_a')
        await succeed(just('mig-upgrade head tenant --tenants all'))
        const open = await fail(renamed(), 'decision-needed', 4)
        expect(open.stderr).toContain('--rename tenant.account.phone=mobile')
        const made = await succeed(renamed('--json', '--plan', '--rename', 'tenant.account.phone=mobile'))
        expect(jsonLines(made).find(({ event }) => event === 'difference')).toMatchObject({
          ...{ line: 'tenant', schema: 'tenant' },
          name: expect.stringMatching(/^tenant\.account\./),
        })
        expect(made.stdout).toContain('ALTER TABLE account RENAME COLUMN phone TO mobile')
        expect(open.stderr + made.stdout + made.stderr).not.toContain('mig_tenant')
      } finally {
        await project.remove()
      }
    },
  )

  databaseTest('holds no schema name either where the key of the line needs quotes', async ({ database }) => {
    const key = 'Our-Tenants'
    const project = await temporaryProject({
      'migrations/env.ts': `export default { schemas: { '${key}': { tenants: { like: 'tenant\\\\_%' } } } }\n`,
      [`migrations/models/${key}.sql`]: `CREATE TABLE account (id int PRIMARY KEY);
CREATE VIEW ids AS SELECT id FROM account;\n`,
    })
    const just = justOn(database.url, { cwd: project.path })
    try {
      await database.client.query('CREATE SCHEMA tenant_a; CREATE SCHEMA "tenant_B-c"')
      const made = await succeed(just(['mig-autogen', 'create account', key]))
      expect(made.stdout).toContain(`add table ${key}.account`)
      const folder = join(project.path, 'migrations/versions', key)
      const [written = ''] = readdirSync(folder)
      expect(readFileSync(join(folder, written), 'utf8')).not.toMatch(/mig_tenant|Our-Tenants\./)
      await succeed(just(`mig-upgrade head ${key} --tenants all`))
      await succeed(just('mig-tenant-create tenant_new --from-template'))
      const checked = await succeed(just('mig-check'))
      expect(checked.stdout).toContain(`no difference: 3 tenants of ${key}`)
    } finally {
      await project.remove()
    }
  })
})
