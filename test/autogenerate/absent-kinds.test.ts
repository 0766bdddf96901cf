import { extract } from '@supabase/pg-delta/extract'
import type { ClientBase, Pool } from 'pg'
import { expect } from 'vitest'
import { asksEdges, readEdges } from '../../migrations/core/difference/edges.ts'
import { readCatalog } from '../../migrations/core/difference/index.ts'
import { databaseTest } from '../support/database.ts'

/** One object of each kind that is asked for only where there is one. */
const oneOfEach = `
  CREATE SCHEMA app; SET search_path TO app;
  CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
  CREATE FUNCTION ended() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
  CREATE FUNCTION plus(a int, b int) RETURNS int LANGUAGE sql IMMUTABLE RETURN a + b;
  CREATE FUNCTION equal(a int, b text) RETURNS boolean LANGUAGE sql IMMUTABLE RETURN a::text = b;
  CREATE AGGREGATE total (int) (SFUNC = plus, STYPE = int);
  CREATE OPERATOR === (LEFTARG = int, RIGHTARG = text, FUNCTION = equal);
  CREATE DOMAIN positive AS int CHECK (VALUE > 0);
  CREATE TYPE mood AS ENUM ('sad');
  CREATE TYPE pair AS (a int, b int);
  CREATE TYPE span AS RANGE (SUBTYPE = int);
  CREATE COLLATION plain (PROVIDER = libc, LOCALE = 'C');
  CREATE SEQUENCE number;
  CREATE TABLE t (id int, n int NOT NULL) PARTITION BY RANGE (id);
  CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
  CREATE INDEX t_n ON t (n);
  CREATE TRIGGER touch AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();
  CREATE TABLE u (a int, b int);
  CREATE RULE none AS ON DELETE TO u DO INSTEAD NOTHING;
  CREATE POLICY own ON u USING (true);
  CREATE STATISTICS both_of ON a, b FROM u;
  CREATE VIEW v AS SELECT a FROM u;
  CREATE EVENT TRIGGER watched ON ddl_command_end EXECUTE FUNCTION ended();
  CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w;
  CREATE FOREIGN TABLE far (id int) SERVER s;
  CREATE PUBLICATION p FOR TABLE u;
  CREATE TEXT SEARCH DICTIONARY words (TEMPLATE = simple);
  CREATE TEXT SEARCH CONFIGURATION search (COPY = simple);
  CREATE INDEX u_sum ON u ((a + b)); CREATE INDEX u_a ON u (a); ALTER TABLE u CLUSTER ON u_a;
  CREATE TABLE long (text text) WITH (toast.autovacuum_enabled = off);
  ALTER DEFAULT PRIVILEGES IN SCHEMA app GRANT SELECT ON TABLES TO PUBLIC;
  RESET search_path`

databaseTest('a catalog is not asked for kinds of objects that it has none of', async ({ database }) => {
  const { client } = database
  const read = async () => {
    const asked: string[] = []
    const watched = {
      query: (text: string, values?: unknown[]) => {
        asked.push(text)
        return client.query(text, values)
      },
      getTransactionStatus: () => client.getTransactionStatus(),
    }
    const { facts, extras } = await readCatalog(watched as unknown as ClientBase)
    const kinds = facts.facts().map(({ id }) => id.kind)
    return {
      asked: asked.length,
      kinds: new Set([...kinds, ...[...extras.values()].map(({ kind }) => kind)]),
    }
  }
  const empty = await read()
  await client.query(oneOfEach)
  const full = await read()
  // Each of them is found where it is; and the engine's queries are still those that we know.
  expect(full.asked - empty.asked).toBe(34)
  const found = [
    'aggregate',
    'collation',
    'constraint',
    'domain',
    'eventTrigger',
    'fdw',
    'foreignTable',
    'function',
  ]
  found.push(
    'inherited column',
    'operator',
    'partition index',
    'partition trigger',
    'policy',
    'publication',
    'rule',
  )
  found.push('sequence', 'server', 'statistics object', 'text search configuration', 'text search dictionary')
  expect([...full.kinds]).toEqual(expect.arrayContaining([...found, 'trigger', 'type', 'view']))
})

