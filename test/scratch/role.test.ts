import { randomBytes } from 'node:crypto'
import type { Client } from 'pg'
import { describe, expect, inject, onTestFinished, test } from 'vitest'
import { asScratchMaker } from '../../migrations/core/scratch/client.ts'
import { type ScratchDatabase, withScratchDatabase } from '../../migrations/core/scratch/database.ts'
import { administer } from '../support/database.ts'

const adminUrl = () => inject('adminUrl')

/** A role of the server for one test. */
async function serverRole(options = ''): Promise<string> {
  const name = `scratch_test_${randomBytes(4).toString('hex')}`
  await administer(`CREATE ROLE ${name} ${options}`)
  onTestFinished(() => administer(`DROP ROLE ${name}`).then(() => undefined))
  return name
}

function onScratch<T>(
  body: (client: Client, scratch: ScratchDatabase) => Promise<T>,
  url = adminUrl(),
): Promise<T> {
  return withScratchDatabase({ adminUrl: url }, (scratch) => body(scratch.client, scratch))
}

async function codeOf(outcome: Promise<unknown>): Promise<unknown> {
  return outcome.then(
    () => 'done',
    (error: { code?: string }) => error.code,
  )
}

describe('the role of a scratch database', () => {
  test('has no rights but on the database, and goes with it', async () => {
    const name = await onScratch(async (client, { role, name }) => {
      const { rows } = await administer(`
        SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication AS powerful,
               (SELECT count(*)::int FROM pg_auth_members WHERE member = r.oid) AS memberships
        FROM pg_database d JOIN pg_roles r ON r.oid = d.datdba WHERE datname = '${name}'`)
      expect(rows).toEqual([{ powerful: false, memberships: 0 }])
      const refused = [
        `COPY (SELECT 1) TO PROGRAM 'true'`,
        `COPY (SELECT 1) TO '/no-such-folder/rows'`,
        `SELECT pg_catalog.pg_read_file('PG_VERSION')`,
        'CREATE DATABASE other',
        `ALTER SYSTEM SET work_mem = '1MB'`,
        `DO $$ BEGIN EXECUTE concat('ALTER', ' ROLE postgres SUPERUSER'); END $$`,
        `DO $$ BEGIN EXECUTE concat('CREATE', ' ROLE made_by_a_block'); END $$`,
      ]
      for (const sql of refused) expect(await codeOf(client.query(sql)), sql).toBe('42501')
      // SET ROLE has nowhere to go back to.
      await client.query('SET ROLE postgres; RESET ROLE; SET SESSION AUTHORIZATION DEFAULT')
      expect(await codeOf(client.query(`COPY (SELECT 1) TO PROGRAM 'true'`))).toBe('42501')
      return role?.own
    })
    expect((await administer(`SELECT FROM pg_roles WHERE starts_with(rolname, '${name}')`)).rowCount).toBe(0)
  })

  test('stands for the user that makes it, in what is read and what is written', async () => {
    await onScratch(async (client) => {
      await client.query('CREATE TABLE public.t (id int); ALTER TABLE public.t OWNER TO postgres')
      const { rows } = await client.query(
        `SELECT current_user AS me, tableowner AS owner FROM pg_tables WHERE tablename = 't'`,
      )
      expect(rows).toEqual([{ me: 'postgres', owner: 'postgres' }])
      const asText = { getTypeParser: () => (value: string) => value }
      const read = await client.query({ text: 'SELECT 1 AS one, current_user AS me', types: asText })
      expect(read.rows).toEqual([{ one: '1', me: 'postgres' }])
      await expect(
        client.query('SELECT 1 FROM public.t; SELECT pg_catalog.pg_read_file($$x$$)'),
      ).rejects.toThrow(/permission denied/)
    })
  })

  test('hands work over that takes more rights, and to nobody else', async () => {
    await onScratch(async (client) => {
      await client.query('CREATE EXTENSION file_fdw SCHEMA public')
      await client.query('CREATE SERVER files FOREIGN DATA WRAPPER file_fdw')
      expect(
        await codeOf(
          client.query(
            `CREATE FOREIGN TABLE public.f (a text) SERVER files OPTIONS (filename '/etc/passwd')`,
          ),
        ),
      ).toBe('42501')
      await client.query('DROP SERVER files; DROP EXTENSION file_fdw')
      await client.query(
        `CREATE FUNCTION public.f() RETURNS int LANGUAGE sql LEAKPROOF AS 'SELECT 1'; DROP FUNCTION public.f()`,
      )
      const { rows } = await client.query<{ run: string }>(
        `SELECT oid::regproc::text AS run FROM pg_proc WHERE proname = 'run' AND prosecdef`,
      )
      const call = client.query(`SELECT ${rows[0]?.run}('guessed', ARRAY['ALTER ROLE postgres SUPERUSER'])`)
      expect(await codeOf(call)).toBe('42501')
      await asScratchMaker(client, async (maker) => {
        expect(
          (await maker.query('SELECT rolsuper AS yes FROM pg_roles WHERE rolname = current_user')).rows,
        ).toEqual([{ yes: true }])
      })
    })
  })
})

