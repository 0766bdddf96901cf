import { appendFile, cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { fail, jsonLines, justOn, succeed } from '../e2e/support/just.ts'
import { temporaryProject } from '../e2e/support/project.ts'
import { databaseTest, type TestDatabase } from '../support/database.ts'
import { repository } from '../support/recipes.ts'

const variables = { env: { MIG_DIR: 'test/environments/tenants' } }
const hostile = 'tenant_Ünï "q" \'o\' \\ $1 $$ %s %I\n`${x}`'
const quoted = `"${hostile.replaceAll('"', '""')}"`

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
         DROP INDEX ${quoted}.account_email_key`,
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
    'compares each tenant with its own revisions under --drift, and reverts what was done by hand',
    async ({ database }) => {
      const just = await tenantsAtHead(database, ['tenant_a', 'tenant_b', 'tenant_c', hostile])
      await succeed(just('mig-downgrade -2 tenant --tenants tenant_b'))
      await succeed(just('mig-downgrade base tenant --tenants tenant_c'))
      const none = await succeed(just('mig-check tenant --drift'))
      expect(none.stdout).toContain('no drift: 4 tenants of tenant')
      await database.client.query(
        `ALTER TABLE tenant_b.account ADD COLUMN by_hand text; CREATE TABLE tenant_c.left_over (id int);
         ALTER TABLE ${quoted}.account ALTER COLUMN plan TYPE varchar(80)`,
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
    const { project, just } = await exampleProject(
      database,
      `excludeTables: ['tenant_*.queue'],
  excludeKinds: ['trigger'],
  exclude: ({ kind, schema, name }) => schema.startsWith('tenant_') && name.startsWith('tmp_'),`,
    )
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

  databaseTest('loads the models again only where a tenant or a model has changed', async ({ database }) => {
    const program = "{ print: 'node print.mjs', cwd: '.', inputs: ['print.mjs'] }"
    const { project, just } = await exampleProject(database, `models: ['models', ${program}],`)
    const [probe, models] = [join(project.path, 'loads'), join(project.path, 'migrations/models')]
    const loads = async () => (await readFile(probe, 'utf8')).length
    try {
      const counted = `import { appendFileSync } from 'node:fs'\nappendFileSync(${JSON.stringify(probe)}, '.')\n`
      const nothing = "'COMMENT ON TABLE catalog.plan IS NULL'"
      await writeFile(join(models, 'catalog.ts'), `${counted}export const nothing = ${nothing}\n`)
      await writeFile(join(project.path, 'migrations/print.mjs'), `${counted}console.log(${nothing})\n`)
      await database.client.query('CREATE SCHEMA tenant_a; CREATE SCHEMA tenant_b')
      await succeed(just('mig-upgrade head all --tenants all'))
      // The module and the program, once for both groups of lines.
      await succeed(just('mig-check'))
      expect(await loads()).toBe(2)
      const again = await succeed(just('mig-check'))
      expect(again.stdout).toContain('no difference: 2 tenants of tenant')
      expect(await loads()).toBe(2)
      await database.client.query('ALTER TABLE tenant_b.account ADD COLUMN by_hand text')
      expect((await just('mig-check tenant')).stdout).toContain('drop column account.by_hand text')
      await database.client.query('ALTER TABLE tenant_b.account DROP COLUMN by_hand')
      await succeed(just('mig-check tenant'))
      expect(await loads()).toBe(4)
      await appendFile(join(models, 'tenant.sql'), '\nCREATE TABLE more (id int);\n')
      expect((await just('mig-check tenant')).stdout).toContain('add table more')
    } finally {
      await project.remove()
    }
  })

  databaseTest('compares what models declare of the whole database of tenants', async ({ database }) => {
    const { project, just } = await exampleProject(database)
    const { client } = database
    try {
      await client.query('CREATE SCHEMA tenant_a')
      await succeed(just('mig-upgrade head all --tenants all'))
      const models = join(project.path, 'migrations/models/tenant.sql')
      await appendFile(models, '\nCREATE EXTENSION citext SCHEMA public;\n')
      const lacking = '1 tenant differs from the models: tenant_a\n  add extension citext'
      expect((await just('mig-check tenant')).stdout).toContain(lacking)
      const generated = await fail(just(['mig-autogen', 'add citext', 'tenant']), 'proof-failed', 5)
      expect(generated.stderr).toContain('help: a database has it only once')
      await client.query('CREATE EXTENSION citext SCHEMA public')
      await succeed(just('mig-check'))
      await client.query('DROP EXTENSION citext')
      expect((await just('mig-check tenant')).stdout).toContain(lacking)
      const own = 'CREATE PUBLICATION "accounts" FOR TABLE account;'
      await appendFile(models, `\nCREATE PUBLICATION accounts_later;\n${own}\n`)
      const line = (await readFile(models, 'utf8')).split('\n').indexOf(own) + 1
      const refused = await fail(just('mig-check tenant'), 'database-object-in-tenant-model', 2)
      expect(refused.stderr).toContain(`tenant.sql:${line} has publication accounts in a tenant's schema`)
    } finally {
      await project.remove()
    }
  })

  databaseTest(
    'tells of files that were edited since they were applied, and to how many tenants',
    async ({ database }) => {
      const { project, just } = await exampleProject(database)
      try {
        const names = Array.from({ length: 5 }, (_, at) => `tenant_${at}`)
        await database.client.query(names.map((name) => `CREATE SCHEMA ${name}`).join('; '))
        await succeed(just('mig-upgrade head all --tenants all'))
        await succeed(just('mig-downgrade -1 tenant --tenants tenant_4'))
        // What a stamp takes out of the ledger is applied no more, whatever the log says of it.
        await succeed(just('mig-stamp base tenant --tenants tenant_3'))
        const file = 'versions/tenant/20260305_090000_d4e5f6a7b8c9_add_currency_and_unique_email.ts'
        await appendFile(join(project.path, 'migrations', file), '// edited\n')
        const shown = await just('mig-check tenant')
        expect(shown.code).toBe(1)
        expect(shown.stdout).toContain(
          'applied, and edited since (undo the edit, or write a new revision):\n  tenant d4e5f6a7b8c9 on 3 tenants: tenant_0, tenant_1, tenant_2',
        )
        const one = await just('mig-check tenant --tenants tenant_1 --json')
        expect(one.code).toBe(1)
        expect(jsonLines(one).filter(({ event }) => event === 'edited')).toEqual([
          {
            ...{ event: 'edited', line: 'tenant', revision: 'd4e5f6a7b8c9', targetSchemas: ['tenant_1'] },
            path: expect.stringContaining(file),
          },
        ])
        await succeed(just('mig-upgrade head tenant --tenants tenant_4'))
        const fine = await succeed(just('mig-check tenant --tenants tenant_4'))
        expect(fine.stdout).toContain('no difference: 1 tenant of tenant')
      } finally {
        await project.remove()
      }
    },
  )
})

/** The example in a folder of its own, whose files and settings a test may change. */
async function exampleProject(database: TestDatabase, settings = '') {
  const example = join(repository, 'test/environments/tenants')
  const project = await temporaryProject({
    'migrations/env.ts': `export default {
  schemas: { catalog: 'catalog', tenant: { tenants: { like: 'tenant\\\\_%', excludeTables: ['import_buffer'] } } },
  x: { currency: 'string' },
  ${settings}
}\n`,
  })
  for (const name of ['models', 'versions'])
    await cp(join(example, name), join(project.path, 'migrations', name), { recursive: true })
  return { project, just: justOn(database.url, { cwd: project.path }) }
}
