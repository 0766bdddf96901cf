import { describe, expect } from 'vitest'
import { schemaOf } from '../../migrations/core/difference/ids.ts'
import { readCatalog } from '../../migrations/core/difference/index.ts'
import { quoteIdent } from '../../migrations/core/postgres/index.ts'
import { databaseTest } from '../support/database.ts'

const hostile = 'tenant_"$&\' \\ %'
const names = ['shared', 'tenant_a', 'tenant_b', hostile]
const structure = `
  CREATE TYPE mood AS ENUM ('sad', 'ok');
  CREATE DOMAIN email AS text DEFAULT lower('A@B') CHECK (VALUE LIKE '%@%');
  CREATE SEQUENCE number OWNED BY NONE;
  CREATE TABLE account (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email email UNIQUE, mood mood DEFAULT 'ok');
  CREATE TABLE invoice (id bigint DEFAULT nextval('number') PRIMARY KEY, account bigint REFERENCES account, total int CHECK (total > 0));
  CREATE INDEX ON invoice (account);
  CREATE STATISTICS both_of ON account, total FROM invoice;
  CREATE VIEW billed AS SELECT a.email, i.total FROM account a JOIN invoice i ON i.account = a.id;
  CREATE FUNCTION twice(n int) RETURNS int LANGUAGE sql RETURN n * 2;
  CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
  CREATE TRIGGER touch BEFORE UPDATE ON invoice FOR EACH ROW EXECUTE FUNCTION touch();
  ALTER TABLE account ENABLE ROW LEVEL SECURITY;
  CREATE POLICY own ON account USING (email = current_user);
  COMMENT ON COLUMN account.email IS 'theirs';
  GRANT SELECT ON account TO PUBLIC;`

describe('a catalog that is read without some schemas', () => {
  databaseTest('is the whole one less what is in them', async ({ database }) => {
    const { client } = database
    for (const name of names) {
      const schema = quoteIdent(name)
      await client.query(`CREATE SCHEMA ${schema}; SET search_path TO ${schema}; ${structure}`)
    }
    await client.query('RESET search_path')
    const hidden = ['tenant_b', hostile]
    const inSight = (schema: string | undefined) => schema === undefined || !hidden.includes(schema)
    const whole = await readCatalog(client)
    const part = await readCatalog(client, { hidden })
    const factsOf = ({ facts }: typeof whole) => facts.facts().map(({ id, payload }) => ({ id, payload }))
    expect(factsOf(whole).length).toBeGreaterThan(factsOf(part).length)
    expect(factsOf(part)).toEqual(factsOf(whole).filter(({ id }) => inSight(schemaOf(id))))
    // The queries give edges and extras in no order, and nobody asks for one.
    const edgesOf = ({ facts }: typeof whole) =>
      facts.edges
        .map(({ from, to, kind }) => ({ from, to, kind }))
        .toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
    expect(edgesOf(part)).toEqual(edgesOf(whole).filter(({ from }) => inSight(schemaOf(from))))
    const extrasOf = ({ extras }: typeof whole) =>
      [...extras.values()].toSorted((a, b) => (a.key < b.key ? -1 : 1))
    expect(extrasOf(part)).toEqual(extrasOf(whole).filter(({ schema }) => inSight(schema)))
  })

  databaseTest('can be read where something in sight refers to them', async ({ database }) => {
    const { client } = database
    await client.query(
      `CREATE SCHEMA tenant_a; CREATE SCHEMA tenant_b; CREATE TABLE tenant_b.t (id int PRIMARY KEY);
       CREATE TYPE tenant_b.mood AS ENUM ('sad');
       CREATE TABLE tenant_a.t (id int REFERENCES tenant_b.t, mood tenant_b.mood);
       CREATE VIEW tenant_a.v AS SELECT * FROM tenant_b.t`,
    )
    const { facts } = await readCatalog(client, { hidden: ['tenant_b'] })
    const tables = facts.facts().flatMap(({ id }) => (id.kind === 'table' ? [`${id.schema}.${id.name}`] : []))
    expect(tables).toEqual(['tenant_a.t'])
  })
})
