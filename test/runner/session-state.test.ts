import { randomBytes } from 'node:crypto'
import { describe, expect } from 'vitest'
import { type Lab, labTest, revision } from './support.ts'

const [one, two] = ['aaaaaaaaaaa1', 'aaaaaaaaaaa2']

async function upgrade(lab: Lab, up: string, before = "await op.execute('SELECT 1')") {
  await lab.write({
    [`user/20260101_000000_${one}_a.ts`]: revision(one, null, before),
    [`user/20260102_000000_${two}_b.ts`]: revision(two, one, up),
  })
  return lab.upgrade()
}

async function tables({ database }: Lab): Promise<readonly string[]> {
  const { rows } = await database.client.query(
    "SELECT schemaname || '.' || tablename AS name FROM pg_tables WHERE schemaname IN ('app_user', 'public', 'other') ORDER BY 1",
  )
  return rows.map(({ name }) => name)
}

async function heads({ database }: Lab): Promise<readonly string[]> {
  const { rows } = await database.client.query('SELECT revision FROM mig.version')
  return rows.map((row) => row.revision)
}

describe('a lock that the session has lost', () => {
  labTest('is noticed before the revision commits', async ({ lab }) => {
    const { error } = await upgrade(
      lab,
      "await op.execute('CREATE TABLE t (); SELECT pg_advisory_unlock_all()')",
    )
    expect(error).toMatchObject({ code: 'lock-lost', exitCode: 3 })
    expect(String(error)).toContain('as before this revision')
    expect([await heads(lab), await tables(lab)]).toEqual([[one], []])
  })

  labTest('is noticed after the statement of op.autocommit that lost it', async ({ lab }) => {
    const { error } = await upgrade(
      lab,
      `await op.autocommit(async () => {
         await op.execute('CREATE TABLE t ()')
         await op.execute('SELECT pg_advisory_unlock_all()')
         await op.execute('CREATE TABLE u ()')
       })`,
    )
    expect(error).toMatchObject({ code: 'lock-lost' })
    expect([await heads(lab), await tables(lab)]).toEqual([[one], ['app_user.t']])
  })

  labTest('is noticed after DISCARD ALL, before a table lands in public', async ({ lab }) => {
    await lab.database.client.query('GRANT CREATE ON SCHEMA public TO PUBLIC')
    const { error } = await upgrade(
      lab,
      `await op.autocommit(async () => {
         await op.execute('DISCARD ALL')
         await op.execute('CREATE TABLE u ()')
       })`,
    )
    expect(error).toMatchObject({ code: 'lock-lost' })
    expect(await tables(lab)).toEqual([])
  })
})

