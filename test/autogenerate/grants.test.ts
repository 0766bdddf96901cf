import { randomBytes } from 'node:crypto'
import { describe, expect } from 'vitest'
import { checkProject } from '../../migrations/core/check/index.ts'
import { changeText } from '../../migrations/core/difference/index.ts'
import { type MigEvent, usingSession } from '../../migrations/core/index.ts'
import { type Lab, labTest } from '../runner/support.ts'
import { administer } from '../support/database.ts'
import { generateFiles, startAt, writeModels } from './support/project.ts'

const before = `
  CREATE TABLE app_user.profile (id bigint PRIMARY KEY, name varchar(20));
  CREATE VIEW app_user.names AS SELECT id, name FROM app_user.profile;
  CREATE MATERIALIZED VIEW app_user.lengths AS SELECT length(name) AS n FROM app_user.profile;
  CREATE FUNCTION app_user.total(n integer) RETURNS integer LANGUAGE sql AS 'SELECT 1';`
const after = before
  .replace('varchar(20)', 'text')
  .replaceAll('integer', 'bigint')
  .replace('total(n bigint) RETURNS bigint', 'total(n integer) RETURNS bigint')

/** Owners and grants of everything in a schema, as one text. */
async function grants({ database: { client } }: Lab): Promise<string> {
  const { rows } = await client.query<{ what: string }>(`
    SELECT format('%s %s %s %s', relname, relowner::regrole, relacl, (
      SELECT string_agg(attname || attacl::text, ',' ORDER BY attname) FROM pg_attribute
      WHERE attrelid = c.oid AND attacl IS NOT NULL)) AS what
    FROM pg_class c WHERE relnamespace = 'app_user'::regnamespace AND relkind IN ('r', 'v', 'm')
    UNION ALL
    SELECT format('%s %s %s', proname, proowner::regrole, proacl)
    FROM pg_proc WHERE pronamespace = 'app_user'::regnamespace
    ORDER BY 1`)
  return rows.map(({ what }) => what).join('\n')
}

/** Two roles of a test's own, gone after it with what they own. */
async function usingRoles(
  { database }: Lab,
  body: (reader: string, owner: string) => Promise<void>,
): Promise<void> {
  const name = `grants_${randomBytes(4).toString('hex')}`
  const [reader, owner] = [`"${name} Reader"`, `${name}_owner`]
  await administer(`CREATE ROLE ${reader}; CREATE ROLE ${owner}`)
  try {
    await body(reader, owner)
  } finally {
    await database.client.query(`DROP OWNED BY ${reader}, ${owner} CASCADE`)
    await administer(`DROP ROLE ${reader}; DROP ROLE ${owner}`)
  }
}

