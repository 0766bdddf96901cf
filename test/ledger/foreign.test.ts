import { describe, expect } from 'vitest'
import { createLedger, ledgerDdl, readApplied, readRecords } from '../../migrations/core/ledger/index.ts'
import { databaseTest } from '../support/database.ts'

const kinds = [
  [
    'a table without its columns',
    'CREATE TABLE mig.version (version_num text)',
    'it has no column target_schema',
    'ALTER TABLE',
  ],
  [
    'a view',
    'CREATE VIEW mig.version AS SELECT 1 AS target_schema, 2 AS revision',
    'it is a view',
    'ALTER VIEW',
  ],
  [
    'a log of something else',
    'CREATE TABLE mig.log (target_schema text, id int)',
    'it has no column revision',
    'ALTER TABLE',
  ],
] as const

describe('what has a name of the ledger and is not its table', () => {
  for (const [title, sql, why, rename] of kinds) {
    databaseTest(`${title}: is refused, with what to do about it`, async ({ database: { client } }) => {
      await client.query(`CREATE SCHEMA mig; ${sql}`)
      await expect(createLedger(client, 'mig')).rejects.toMatchObject({
        code: 'foreign-ledger',
        message: expect.stringContaining(why),
        help: expect.stringMatching(`ledgerSchema: 'just_mig' in env.ts; or rename what is there: ${rename}`),
      })
    })
  }

  databaseTest('is told by who only reads', async ({ database: { client } }) => {
    await client.query('CREATE SCHEMA mig; CREATE TABLE mig.version (version_num text)')
    await expect(readApplied(client, 'mig')).rejects.toMatchObject({ code: 'foreign-ledger' })
    await client.query('CREATE TABLE mig.log (id int); CREATE TABLE mig.progress (id int)')
    await expect(readRecords(client, 'mig', ['app'])).rejects.toMatchObject({ code: 'foreign-ledger' })
  })
})

describe('a database that takes no writes', () => {
  databaseTest('is told before a step, also where the ledger is there', async ({ database: { client } }) => {
    await createLedger(client, 'mig')
    await client.query('SET default_transaction_read_only = on')
    await expect(createLedger(client, 'mig')).rejects.toMatchObject({ code: 'read-only', exitCode: 3 })
  })
})

