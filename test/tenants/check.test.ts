import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { jsonLines, justOn, succeed } from '../e2e/support/just.ts'
import { temporaryProject } from '../e2e/support/project.ts'
import { databaseTest, type TestDatabase } from '../support/database.ts'
import { repository } from '../support/recipes.ts'

const variables = { env: { MIG_DIR: 'test/environments/tenants' } }
const hostile = 'tenant_Ünï "q" $1'

async function tenantsAtHead(database: TestDatabase, names: readonly string[]) {
  const just = justOn(database.url, variables)
  for (const name of names) await database.client.query(`CREATE SCHEMA "${name.replaceAll('"', '""')}"`)
  await succeed(just('mig-upgrade head all --tenants all'))
  return just
}

describe('mig-check of a tenant line', () => {
  databaseTest(
    'shows with --sql what brings each tenant to the models, and that does it',
    async ({ database }) => {
      const names = ['tenant_a', 'tenant_b', 'tenant_c', hostile]
      const just = await tenantsAtHead(database, names)
      await database.client.query(
        `ALTER TABLE tenant_b.invoice DROP COLUMN currency;
         ALTER TABLE tenant_c.account ADD COLUMN by_hand text;
         DROP INDEX "tenant_Ünï ""q"" $1".account_email_key`,
      )
      const shown = await just('mig-check tenant')
      expect(shown.code).toBe(1)
      expect(shown.stdout).toContain(
        '1 tenant differs from the models: tenant_b\n  add column invoice.currency text not null',
      )
      expect(shown.stdout).toContain('drop column account.by_hand text')
      const sql = await just('mig-check tenant --sql')
      expect(sql.code).toBe(1)
      expect(sql.stdout).toContain('-- tenant_b\nALTER TABLE tenant_b.invoice ADD COLUMN currency')
      await database.client.query(sql.stdout)
      await succeed(just('mig-check tenant'))
    },
  )

  databaseTest(
    'compares each tenant with its own revisions under --drift, and takes back what was done by hand',
    async ({ database }) => {
      const just = await tenantsAtHead(database, ['tenant_a', 'tenant_b', 'tenant_c', hostile])
      await succeed(just('mig-downgrade -2 tenant --tenants tenant_b'))
      await succeed(just('mig-downgrade base tenant --tenants tenant_c'))
      const none = await succeed(just('mig-check tenant --drift'))
      expect(none.stdout).toContain('no drift: 4 tenants of tenant')
      await database.client.query(
        `ALTER TABLE tenant_b.account ADD COLUMN by_hand text; CREATE TABLE tenant_c.left_over (id int);
         ALTER TABLE "tenant_Ünï ""q"" $1".account ALTER COLUMN plan TYPE varchar(80)`,
      )
      const shown = await just('mig-check tenant --drift')
      expect(shown.code).toBe(1)
      expect(shown.stdout).toContain('1 tenant changed by hand: tenant_b\n  add column account.by_hand text')
      expect(shown.stdout).toContain('add table left_over')
      expect(shown.stdout).toContain('type text → character varying(80)')
      const sql = await just('mig-check tenant --drift --sql --tenants tenant_b,tenant_c')
      await database.client.query(sql.stdout)
      const left = await just('mig-check tenant --drift --json')
      const names = jsonLines(left).flatMap(({ event, schema }) => (event === 'difference' ? [schema] : []))
      expect(new Set(names)).toEqual(new Set([hostile]))
    },
  )

  databaseTest('details so many tenants and names the others', async ({ database }) => {
    const names = Array.from({ length: 13 }, (_, at) => `tenant_${String(at).padStart(2, '0')}`)
    const just = await tenantsAtHead(database, names)
    await database.client.query(
      names.map((name, at) => `ALTER TABLE ${name}.account ADD COLUMN by_hand_${at} text`).join('; '),
    )
    const shown = await just('mig-check tenant')
    expect(shown.stdout.match(/drop column account\.by_hand_\d+ text/g)).toHaveLength(10)
    expect(shown.stdout).toContain('1 tenant differs from the models: tenant_12')
    const sql = await just('mig-check tenant --sql')
    expect(sql.stdout.match(/^-- tenant_\d+$/gm)).toHaveLength(10)
    expect(sql.stdout).toContain(
      '-- 3 more tenants differ from the models; name them for theirs: --tenants tenant_10, tenant_11, tenant_12',
    )
  })

  databaseTest('leaves out what env.ts excludes by table, kind and function', async ({ database }) => {
    const example = join(repository, 'test/environments/tenants')
    const project = await temporaryProject({
      'migrations/env.ts': `export default {
  schemas: { catalog: 'catalog', tenant: { tenants: { like: 'tenant\\\\_%', excludeTables: ['import_buffer'] } } },
  excludeTables: ['tenant_*.queue'],
  excludeKinds: ['trigger'],
  exclude: ({ kind, schema, name }) => schema.startsWith('tenant_') && name.startsWith('tmp_'),
  x: { currency: 'string' },
}\n`,
    })
    for (const folder of ['models', 'versions'])
      await cp(join(example, folder), join(project.path, 'migrations', folder), { recursive: true })
    const just = justOn(database.url, { cwd: project.path })
    try {
      await database.client.query('CREATE SCHEMA tenant_a; CREATE SCHEMA tenant_b; CREATE SCHEMA tenant_c')
      await succeed(just('mig-upgrade head all --tenants all'))
      await database.client.query(
        `CREATE TABLE tenant_b.import_buffer (line text); CREATE TABLE tenant_b.queue (id int);
         CREATE TABLE tenant_b.tmp_things (id int); CREATE INDEX tmp_total ON tenant_b.invoice (total);
         CREATE TRIGGER touch BEFORE UPDATE ON tenant_b.account FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()`,
      )
      await succeed(just('mig-check'))
      await succeed(just('mig-check tenant --drift'))
      const listed = jsonLines(await succeed(just('mig-tenants tenant --json')))
      expect(listed.flatMap(({ event, structure }) => (event === 'tenant' ? [structure] : []))).toEqual([
        'majority',
        'majority',
        'majority',
      ])
      await succeed(just(['mig-autogen', 'nothing', 'tenant', '--tenants', 'tenant_b']))
      await succeed(just('mig-tenant-create tenant_d tenant --from-template --template tenant_b'))
      await succeed(just('mig-check'))
    } finally {
      await project.remove()
    }
  })
})