describe('objects that are dropped and made again', () => {
  for (const format of ['ts', 'sql'] as const) {
    labTest(`keep their owner and their grants, up and down, in a .${format} revision`, async ({ lab }) => {
      await usingRoles(lab, async (reader, owner) => {
        const { client } = lab.database
        await writeModels(lab, { 'user.sql': before })
        await generateFiles(lab, { format })
        await lab.upgrade()
        await client.query(`
          GRANT USAGE, CREATE ON SCHEMA app_user TO ${owner};
          GRANT SELECT ON app_user.names TO ${reader} WITH GRANT OPTION;
          GRANT UPDATE (name) ON app_user.names TO ${reader};
          REVOKE ALL ON FUNCTION app_user.total FROM PUBLIC;
          GRANT SELECT ON app_user.lengths TO PUBLIC;
          ALTER TABLE app_user.lengths OWNER TO ${owner};
          ALTER DEFAULT PRIVILEGES IN SCHEMA app_user GRANT ALL ON TABLES TO ${reader};`)
        const had = await grants(lab)
        await writeModels(lab, { 'user.sql': after })
        const { files } = await generateFiles(lab, { format })
        expect(files[0]?.text).toContain('Drops app_user.names and creates it again; its grants are kept')
        const ids = async () =>
          (await client.query(`SELECT 'app_user.names'::regclass::oid, 'app_user.total'::regproc::oid`))
            .rows[0]
        const old = await ids()
        expect((await lab.upgrade()).error).toBeUndefined()
        expect(await ids()).not.toEqual(old)
        expect(await grants(lab)).toBe(had)
        expect((await lab.run({ direction: 'downgrade', target: '-1' })).error).toBeUndefined()
        expect(await grants(lab)).toBe(had)
      })
    })
  }

  labTest('need no word in the file when nothing is recreated', async ({ lab }) => {
    await writeModels(lab, { 'user.sql': before })
    const { files } = await generateFiles(lab)
    expect(files[0]?.text).not.toContain('keepGrants')
  })

  labTest(
    'keep them under the new name of what is renamed and recreated, and of its columns',
    async ({ lab }) => {
      await usingRoles(lab, async (reader, owner) => {
        const { client } = lab.database
        const models = (column: string, type: string, view: string, total: string) => ({
          'user.sql': `
          CREATE TABLE app_user.profile (id bigint PRIMARY KEY, ${column} ${type}, copy text GENERATED ALWAYS AS (${column}) STORED);
          CREATE VIEW app_user.${view} AS SELECT id, ${column} FROM app_user.profile;
          CREATE FUNCTION app_user.${total}(n integer) RETURNS ${type} LANGUAGE sql AS 'SELECT NULL::${type}';`,
        })
        await startAt(lab, models('name', 'text', 'names', 'total'))
        await client.query(`
        GRANT USAGE, CREATE ON SCHEMA app_user TO ${owner};
        GRANT UPDATE (name), SELECT (copy) ON app_user.profile TO ${reader};
        GRANT SELECT ON app_user.names TO ${reader};
        ALTER VIEW app_user.names OWNER TO ${owner};
        REVOKE ALL ON FUNCTION app_user.total FROM PUBLIC`)
        const had = await grants(lab)
        await writeModels(lab, models('nick', 'varchar(20)', 'aliases', 'sum_of'))
        const given = {
          'app_user.profile.name': 'nick',
          'app_user.names': 'aliases',
          'app_user.total': 'sum_of',
        }
        await generateFiles(lab, { renames: { given, others: 'ask' } })
        expect((await lab.upgrade()).error).toBeUndefined()
        const renamed = had
          .replace('name{', 'nick{')
          .replace(/^names /m, 'aliases ')
          .replace(/^total /m, 'sum_of ')
        expect((await grants(lab)).split('\n').sort()).toEqual(renamed.split('\n').sort())
        expect((await lab.run({ direction: 'downgrade', target: '-1' })).error).toBeUndefined()
        expect(await grants(lab)).toBe(had)
      })
    },
  )

  labTest('are not those that trade names: each keeps its own grants', async ({ lab }) => {
    const models = (first: string, second: string) => ({
      'user.sql': `CREATE TABLE app_user.${first} (id bigint PRIMARY KEY, a text);
        CREATE TABLE app_user.${second} (id bigint PRIMARY KEY, b integer);`,
    })
    await startAt(lab, models('hidden', 'shown'))
    await lab.database.client.query(
      'GRANT SELECT ON app_user.shown TO PUBLIC; GRANT UPDATE (b) ON app_user.shown TO PUBLIC',
    )
    const readable = async () => {
      const { rows } = await lab.database.client.query<Record<string, string>>(
        `SELECT table_name, column_name FROM information_schema.column_privileges
         WHERE table_schema = 'app_user' AND grantee = 'PUBLIC' ORDER BY privilege_type, table_name, column_name`,
      )
      return rows
    }
    const had = await readable()
    await writeModels(lab, models('shown', 'hidden'))
    const { files } = await generateFiles(lab, {
      renames: { given: { 'app_user.hidden': 'shown', 'app_user.shown': 'hidden' }, others: 'ask' },
    })
    expect(files[0]?.text).not.toContain('keepGrants')
    expect((await lab.upgrade()).error).toBeUndefined()
    expect(await readable()).toEqual(had.map((row) => ({ ...row, table_name: 'hidden' })))
    expect((await lab.run({ direction: 'downgrade', target: '-1' })).error).toBeUndefined()
    expect(await readable()).toEqual(had)
  })

  labTest(
    'lose their grants, and say so, where they go in one revision and come back in another',
    async ({ lab }) => {
      const models = (type: string) => ({
        'user.sql': `CREATE TABLE app_user.profile (id bigint PRIMARY KEY, name ${type});`,
        'policy.sql': 'CREATE VIEW app_policy.names AS SELECT id, name FROM app_user.profile;',
      })
      await startAt(lab, models('varchar(20)'))
      await lab.database.client.query('GRANT SELECT ON app_policy.names TO PUBLIC')
      await writeModels(lab, models('text'))
      const warnings: MigEvent[] = []
      const emit = (event: MigEvent) => (event.event === 'warning' ? warnings.push(event) : undefined)
      const { files } = await generateFiles(lab, { emit })
      expect(files.map(({ line }) => line)).toEqual(['policy', 'user', 'policy'])
      expect(files[0]?.text).toContain('Loses the grants of app_policy.names')
      expect(warnings).toEqual([
        expect.objectContaining({
          code: 'grants-lost',
          message: expect.stringContaining('app_policy.names'),
          help: expect.stringContaining('--privileges'),
        }),
      ])
      expect((await lab.upgrade()).error).toBeUndefined()
    },
  )
})

