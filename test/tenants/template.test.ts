import { describe, expect } from 'vitest'
import { checkTargets } from '../../migrations/core/check/index.ts'
import { createTenant, loadEnvironment, openProject, targetTenants } from '../../migrations/core/index.ts'
import { readFingerprintHashes } from '../../migrations/core/postgres/fingerprint/index.ts'
import { createTenantFromTemplate } from '../../migrations/core/template/create.ts'
import { readSeeds } from '../../migrations/core/template/seeds.ts'
import { databaseTest, type TestDatabase } from '../support/database.ts'
import { repository } from '../support/recipes.ts'
import { revisionId, revisionText, tenantGroup, tenantTest } from './support.ts'

const hostile = 'tenant_Ünïcode "quoted" $1'

async function exampleProject(database: TestDatabase) {
  return openProject(
    await loadEnvironment({
      root: repository,
      dir: 'test/environments/tenants',
      variables: {},
      databaseUrl: database.url,
      tenants: 'all',
    }),
  )
}

const tenant = (schema: string) => ({ line: 'tenant', schema, databaseUrl: null, shard: null })

databaseTest('rows that a policy hides from the owner are an error, not left out', async ({ database }) => {
  const { client, name } = database
  const owner = `owner_${name}`
  await client.query(
    `CREATE ROLE ${owner}; CREATE SCHEMA app AUTHORIZATION ${owner}; SET ROLE ${owner}; CREATE TABLE app.t (a int);
     ALTER TABLE app.t ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY`,
  )
  expect((await readSeeds(client, 'app')).tables).toEqual([])
  await client.query(`RESET ROLE; INSERT INTO app.t VALUES (1); SET ROLE ${owner}`)
  await expect(readSeeds(client, 'app')).rejects.toMatchObject({ code: '42501' })
  await client.query(`RESET ROLE; DROP OWNED BY ${owner}; DROP ROLE ${owner}`)
})

describe('a tenant from a template', () => {
  databaseTest(
    'has the structure of the template and its place in the history, whatever its name',
    async ({ database }) => {
      const project = await exampleProject(database)
      await createTenant(project, 'tenant', 'tenant_a', {})
      const made = await createTenantFromTemplate(project, 'tenant', hostile, tenant('tenant_a'), {})
      expect(made.revisions).toEqual(['d4e5f6a7b8c9'])
      const hashes = await readFingerprintHashes(database.client, {
        schemas: ['tenant_a', hostile],
        privileges: true,
      })
      expect(hashes.get(hostile)).toBe(hashes.get('tenant_a'))
      const { rows } = await database.client.query(
        `SELECT direction, revision FROM mig.log WHERE target_schema = $1 ORDER BY id`,
        [hostile],
      )
      expect(rows).toEqual(
        ['d1e2f3a4b5c6', 'd2e3f4a5b6c7', 'd3e4f5a6b7c8', 'd4e5f6a7b8c9'].map((revision) => ({
          direction: 'stamp',
          revision,
        })),
      )
    },
  )

  databaseTest('is not made where the template is not what its revisions make', async ({ database }) => {
    const project = await exampleProject(database)
    await createTenant(project, 'tenant', 'tenant_a', {})
    await database.client.query('ALTER TABLE tenant_a.account ADD COLUMN by_hand text')
    const attempt = createTenantFromTemplate(project, 'tenant', 'tenant_b', tenant('tenant_a'), {})
    await expect(attempt).rejects.toMatchObject({
      code: 'template-differs',
      exitCode: 5,
      message: expect.stringContaining('by_hand'),
    })
    const { rows } = await database.client.query("SELECT FROM pg_namespace WHERE nspname = 'tenant_b'")
    expect(rows).toEqual([])
  })
})