describe("a ledger that runs somebody else's code", () => {
  const take = `CREATE FUNCTION mig.take() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
    CREATE FUNCTION mig.yes(text) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';`
  const planted = [
    [
      'CREATE TRIGGER t BEFORE INSERT ON mig.version FOR EACH ROW EXECUTE FUNCTION mig.take()',
      'it has trigger t',
    ],
    ['CREATE RULE r AS ON INSERT TO mig.log DO ALSO SELECT 1', 'it has rule r'],
    ['CREATE POLICY p ON mig.version USING (mig.yes(revision))', 'it has policy p'],
    ['ALTER TABLE mig.version ENABLE ROW LEVEL SECURITY', 'it has row security'],
    ['CREATE TABLE mig.heir () INHERITS (mig.version)', 'it is inherited by mig.heir'],
    [
      'CREATE TABLE mig.top (revision text NOT NULL); ALTER TABLE mig.log INHERIT mig.top',
      'it inherits from mig.top',
    ],
    ['ALTER TABLE mig.version ADD CONSTRAINT c CHECK (mig.yes(revision))', 'it has constraint c'],
    [
      'CREATE TABLE mig.far (a text, b text, FOREIGN KEY (a, b) REFERENCES mig.version)',
      'it has trigger "RI_',
    ],
    ['CREATE INDEX i ON mig.log ((mig.yes(revision)))', 'it has index mig.i'],
    ['CREATE INDEX i ON mig.log (id) WHERE mig.yes(revision)', 'it has index mig.i'],
    [`ALTER TABLE mig.log ALTER COLUMN who SET DEFAULT 'me'`, `its column who has the default 'me'::text`],
    [
      'ALTER TABLE mig.progress ADD COLUMN more boolean DEFAULT mig.yes(NULL)',
      'its column more has the default mig.yes',
    ],
    [
      'ALTER TABLE mig.log ADD COLUMN more text GENERATED ALWAYS AS (revision) STORED',
      'its column more is generated',
    ],
    [
      'CREATE DOMAIN mig.d AS text CHECK (mig.yes(VALUE)); ALTER TABLE mig.log ALTER COLUMN host TYPE mig.d',
      'its column host has the type mig.d',
    ],
    ['ALTER TABLE mig.log ALTER COLUMN host TYPE varchar', 'its column host has the type character varying'],
  ] as const

  databaseTest('is refused when a run begins and when it is read', async ({ database: { client } }) => {
    await client.query(`SET search_path = pg_catalog; CREATE SCHEMA mig; ${take}`)
    await createLedger(client, 'mig')
    for (const [sql, why] of planted) {
      await client.query(`BEGIN; ${sql}`)
      const error = { code: 'foreign-ledger', message: expect.stringContaining(why) }
      await expect(createLedger(client, 'mig'), sql).rejects.toMatchObject(error)
      // A session looks before its first read.
      const reading = { query: client.query.bind(client) } as unknown as typeof client
      await expect(readApplied(reading, 'mig'), sql).rejects.toMatchObject(error)
      await expect(client.query(ledgerDdl('mig')), sql).rejects.toThrow(/is not the ledger of this login: i/)
      await client.query('ROLLBACK')
    }
  })

  databaseTest('takes columns and plain indexes that others add', async ({ database: { client } }) => {
    await createLedger(client, 'mig')
    await client.query('ALTER TABLE mig.log ADD COLUMN ticket text; CREATE INDEX ON mig.log (who)')
    await expect(createLedger(client, 'mig')).resolves.toBeUndefined()
  })

  databaseTest('is known whatever the role has PostgreSQL quote', async ({ database: { client } }) => {
    await client.query('SET quote_all_identifiers = on')
    for (let time = 1; time <= 2; time++) await createLedger(client, 'mig')
    await expect(client.query(ledgerDdl('mig'))).resolves.toBeDefined()
    await expect(readApplied(client, 'mig')).resolves.toEqual(new Map())
  })

  databaseTest('of an older version of the tool gets what it lacks', async ({ database: { client } }) => {
    await createLedger(client, 'mig')
    await client.query(
      `ALTER TABLE mig.log DROP COLUMN objects, DROP CONSTRAINT log_outcome_check;
       INSERT INTO mig.log (direction, line, revision, target_schema, outcome, tool_version) VALUES ('upgrade', 'a', 'b', 'c', 'failed', '0');
       ALTER TABLE mig.log ADD CONSTRAINT log_outcome_check CHECK (outcome IN ('done', 'failed'))`,
    )
    await createLedger(client, 'mig')
    await client.query(`UPDATE mig.log SET outcome = 'interrupted', objects = true`)
    await expect(client.query(`UPDATE mig.log SET outcome = 'else'`)).rejects.toThrow('log_outcome_check')
  })
})

describe("a ledger's owner", () => {
  const [low, other, group] = ['low', 'other', 'group'].map((name) => `ledger_${name}_${process.pid}`)
  const roles = [low, other, group]

  databaseTest('is the login, or may become it', async ({ database: { client } }) => {
    try {
      await client.query(
        `CREATE ROLE ${low} LOGIN; CREATE ROLE ${other} LOGIN; CREATE ROLE ${group};
         CREATE SCHEMA mig AUTHORIZATION ${low}`,
      )
      const asRole = async (role: string | undefined) => {
        await client.query(role === undefined ? 'RESET ROLE' : `SET ROLE ${role}`)
        return createLedger(client, 'mig').finally(() => client.query('RESET ROLE'))
      }
      const refused = { code: 'foreign-ledger', message: expect.stringContaining(`belongs to role ${low}`) }
      // Up to PostgreSQL 15 a role may grant itself to others, so that this proves nothing.
      await client.query(`GRANT ${low} TO ${other}`)
      await expect(asRole(undefined)).rejects.toMatchObject(refused)
      await expect(asRole(other)).rejects.toMatchObject(refused)
      await asRole(low)
      await client.query('ALTER SCHEMA mig OWNER TO CURRENT_USER')
      await expect(asRole(undefined)).rejects.toMatchObject(refused)

      await client.query(
        `ALTER SCHEMA mig OWNER TO ${group}; GRANT ${group} TO ${other}, ${low};
         ALTER TABLE mig.version OWNER TO ${group}; ALTER TABLE mig.log OWNER TO ${group}; ALTER TABLE mig.progress OWNER TO ${group}`,
      )
      await asRole(other)
      await asRole(low)
      await expect(asRole(undefined)).rejects.toMatchObject({ code: 'foreign-ledger' })
      expect(await readApplied(client, 'mig')).toEqual(new Map())
    } finally {
      await client.query(`DROP SCHEMA mig CASCADE; DROP ROLE ${roles.join(', ')}`)
    }
  })
})