describe('a role that may not use the schema of the line', () => {
  const withRole = async (lab: Lab, publicIsOpen: boolean, body: (role: string) => Promise<void>) => {
    const role = `r${randomBytes(6).toString('hex')}`
    const { client } = lab.database
    await client.query(`CREATE ROLE ${role}`)
    // Open to everybody before PostgreSQL 15.
    await client.query('REVOKE CREATE ON SCHEMA public FROM PUBLIC')
    if (publicIsOpen) await client.query(`GRANT CREATE ON SCHEMA public TO ${role}`)
    try {
      await body(role)
    } finally {
      await client.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`)
    }
  }

  labTest('makes no table in public', ({ lab }) =>
    withRole(lab, true, async (role) => {
      const { error } = await upgrade(lab, `await op.execute('SET ROLE ${role}; CREATE TABLE t (id int)')`)
      expect(error).toMatchObject({
        code: 'lands-elsewhere',
        message: expect.stringContaining(
          `public.t would be made outside schema app_user of line user: role ${role}`,
        ),
        help: expect.stringContaining(`GRANT USAGE, CREATE ON SCHEMA app_user TO ${role}`),
      })
      expect([await heads(lab), await tables(lab)]).toEqual([[one], []])
    }),
  )

  labTest('makes none from a DO block, a savepoint or op.autocommit either', ({ lab }) =>
    withRole(lab, true, async (role) => {
      const block = `DO $$ BEGIN SET LOCAL ROLE ${role}; CREATE TABLE t (); EXCEPTION WHEN division_by_zero THEN NULL; END $$`
      expect((await upgrade(lab, `await op.execute(${JSON.stringify(block)})`)).error).toMatchObject({
        code: 'lands-elsewhere',
      })
      await lab.database.client.query(
        `GRANT ALL ON SCHEMA mig TO ${role}; GRANT ALL ON ALL TABLES IN SCHEMA mig TO ${role}`,
      )
      const section = `await op.autocommit(async () => {
        await op.execute('SET ROLE ${role}')
        await op.execute('CREATE TABLE t ()')
      })`
      expect((await upgrade(lab, section)).error).toMatchObject({ code: 'lands-elsewhere' })
      expect(await tables(lab)).toEqual([])
    }),
  )

  labTest('makes none from a function that sets it, whether it gives it back or not', ({ lab }) =>
    withRole(lab, true, async (role) => {
      const body = `EXECUTE 'SET LOC' || 'AL ROLE ${role}'; CREATE TABLE t ();`
      const functions = `CREATE FUNCTION leave() RETURNS void LANGUAGE plpgsql AS $$ BEGIN ${body} END $$;
        CREATE FUNCTION give_back() RETURNS void LANGUAGE plpgsql AS $$ BEGIN ${body} RESET ROLE; END $$`
      const before = `await op.execute(${JSON.stringify(functions)})`
      for (const name of ['leave', 'give_back']) {
        const { error } = await upgrade(lab, `await op.execute('SELECT ${name}()')`, before)
        expect(error).toMatchObject({
          code: 'lands-elsewhere',
          help: expect.stringContaining(`GRANT USAGE, CREATE ON SCHEMA app_user TO ${role}`),
        })
      }
      expect([await heads(lab), await tables(lab)]).toEqual([[one], []])
    }),
  )

  labTest('writes neither the ledger nor the next revision where a function leaves it', ({ lab }) =>
    withRole(lab, true, async (role) => {
      const leave = `CREATE FUNCTION leave() RETURNS void LANGUAGE plpgsql AS $$ BEGIN PERFORM set_config('role', '${role}', false); END $$`
      const before = `await op.execute(${JSON.stringify(leave)}); await op.execute('SELECT leave()')`
      const { error } = await upgrade(lab, "await op.execute('CREATE TABLE t ()')", before)
      expect(error).toBeUndefined()
      expect([await heads(lab), await tables(lab)]).toEqual([[two], ['app_user.t']])
    }),
  )

  labTest('is named where public is closed to it', ({ lab }) =>
    withRole(lab, false, async (role) => {
      const { error } = await upgrade(lab, `await op.execute('SET ROLE ${role}; CREATE TABLE t (id int)')`)
      expect(error).toMatchObject({
        code: 'no-permission',
        message: expect.stringContaining(
          `role ${role}, which the revision sets, may not use schema app_user`,
        ),
      })
    }),
  )

  labTest('makes tables elsewhere that are named with their schema', ({ lab }) =>
    withRole(lab, true, async (role) => {
      const { error } = await upgrade(
        lab,
        `await op.execute('SET ROLE ${role}; CREATE TABLE public.t (id int)')`,
      )
      expect(error).toBeUndefined()
      expect(await tables(lab)).toEqual(['public.t'])
      await lab.database.client.query('DROP TABLE public.t')
    }),
  )
})

describe('a search_path that a revision sets', () => {
  labTest('takes no unqualified table into another schema', async ({ lab }) => {
    await lab.database.client.query('CREATE SCHEMA other; CREATE TABLE other.old ()')
    const { error } = await upgrade(
      lab,
      "await op.execute('SET search_path TO other; ALTER TABLE old ADD COLUMN a int; CREATE TABLE t (id serial)')",
    )
    expect(error).toMatchObject({
      code: 'lands-elsewhere',
      message: expect.stringContaining('other.t would be made outside schema app_user'),
    })
    const { error: none } = await upgrade(
      lab,
      "await op.execute('SET search_path TO other; ALTER TABLE old ADD COLUMN a int; CREATE TABLE app_user.t (id serial)')",
    )
    expect(none).toBeUndefined()
    expect(await tables(lab)).toEqual(['app_user.t', 'other.old'])
  })

  labTest('by a function takes none either', async ({ lab }) => {
    await lab.database.client.query('CREATE SCHEMA other')
    const leave = `CREATE FUNCTION leave() RETURNS void LANGUAGE sql AS $$ SELECT set_config('search_path', 'other', true) $$`
    const before = `await op.execute(${JSON.stringify(leave)})`
    const { error } = await upgrade(lab, "await op.execute('SELECT leave(); CREATE TABLE t ()')", before)
    expect(error).toMatchObject({
      code: 'lands-elsewhere',
      message: expect.stringContaining('other.t would be'),
    })
    expect([await heads(lab), await tables(lab)]).toEqual([[one], []])
  })

  labTest('says nothing of what functions make elsewhere on purpose, or what is moved', async ({ lab }) => {
    await lab.database.client.query('CREATE SCHEMA other')
    const functions = `CREATE FUNCTION named() RETURNS void LANGUAGE plpgsql AS $$ BEGIN CREATE TABLE other.a (); END $$;
      CREATE FUNCTION pathed() RETURNS void LANGUAGE plpgsql SET search_path = other AS $$ BEGIN CREATE TABLE b (); END $$;
      CREATE TABLE c (id int)`
    const { error } = await upgrade(
      lab,
      "await op.execute('SELECT named(), pathed(); ALTER TABLE c SET SCHEMA other; CREATE TABLE d (); ALTER TABLE d SET SCHEMA other')",
      `await op.execute(${JSON.stringify(functions)})`,
    )
    expect(error).toBeUndefined()
    expect(await tables(lab)).toEqual(['other.a', 'other.b', 'other.c', 'other.d'])
  })

  labTest('in one transaction for the run says nothing of what an earlier step has made', async ({ lab }) => {
    await lab.write({
      [`user/20260101_000000_${one}_a.ts`]: revision(one, null, "await op.execute('CREATE TABLE t ()')"),
      [`policy/20260102_000000_${two}_b.ts`]: revision(
        two,
        null,
        "await op.execute('SET search_path TO app_policy; CREATE TABLE t ()')",
      ),
    })
    expect((await lab.upgrade({ settings: { transaction: 'run' } })).error).toBeUndefined()
  })
})