describe('the rows of a tenant from a template', () => {
  const seeding = (body: string) => ({ 'tenant/20260101_000001_x.ts': revisionText(1, body) })
  const quoted = `"${hostile.replaceAll('"', '""')}"`

  tenantTest(
    'are those that its revisions write, and none of a customer of the template',
    async ({ lab }) => {
      await lab.write(
        seeding(`await op.execute(\`
        CREATE TABLE zone (code text PRIMARY KEY, note jsonb, born timestamptz NOT NULL DEFAULT clock_timestamp());
        CREATE TABLE room (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, zone text NOT NULL REFERENCES zone, raw bytea, ratio float8,
          doubled float8 GENERATED ALWAYS AS (ratio * 2) STORED, key uuid NOT NULL DEFAULT gen_random_uuid());
        CREATE TABLE audit (id serial PRIMARY KEY, what text);
        CREATE FUNCTION told() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO audit (what) VALUES (TG_TABLE_NAME); RETURN NULL; END';
        CREATE TRIGGER told AFTER INSERT ON room FOR EACH ROW EXECUTE FUNCTION told();
        CREATE TRIGGER quiet AFTER INSERT ON zone FOR EACH ROW EXECUTE FUNCTION told();
        ALTER TABLE zone DISABLE TRIGGER quiet;
        INSERT INTO zone (code, note) VALUES ('it''s \\\\ "x"', 'null'), ('b', NULL);
        INSERT INTO room (zone, raw, ratio, key) VALUES ('b', '\\\\x00ff', 0.1, DEFAULT), ('b', NULL, 'NaN', '00000000-0000-0000-0000-000000000001');
        CREATE MATERIALIZED VIEW rooms AS SELECT count(*) AS n FROM room\`)`),
      )
      const project = await lab.project()
      await createTenant(project, 'tenant', 'tenant_a', {})
      await lab.database.client.query(
        "SET search_path TO tenant_a; INSERT INTO zone (code) VALUES ('secret'); INSERT INTO room (zone) VALUES ('secret'); RESET search_path",
      )
      await createTenantFromTemplate(project, 'tenant', hostile, tenant('tenant_a'), {})
      await createTenant(project, 'tenant', 'tenant_c', {})
      const contents = async (schema: string) => {
        await lab.database.client.query(`SET search_path TO ${schema}`)
        const { rows } = await lab.database.client.query(`SELECT
        (SELECT json_agg(zone.code || coalesce(note::text, '-') ORDER BY code) FROM zone) AS zones,
        (SELECT json_agg(json_build_array(id, zone, raw::text, ratio::text, doubled::text, CASE id WHEN 2 THEN key END) ORDER BY id) FROM room) AS rooms,
        (SELECT json_agg(audit ORDER BY id) FROM audit) AS audit, (SELECT n FROM rooms) AS counted,
        (SELECT json_agg(tgenabled ORDER BY tgname) FROM pg_trigger WHERE tgrelid::regclass::text IN ('zone', 'room') AND NOT tgisinternal) AS triggers`)
        await lab.database.client.query('RESET search_path')
        return rows[0]
      }
      const copy = await contents(quoted)
      expect(copy).toEqual(await contents('tenant_c'))
      expect(copy.rooms).toHaveLength(2)
      await lab.database.client.query(`SET search_path TO ${quoted}`)
      const { rows } = await lab.database.client.query(
        `INSERT INTO room (zone) VALUES ('b') RETURNING id::int, (SELECT count(DISTINCT key)::int FROM (
         SELECT key FROM room UNION ALL SELECT key FROM tenant_a.room) AS keys) AS keys`,
      )
      expect(rows).toEqual([{ id: 3, keys: 4 }])
    },
  )

  tenantTest(
    'that hold its name, or stand in another schema, are not copied but refused',
    async ({ lab }) => {
      await lab.write(
        seeding(`await op.execute('CREATE TABLE setting (value text)')
  await op.execute(op.sql\`INSERT INTO setting VALUES (current_schema()::text)\`)`),
      )
      const project = await lab.project()
      await createTenant(project, 'tenant', 'tenant_a', {})
      const attempt = () => createTenantFromTemplate(project, 'tenant', 'tenant_b', tenant('tenant_a'), {})
      await expect(attempt()).rejects.toMatchObject({
        code: 'no-template',
        message: expect.stringContaining('column value differs between tenants'),
      })
      await lab.write({
        'shared/20260101_000000_b.ts': revisionText(
          1,
          "await op.execute('CREATE TABLE app_shared.tenant (name text)')",
        ).replaceAll(revisionId(1), 'b00000000001'),
        'tenant/20260101_000001_x.ts': revisionText(
          1,
          "await op.execute('INSERT INTO app_shared.tenant VALUES (1)')",
          '',
          ['b00000000001'],
        ),
      })
      await lab.database.client.query('DROP SCHEMA tenant_a CASCADE; DELETE FROM mig.version')
      const other = await lab.project()
      await createTenant(other, 'tenant', 'tenant_a', {})
      const second = createTenantFromTemplate(other, 'tenant', 'tenant_b', tenant('tenant_a'), {})
      await expect(second).rejects.toMatchObject({
        code: 'no-template',
        message: expect.stringContaining('write into app_shared.tenant'),
      })
    },
  )
})

describe('a check of tenants against the models', () => {
  databaseTest('names those that differ, alike together, and says how', async ({ database }) => {
    const project = await exampleProject(database)
    for (const name of ['tenant_a', 'tenant_b', 'tenant_c', hostile])
      await createTenant(project, 'tenant', name, {})
    const check = async () =>
      checkTargets(
        project,
        tenantGroup,
        await targetTenants(project.env, 'tenant', {}),
        {},
        { privileges: false },
      )
    expect(await check()).toMatchObject({ behind: [], drift: [] })
    await database.client.query(
      `ALTER TABLE tenant_b.account ADD COLUMN by_hand text; ALTER TABLE tenant_c.account ADD COLUMN by_hand text;
       CREATE TABLE tenant_a.import_buffer (line text)`,
    )
    const { drift } = await check()
    expect(drift).toHaveLength(1)
    expect(drift[0]?.targets.map(({ schema }) => schema)).toEqual(['tenant_b', 'tenant_c'])
    expect(drift[0]?.changes).toMatchObject([
      { verb: 'drop', kind: 'column', name: 'account.by_hand', detail: 'text' },
    ])
  })
})