databaseTest('grants are not asked for where none are compared', async ({ database }) => {
  const { client } = database
  await client.query(oneOfEach)
  const asked: string[] = []
  const watched = {
    query: (sent: string | { readonly text: string }, values?: unknown[]) => {
      asked.push(typeof sent === 'string' ? sent : sent.text)
      return client.query(sent as string, values)
    },
    getTransactionStatus: () => client.getTransactionStatus(),
  }
  const { facts } = await readCatalog(watched as unknown as ClientBase, { privileges: false })
  expect(facts.facts().filter(({ id }) => id.kind === 'acl')).toEqual([])
  expect(facts.facts().length).toBeGreaterThan(30)
  // Default privileges alone are of no object that is read.
  expect(asked.filter((text) => /\baclexplode\b/.test(text) && !/\bpg_default_acl\b/.test(text))).toEqual([])
})

/** Objects whose edges the engine names in a way of their own. */
const withEdges = `
  SET search_path TO app;
  CREATE EXTENSION citext;
  CREATE FUNCTION called(n int) RETURNS text LANGUAGE sql IMMUTABLE RETURN n::text;
  CREATE TABLE parent (id int PRIMARY KEY, moods mood[], pairs pair[], name citext UNIQUE, n positive DEFAULT plus(1, 2));
  CREATE TABLE child (id int GENERATED ALWAYS AS IDENTITY, of int REFERENCES parent, serial serial,
    label text GENERATED ALWAYS AS (called(of)) STORED, EXCLUDE USING gist (int4range(id, of) WITH &&));
  CREATE TABLE heir () INHERITS (parent);
  CREATE DOMAIN even AS positive CONSTRAINT halves CHECK (plus(VALUE, 0) % 2 = 0);
  CREATE TYPE nested AS (one pair, mood mood, n even);
  CREATE MATERIALIZED VIEW seen AS SELECT name, moods FROM parent;
  CREATE INDEX ON seen (lower(name::text));
  CREATE VIEW over_view AS SELECT s.name, v.a, p FROM seen s, v, parent p;
  CREATE RULE other AS ON INSERT TO u WHERE new.a > 0 DO ALSO SELECT plus(new.a, 1);
  CREATE POLICY uses ON parent USING (plus(id, 1) > 0);
  CREATE FUNCTION takes(parent, span[], VARIADIC mood[]) RETURNS SETOF nested LANGUAGE sql AS 'SELECT NULL::app.nested';
  RESET search_path`

databaseTest('edges between objects are those of the query that is not asked', async ({ database }) => {
  const { client } = database
  await client.query(oneOfEach)
  await client.query(withEdges)
  type Row = Awaited<ReturnType<typeof readEdges>>[number]
  const rows: { theirs: readonly Row[]; ours: readonly Row[] } = { theirs: [], ours: [] }
  const query = async (text: string, values?: unknown[]) => {
    const result = await client.query(text, values)
    if (asksEdges.test(text)) Object.assign(rows, { theirs: result.rows, ours: await readEdges(client, []) })
    return result
  }
  const lent = { query, release: () => undefined }
  await extract({ connect: () => Promise.resolve(lent) } as unknown as Pool)
  // Edges that end in the server's own schemas are left out here, and by the engine when it has read them.
  const isOwn = (id: Row['dependent'] | null) =>
    id !== null && !/^(?:pg_|information_schema)/.test(String(id.kind === 'schema' ? id.name : id.schema))
  const edges = (all: readonly Row[]) =>
    new Set(
      all
        .filter(({ dependent, referenced }) => isOwn(dependent) && isOwn(referenced))
        .map((edge) => JSON.stringify([edge.dependent, edge.referenced])),
    )
  expect(edges(rows.ours)).toEqual(edges(rows.theirs))
  expect(rows.ours.length).toBeGreaterThan(50)
})