describe('owners and grants', () => {
  labTest('are compared and written only when asked', async ({ lab }) => {
    await usingRoles(lab, async (reader, owner) => {
      const table = 'CREATE TABLE app_user.profile (id bigint PRIMARY KEY);'
      await startAt(lab, { 'user.sql': table })
      const granted = `${table} GRANT SELECT ON app_user.profile TO ${reader}; ALTER TABLE app_user.profile OWNER TO ${owner};`
      await writeModels(lab, { 'user.sql': granted })
      expect((await generateFiles(lab)).files).toEqual([])
      const drifted = async (privileges: boolean) => {
        const project = await lab.project()
        const { drift } = await usingSession(project.env, {}, (session) =>
          checkProject(session, project, { privileges }),
        )
        return drift.map(({ line }) => line)
      }
      expect(await drifted(false)).toEqual([])
      expect(await drifted(true)).toEqual(['user'])
      const { files, changes } = await generateFiles(lab, { privileges: true })
      expect(changes.flatMap((each) => (each.kind === 'privileges' ? [changeText(each)] : []))).toContain(
        `add privileges app_user.profile of ${reader.replaceAll('"', '')} SELECT`,
      )
      expect(files[0]?.text).toMatch(new RegExp(`GRANT SELECT ON (TABLE )?app_user.profile TO ${reader}`))
      expect(files[0]?.text).toContain(`OWNER TO ${owner}`)
      expect((await lab.upgrade()).error).toBeUndefined()
      expect(await drifted(true)).toEqual([])
    })
  })

  labTest('are told by role, column and right', async ({ lab }) => {
    await usingRoles(lab, async (reader, owner) => {
      const table = 'CREATE TABLE app_user.profile (id bigint PRIMARY KEY, name text);'
      await startAt(lab, { 'user.sql': table })
      await lab.database.client.query(`
        GRANT SELECT, DELETE ON app_user.profile TO ${reader};
        GRANT UPDATE (name) ON app_user.profile TO ${reader} WITH GRANT OPTION;
        GRANT SELECT ON app_user.profile TO ${owner}`)
      await writeModels(lab, {
        'user.sql': `${table}
        GRANT SELECT ON app_user.profile TO ${reader} WITH GRANT OPTION;
        GRANT INSERT (name), UPDATE (name) ON app_user.profile TO ${reader};
        GRANT SELECT ON app_user.profile TO ${owner};
        GRANT SELECT (id) ON app_user.profile TO ${owner}`,
      })
      const project = await lab.project()
      const { drift } = await usingSession(project.env, {}, (session) =>
        checkProject(session, project, { privileges: true }),
      )
      const texts = drift.flatMap(({ changes }) => changes?.map(changeText) ?? []).sort()
      const [whose, own] = [reader.replaceAll('"', ''), owner]
      expect(texts).toEqual([
        `add privileges app_user.profile.id of ${own} SELECT`,
        `change privileges app_user.profile of ${whose} DELETE, SELECT → SELECT`,
        `change privileges app_user.profile of ${whose} with grant option none → with grant option SELECT`,
        `change privileges app_user.profile.name of ${whose} UPDATE → INSERT, UPDATE`,
        `change privileges app_user.profile.name of ${whose} with grant option UPDATE → with grant option none`,
      ])
    })
  })
})
