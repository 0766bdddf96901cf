import type { Client } from 'pg'
import { describe, expect, inject, test } from 'vitest'
import { withScratchDatabase } from '../../migrations/core/scratch/database.ts'
import { concernedTables, makeRows, plainWish } from '../../migrations/core/scratch/rows/index.ts'

/** Makes tables, has rows made in all of schema `app`, and hands both over. */
async function filled<T>(
  sql: string,
  body: (client: Client, without: readonly string[]) => Promise<T>,
): Promise<T> {
  return withScratchDatabase({ adminUrl: inject('adminUrl') }, async ({ client }) => {
    await client.query(`CREATE SCHEMA app; SET search_path = app, public; ${sql}; RESET search_path`)
    const tables = await concernedTables(client, { names: [], schemas: ['app'] })
    const without = await makeRows(client, tables)
    return body(
      client,
      without.map(({ name, reason }) => `${name}: ${reason}`),
    )
  })
}

async function count(client: Client, table: string): Promise<number> {
  const { rows } = await client.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${table}`)
  return rows[0]?.n ?? 0
}

const tables: Readonly<Record<string, string>> = {
  'many types': `CREATE TABLE t (a smallint, b bigint, c numeric(10,2), d real, e double precision, f money, g boolean, h uuid,
    i date, j timestamp, k timestamptz(3), l time, m interval, n json, o jsonb, p bytea, q bit(4), r varbit(8), s inet, t cidr,
    u macaddr, v xml, w point, x tsvector, y text[], z int4range, aa tstzrange, bb varchar(2), cc char(3), dd "char", ee name,
    ff int4multirange, gg numeric(2,2), hh int[][], ii oid, jj regclass, kk pg_lsn, ll box, mm tsquery, nn jsonpath)`,
  'everything NOT NULL': `CREATE TABLE t (a smallint NOT NULL, b text NOT NULL, c numeric(10,2) NOT NULL, d timestamptz NOT NULL,
    e jsonb NOT NULL, f text[] NOT NULL, g boolean NOT NULL, h uuid NOT NULL PRIMARY KEY)`,
  'enums, domains and composites': `CREATE TYPE mood AS ENUM ('sad', 'glad'); CREATE DOMAIN pos AS int CHECK (VALUE > 40) NOT NULL;
    CREATE DOMAIN more AS pos CHECK (VALUE % 7 = 0); CREATE TYPE pair AS (a int, m mood);
    CREATE TABLE t (a mood NOT NULL, b pos, c more, d pair NOT NULL, e mood[], f pair[])`,
  'checks of numbers': `CREATE TABLE t (a int NOT NULL CHECK (a BETWEEN 500 AND 510), b int, c int, CHECK (b > c AND c > 20), d numeric CHECK (d IN (0.25, 0.75)))`,
  'checks of strings': `CREATE TABLE t (a text NOT NULL CHECK (a ~ '^[A-Z]{3}-\\d{4}$'), b text NOT NULL CHECK (b LIKE '%@%.com'),
    c varchar(20) NOT NULL CHECK (c IN ('new', 'old')), d text NOT NULL CHECK (char_length(d) = 7), e text NOT NULL CHECK (e = lower(e) AND e <> ''))`,
  'a check that wants one of several': `CREATE TABLE t (a int, b int, c text, CHECK (num_nonnulls(a, b, c) = 1))`,
  keys: `CREATE TABLE t (a boolean, b text UNIQUE, c int, UNIQUE (a, c), EXCLUDE USING gist (d WITH &&), d int4range NOT NULL)`,
  'one row at most': `CREATE TABLE t (a boolean PRIMARY KEY CHECK (a))`,
  'identity and serial': `CREATE TABLE t (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, s serial, g int GENERATED ALWAYS AS (id * 2) STORED)`,
  'no column': `CREATE TABLE t ()`,
  'partitions by list': `CREATE TABLE t (k text, v int) PARTITION BY LIST (k); CREATE TABLE p PARTITION OF t FOR VALUES IN ('eu', 'us')`,
  'partitions by range': `CREATE TABLE t (at timestamptz NOT NULL, id bigint GENERATED ALWAYS AS IDENTITY, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
    CREATE TABLE p PARTITION OF t FOR VALUES FROM ('2024-05-01') TO ('2024-06-01')`,
  'partitions by hash': `CREATE TABLE t (k uuid, v int) PARTITION BY HASH (k); CREATE TABLE p PARTITION OF t FOR VALUES WITH (MODULUS 2, REMAINDER 1)`,
  'partitions of partitions': `CREATE TABLE t (k int, l text) PARTITION BY RANGE (k); CREATE TABLE p PARTITION OF t FOR VALUES FROM (700) TO (800) PARTITION BY LIST (l);
    CREATE TABLE q PARTITION OF p FOR VALUES IN ('x')`,
  'a trigger that refuses': `CREATE TABLE t (a int); CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$;
    CREATE TRIGGER n BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION no(); ALTER TABLE t ENABLE ALWAYS TRIGGER n`,
  'a rule that takes rows away': `CREATE TABLE t (a int); CREATE RULE n AS ON INSERT TO t DO INSTEAD NOTHING`,
  'a tree': `CREATE TABLE t (id int PRIMARY KEY, up int REFERENCES t (id), b int NOT NULL, FOREIGN KEY (b) REFERENCES t (id))`,
  'names that are odd': `CREATE TABLE "t" ("A ""b" int CHECK ("A ""b" > 90), "select" text NOT NULL)`,
}

describe('rows are made in a table', () => {
  test('whatever its columns and constraints', async () => {
    await withScratchDatabase({ adminUrl: inject('adminUrl') }, async ({ client }) => {
      const found: Record<string, unknown> = {}
      for (const [name, sql] of Object.entries(tables)) {
        await client.query(`CREATE SCHEMA app; SET search_path = app, public; ${sql}; RESET search_path`)
        const concerned = await concernedTables(client, { names: [], schemas: ['app'] })
        found[name] = [await makeRows(client, concerned), (await count(client, 'app.t')) > 0]
        await client.query('DROP SCHEMA app CASCADE')
      }
      expect(found).toEqual(Object.fromEntries(Object.keys(tables).map((name) => [name, [[], true]])))
    })
  })

  test('one has every column filled, and one has NULL where it may be', async () => {
    await filled(
      'CREATE TABLE t (id serial PRIMARY KEY, a int, b text, c date DEFAULT now())',
      async (client) => {
        const { rows } = await client.query('SELECT num_nulls(a, b, c) AS nulls FROM app.t ORDER BY 1')
        expect(rows.map(({ nulls }) => nulls)).toEqual([0, 0, 3])
      },
    )
  })
})

describe('references', () => {
  test('hold between tables, around a cycle, and over several columns', async () => {
    const sql = `CREATE TABLE a (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, b int NOT NULL);
      CREATE TABLE b (id int PRIMARY KEY, a int NOT NULL REFERENCES a); ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b;
      CREATE TABLE c (x int, y text, PRIMARY KEY (x, y)); CREATE TABLE d (x int, y text, z int REFERENCES a, FOREIGN KEY (x, y) REFERENCES c MATCH FULL);
      CREATE TABLE friend (one int REFERENCES b, two int REFERENCES b, CHECK (one <> two), PRIMARY KEY (one, two))`
    await filled(sql, async (client, without) => {
      expect(without).toEqual([])
      const broken = await client.query(
        `SELECT conrelid::regclass::text AS name FROM pg_constraint WHERE contype = 'f' AND connamespace = 'app'::regnamespace`,
      )
      for (const { name } of broken.rows) expect(await count(client, name)).toBeGreaterThan(0)
      // Dropped and added again, each is checked against the rows.
      await client.query(`DO $$ DECLARE k record; BEGIN
        FOR k IN SELECT conname, conrelid::regclass AS t, pg_get_constraintdef(oid) AS def FROM pg_constraint WHERE contype = 'f' LOOP
          EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', k.t, k.conname); EXECUTE format('ALTER TABLE %s ADD %s', k.t, k.def);
        END LOOP; END $$`)
    })
  })
})

describe('a reference that is checked at the commit', () => {
  test('is in every row, also to its own table', async () => {
    const sql = `CREATE TABLE a (id int PRIMARY KEY, up int REFERENCES a INITIALLY DEFERRED);
      CREATE TABLE b (a int REFERENCES a INITIALLY DEFERRED, now int REFERENCES a, note text)`
    await filled(sql, async (client) => {
      const { rows } = await client.query(
        'SELECT (SELECT num_nulls(VARIADIC array_agg(up)) FROM app.a) AS up, num_nulls(VARIADIC array_agg(a)) AS a, num_nulls(VARIADIC array_agg(now)) AS now FROM app.b',
      )
      expect(rows).toEqual([{ up: 0, a: 0, now: 1 }])
    })
  })
})

describe('tables without rows', () => {
  test('are named with the reason', async () => {
    await filled(
      `CREATE TABLE never (a int CHECK (a > 0 AND a < 0) NOT NULL); CREATE TABLE t (k int) PARTITION BY LIST (k);
       CREATE TABLE child (n int NOT NULL REFERENCES other); `.replace(
        'CREATE TABLE child',
        'CREATE TABLE other (id int PRIMARY KEY CHECK (id <> id)); CREATE TABLE child',
      ),
      async (_, without) => {
        expect(without.map((text) => text.replace(/:.*/s, ''))).toEqual(['never', 't', 'other', 'child'])
      },
    )
  })
})

describe('the tables that a change concerns', () => {
  test('are those that it names, that use what it names, and those that references tie to them', async () => {
    const sql = `CREATE SCHEMA app; SET search_path = app; CREATE TYPE mood AS ENUM ('a'); CREATE DOMAIN moods AS mood[];
      CREATE TABLE far (id int PRIMARY KEY); CREATE TABLE up (id int PRIMARY KEY, far int NOT NULL REFERENCES far);
      CREATE TABLE t (id int PRIMARY KEY, up int REFERENCES up, m moods); CREATE TABLE down (t int REFERENCES t); CREATE TABLE aside (id int); CREATE SEQUENCE s; CREATE TABLE numbered (n int DEFAULT nextval('s'))`
    await withScratchDatabase({ adminUrl: inject('adminUrl') }, async ({ client }) => {
      await client.query(sql)
      const of = async (...names: string[]) => {
        const found = await concernedTables(client, { names: names.map((name) => ({ schema: 'app', name })) })
        const { rows } = await client.query<{ oid: string; name: string }>(
          'SELECT oid::text, relname AS name FROM pg_class',
        )
        return found.map(({ oid, why }) => `${rows.find((row) => row.oid === oid)?.name} ${why}`)
      }
      expect(await of('mood')).toEqual(['far near', 'up near', 't touched', 'down near'])
      expect(await of('s')).toEqual(['numbered touched'])
      expect(await of('nothing')).toEqual([])
    })
  })
})

describe('an owner who is not a superuser', () => {
  test('has rows made, and triggers stay as they were', async () => {
    await withScratchDatabase({ adminUrl: inject('adminUrl') }, async ({ client, name }) => {
      const role = `owner_of_${name}`
      await client.query(`CREATE ROLE ${role}; GRANT ALL ON DATABASE ${name} TO ${role}; SET ROLE ${role}`)
      await client.query(`CREATE SCHEMA app; CREATE FUNCTION app.no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$;
        CREATE TABLE app.a (id int PRIMARY KEY); CREATE TABLE app.b (a int REFERENCES app.a DEFERRABLE INITIALLY DEFERRED, b int UNIQUE DEFERRABLE INITIALLY DEFERRED);
        CREATE TRIGGER x BEFORE INSERT ON app.a FOR EACH ROW EXECUTE FUNCTION app.no();
        CREATE TRIGGER y BEFORE INSERT ON app.b FOR EACH ROW EXECUTE FUNCTION app.no(); ALTER TABLE app.b ENABLE ALWAYS TRIGGER y;
        CREATE TRIGGER z BEFORE INSERT ON app.b FOR EACH ROW EXECUTE FUNCTION app.no(); ALTER TABLE app.b DISABLE TRIGGER z`)
      const states = async () =>
        (await client.query('SELECT tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1'))
          .rows
      const before = await states()
      const tables = await concernedTables(client, { names: [], schemas: ['app'] })
      expect(await makeRows(client, tables, plainWish)).toEqual([])
      expect(await states()).toEqual(before)
      await client.query(`RESET ROLE; DROP OWNED BY ${role} CASCADE; DROP ROLE ${role}`)
    })
  })
})