describe('what its maker does for it', () => {
  const evil = `CREATE FUNCTION public.me() RETURNS int LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
      IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN RAISE EXCEPTION 'superuser'; END IF; RETURN 1; END $$`
  const attempts: readonly (readonly [what: string, sql: string])[] = [
    [
      'an expression beside a new owner',
      'ALTER TABLE public.t ALTER COLUMN a TYPE int USING public.me(), OWNER TO postgres',
    ],
    ['a table called function', 'CREATE TABLE function AS SELECT public.me() AS leakproof'],
    [
      'an expression of a publication',
      'CREATE PUBLICATION p FOR TABLE public.t WHERE (public.me() = 1), TABLES IN SCHEMA public',
    ],
    ['a table called event', 'UPDATE public.event trigger SET a = public.me()'],
    ['the user that runs it as owner', 'ALTER FUNCTION public.me() OWNER TO CURRENT_USER'],
    ['an owner in another spelling', 'ALTER FUNCTION public.me() OWNER TO U&"\\0070ostgres"'],
    ['an owner of rights on files', 'ALTER FUNCTION public.me() OWNER TO pg_execute_server_program'],
    [
      'a function that is not leakproof',
      `${evil.replace('me()', 'two()').replace('plpgsql', 'plpgsql NOT LEAKPROOF')}; SELECT public.two()`,
    ],
    [
      'a parameter of that name',
      `${evil.replace('me()', 'three(leakproof int DEFAULT 1)')}; SELECT public.three()`,
    ],
    [
      'a language of the machine',
      `CREATE FUNCTION public.read(text) RETURNS text LANGUAGE internal LEAKPROOF AS 'pg_read_file_all'; SELECT public.read('PG_VERSION')`,
    ],
    [
      'a function of pg_catalog',
      `CREATE FUNCTION pg_catalog.format(text, name) RETURNS text LANGUAGE sql LEAKPROOF AS 'SELECT public.me()::text'`,
    ],
    [
      'a function that lands in pg_catalog',
      `SET LOCAL search_path = pg_catalog; CREATE FUNCTION format(text, name) RETURNS text LANGUAGE sql LEAKPROOF AS 'SELECT public.me()::text'`,
    ],
    [
      'an event trigger that fires always',
      `CREATE FUNCTION public.ev() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM public.me(); END $$;
       CREATE EVENT TRIGGER ev ON ddl_command_end EXECUTE FUNCTION public.ev(); ALTER EVENT TRIGGER ev ENABLE ALWAYS;`,
    ],
  ]

  test('evaluates nothing of it, and leaves it nothing of the maker', async () => {
    await onScratch(async (client, { role }) => {
      await client.query(
        `CREATE TABLE public.t (a int); INSERT INTO public.t VALUES (1); CREATE TABLE public.event (a int)`,
      )
      await client.query('INSERT INTO public.event VALUES (1)')
      await client.query(evil)
      for (const [what, sql] of attempts) {
        await client.query('BEGIN')
        const error = await client.query(sql).then(
          () => undefined,
          (failure: Error) => failure,
        )
        expect(error?.message ?? '', what).not.toBe('superuser')
        await client.query('ROLLBACK')
        await client.query('BEGIN')
        await client.query(sql).catch(() => client.query('ROLLBACK; BEGIN'))
        const { rows } = await client.query({
          text: `SELECT p.proname FROM pg_proc p JOIN pg_roles r ON r.oid = p.proowner WHERE p.oid >= 16384
            AND r.rolname <> $1 AND p.proname <> 'run'`,
          values: [role?.own],
        })
        expect(rows, what).toEqual([])
        await client.query('ROLLBACK')
      }
    })
  })

  const asMaker = `SELECT pg_catalog.set_config('mig.taken', r.rolsuper::text, true) FROM pg_catalog.pg_roles r WHERE r.rolname = current_user`
  const cut = (text: string) =>
    `CREATE FUNCTION public.f(a text DEFAULT ${text}) RETURNS int LANGUAGE sql LEAKPROOF AS $a$ SELECT 1 $a$; ${asMaker.replaceAll("'", '$q$')}; --') RETURNS int LANGUAGE sql LEAKPROOF AS $a$ SELECT 2 $a$`
  const misread: readonly (readonly [what: string, sql: string])[] = [
    ['a backslash in a plain string', `SET LOCAL standard_conforming_strings = off; ${cut(`'\\' '`)}`],
    // The backslash is the second byte of a character there.
    [
      'another encoding',
      `SET LOCAL client_encoding = 'SJIS'; ${cut(`E'\u0101\\'`).replace("--'", "--\\' '")}`,
    ],
  ]

  test.each(misread)('is what the server reads in it: %s', async (_, sql) => {
    await onScratch(async (client) => {
      await client.query('BEGIN')
      const taken = await client.query(sql).then(
        () => client.query(`SELECT pg_catalog.current_setting('mig.taken', true) AS super`),
        () => undefined,
      )
      expect(taken?.rows[0]?.super ?? '').not.toBe('true')
      await client.query('ROLLBACK')
    })
  })

  test.each(['login', '"login"', 'U&"log\\0069n"'])('is not an event trigger on %s', async (event) => {
    await onScratch(async (client) => {
      await client.query(
        `CREATE FUNCTION public.ev() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN END $$`,
      )
      const made = client.query(`CREATE EVENT TRIGGER ev ON ${event} EXECUTE FUNCTION public.ev()`)
      expect(await codeOf(made)).toBe('42501')
    })
  })

  test('leaves what does it as it is', async () => {
    await onScratch(async (client) => {
      await client.query('CREATE EXTENSION file_fdw SCHEMA public')
      const { rows } = await client.query<{ schema: string }>(
        `SELECT pronamespace::regnamespace::text AS schema FROM pg_proc WHERE proname = 'run' AND prosecdef`,
      )
      const schema = rows[0]?.schema ?? ''
      const routine = `${schema}.run(word text, statements text[])`
      const body = 'LANGUAGE plpgsql SECURITY DEFINER LEAKPROOF AS $$ BEGIN EXECUTE statements[1]; END $$'
      const attacks = [
        `CREATE OR REPLACE FUNCTION ${routine} RETURNS void ${body}`,
        `SET search_path = ${schema}; CREATE OR REPLACE FUNCTION run(word text, statements text[]) RETURNS void ${body}`,
        `ALTER FUNCTION ${routine} LEAKPROOF RESET ALL`,
        `ALTER SCHEMA ${schema} OWNER TO postgres`,
        `ALTER FUNCTION ${routine} OWNER TO postgres`,
        `ALTER EXTENSION file_fdw ADD SCHEMA ${schema}`,
      ]
      for (const sql of attacks) {
        expect(await codeOf(client.query(sql)), sql).toBe('42501')
      }
      expect(await codeOf(client.query(`SELECT ${schema}.run('guessed', ARRAY['SELECT 1'])`))).toBe('42501')
    })
  })

  test('leaves the tablespaces of the server alone', async () => {
    const owner = `SELECT spcowner::regrole::text AS owner FROM pg_tablespace WHERE spcname = 'pg_default'`
    const before = (await administer(owner)).rows
    await onScratch(async (client) => {
      await client.query('BEGIN')
      // It is reverted in any case: the role that it names goes with the database.
      const code = await codeOf(client.query('ALTER TABLESPACE pg_default OWNER TO postgres'))
      await client.query('ROLLBACK')
      expect(code).toBe('42501')
    })
    expect((await administer(owner)).rows).toEqual(before)
  })

  test('is done for a role whose name looks like the end of a block', async () => {
    await onScratch(async (client) => {
      await client.query('CREATE ROLE "a$made$"')
      expect(await codeOf(client.query('CREATE ROLE "a$made$"'))).toBe('42710')
    })
  })

  test('leaves a column called owner its new name', async () => {
    await onScratch(async (client) => {
      await client.query('CREATE TABLE public.t (owner int)')
      await client.query('ALTER TABLE public.t RENAME owner TO postgres')
      await client.query('SELECT postgres FROM public.t')
    })
  })
})

describe('roles of the server on a scratch database', () => {
  test('are made, altered, granted and dropped there only', async () => {
    const real = await serverRole('NOSUPERUSER')
    const made = `${real}_made`
    await onScratch(async (client) => {
      await client.query('CREATE TABLE public.t (id int)')
      await client.query(`CREATE ROLE ${made} LOGIN; GRANT SELECT ON public.t TO ${made}`)
      expect(await codeOf(client.query(`CREATE ROLE ${made}`))).toBe('42710')
      expect(await codeOf(client.query(`DROP ROLE ${made}`))).toBe('2BP01')
      await client.query(`REVOKE ALL ON public.t FROM ${made}; DROP ROLE ${made}`)
      expect(await codeOf(client.query('DROP ROLE nobody_of_this_name'))).toBe('42704')
      await client.query('DROP ROLE IF EXISTS nobody_of_this_name')
      await client.query(`CREATE ROLE ${made}`)
      // A history may make what the server has had since it ran there.
      await client.query(
        `CREATE ROLE ${real} CREATEDB; ALTER ROLE ${real} SUPERUSER; GRANT pg_monitor TO ${real}`,
      )
      await client.query(`ALTER TABLE public.t OWNER TO ${real}; ALTER TABLE public.t ADD COLUMN a int`)
      await client.query(`SET ROLE ${real}; RESET ROLE`)
      const { rows } = await client.query(`SELECT tableowner AS owner FROM pg_tables WHERE tablename = 't'`)
      expect(rows).toEqual([{ owner: real }])
    })
    const { rows } = await administer(
      `SELECT rolname AS name, rolsuper OR rolcreatedb AS powerful FROM pg_roles WHERE starts_with(rolname, '${real}')`,
    )
    expect(rows).toEqual([{ name: real, powerful: false }])
  })

  test('are made by a guarded block, as often as it runs', async () => {
    const name = `scratch_test_${randomBytes(4).toString('hex')}`
    await onScratch(async (client) => {
      await client.query('CREATE TABLE public.t (id int)')
      const block = `DO $$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${name}') THEN CREATE ROLE ${name} NOLOGIN; END IF;
        EXECUTE 'GRANT SELECT ON public.t TO ${name}';
      END $$`
      await client.query(block)
      await client.query(block)
      const { rows } = await client.query(`SELECT relacl::text AS acl FROM pg_class WHERE relname = 't'`)
      expect(rows[0]?.acl).toContain(`${name}=r/postgres`)
    })
    expect((await administer(`SELECT FROM pg_roles WHERE rolname = '${name}'`)).rowCount).toBe(0)
  })

  test('come back with a transaction, and are known in a copy', async () => {
    const name = `scratch_test_${randomBytes(4).toString('hex')}`
    await withScratchDatabase({ adminUrl: adminUrl() }, async (first) => {
      await first.client.query(`BEGIN; CREATE ROLE ${name}`)
      await first.client.query(`ROLLBACK`)
      await first.client.query(`CREATE ROLE ${name}`)
      await first.client.end()
      await withScratchDatabase({ adminUrl: adminUrl(), template: first }, async ({ client }) => {
        expect(await codeOf(client.query(`CREATE ROLE ${name}`))).toBe('42710')
        await client.query(`DROP ROLE ${name}; CREATE ROLE ${name}`)
      })
    })
  })

  test('a statement about another database is about this one', async () => {
    const database = new URL(adminUrl()).pathname.slice(1)
    const before = await administer(`SELECT datacl::text FROM pg_database WHERE datname = '${database}'`)
    await onScratch(async (client) => {
      await client.query(
        `GRANT CONNECT ON DATABASE ${database} TO pg_monitor; COMMENT ON DATABASE ${database} IS 'ours'`,
      )
    })
    const after = await administer(`SELECT datacl::text FROM pg_database WHERE datname = '${database}'`)
    expect(after.rows).toEqual(before.rows)
  })
})

describe('users who are not superusers', () => {
  const urlOf = (role: string) => adminUrl().replace('postgres@', `${role}@`)

  test('with CREATEDB and CREATEROLE have the same, but what takes a superuser', async () => {
    const role = await serverRole('LOGIN CREATEDB CREATEROLE')
    await onScratch(async (client, scratch) => {
      expect(scratch.role?.maker).toBe(role)
      await client.query(
        'CREATE TABLE public.t (id int); CREATE ROLE just_for_this; GRANT SELECT ON public.t TO just_for_this',
      )
      expect((await client.query('SELECT current_user AS me')).rows).toEqual([{ me: role }])
      expect(await codeOf(client.query('CREATE EXTENSION file_fdw'))).toBe('42501')
    }, urlOf(role))
    expect(
      (await administer(`SELECT FROM pg_roles WHERE rolname ~* '^mig_role_${process.pid}_'`)).rowCount,
    ).toBe(0)
  })

  test('with CREATEDB alone use it as themselves', async () => {
    const role = await serverRole('LOGIN CREATEDB')
    await onScratch(async (client, scratch) => {
      expect(scratch.role).toBeUndefined()
      expect((await client.query('SELECT current_user AS me')).rows).toEqual([{ me: role }])
    }, urlOf(role))
  })
})
