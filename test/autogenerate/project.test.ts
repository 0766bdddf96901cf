import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { describe, expect } from 'vitest'
import { type CheckResult, checkProject, historyDrift } from '../../migrations/core/check/index.ts'
import { type MigError, usingSession } from '../../migrations/core/index.ts'
import { type Lab, labTest } from '../runner/support.ts'
import { generateFiles, startAt, writeModels } from './support/project.ts'

async function check(lab: Lab, filter?: readonly string[]): Promise<CheckResult> {
  const project = await lab.project()
  const env = { ...project.env, filter: filter ?? project.env.filter }
  return usingSession(env, {}, (session) => checkProject(session, { ...project, env }, { privileges: false }))
}

async function refusal(body: Promise<unknown>): Promise<MigError> {
  return body.then(
    () => {
      throw new Error('nothing was refused')
    },
    (error: MigError) => error,
  )
}

const first = {
  'user.sql': 'CREATE TABLE app_user.profile (id bigint PRIMARY KEY, name text NOT NULL);',
  'policy.sql':
    'CREATE TABLE app_policy.role (id bigint PRIMARY KEY, profile bigint REFERENCES app_user.profile);',
  'message.sql': 'CREATE TABLE app_message.letter (id bigint PRIMARY KEY, body text);',
}

describe('autogenerate on a project', () => {
  labTest(
    'writes one file per changed line, linked where one needs the other, and then there is nothing left',
    async ({ lab }) => {
      await writeModels(lab, first)
      const made = await generateFiles(lab)
      expect(made.files.map((file) => file.line).sort()).toEqual(['message', 'policy', 'user'])
      const user = made.files.find((file) => file.line === 'user')
      expect(made.files.find((file) => file.line === 'policy')?.dependsOn).toEqual([user?.revision])
      expect(made.files.find((file) => file.line === 'message')?.dependsOn).toEqual([])
      expect((await lab.upgrade()).error).toBeUndefined()
      expect((await generateFiles(lab)).files).toEqual([])
      const checked = await check(lab)
      expect(checked.drift).toEqual([])
      expect(checked.pending).toEqual([])
    },
  )

  labTest('touches only the lines of the filter, and check still reports the others', async ({ lab }) => {
    await startAt(lab, first)
    await writeModels(lab, {
      'user.sql': 'CREATE TABLE app_user.profile (id bigint PRIMARY KEY, name text NOT NULL, language text);',
      'policy.sql': `${first['policy.sql']} CREATE INDEX role_profile ON app_policy.role (profile);`,
      'message.sql': 'CREATE TABLE app_message.letter (id bigint PRIMARY KEY, body text, at date);',
    })
    const made = await generateFiles(lab, { filter: ['user'] })
    expect(made.files.map((file) => file.line)).toEqual(['user'])
    expect(made.files[0]?.text).toContain('ALTER TABLE app_user.profile ADD COLUMN language text')
    expect((await check(lab, ['policy'])).drift.map(({ line }) => line)).toEqual(['policy'])
    expect((await lab.upgrade()).error).toBeUndefined()
    expect((await check(lab, ['user'])).drift).toEqual([])
    expect((await check(lab)).drift.map(({ line }) => line)).toEqual(['policy', 'message'])
  })

  labTest(
    'check sees what was changed by hand since it last found nothing, for each filter, and when it is undone',
    async ({ lab }) => {
      await startAt(lab, first)
      const { client } = lab.database
      const drift = async (filter?: readonly string[]) =>
        (await check(lab, filter)).drift.map(({ line }) => line)
      expect(await drift()).toEqual([])
      expect(await drift()).toEqual([])
      for (const [done, undone] of [
        [`COMMENT ON TABLE app_user.profile IS 'x'`, 'COMMENT ON TABLE app_user.profile IS NULL'],
        ['ALTER TABLE app_user.profile DISABLE ROW LEVEL SECURITY', 'SELECT'],
        [
          'ALTER TABLE app_user.profile FORCE ROW LEVEL SECURITY',
          'ALTER TABLE app_user.profile NO FORCE ROW LEVEL SECURITY',
        ],
        [
          'ALTER TABLE app_user.profile ALTER name SET DEFAULT 1',
          'ALTER TABLE app_user.profile ALTER name DROP DEFAULT',
        ],
        ['ALTER TABLE app_user.profile RENAME name TO no', 'ALTER TABLE app_user.profile RENAME no TO name'],
      ] as const) {
        await client.query(done)
        expect(await drift(['policy'])).toEqual([])
        expect([done, await drift()]).toEqual([done, undone === 'SELECT' ? [] : ['user']])
        await client.query(undone)
        expect([undone, await drift()]).toEqual([undone, []])
      }
    },
  )

  labTest('needs the lines of the filter at head', async ({ lab }) => {
    await writeModels(lab, first)
    await generateFiles(lab)
    const error = await refusal(generateFiles(lab))
    expect(error.code).toBe('not-up-to-date')
    expect(error.message).toMatch(/^Target database is not up to date/)
    expect((await generateFiles(lab, { fromHistory: true })).files).toEqual([])
  })

  labTest('starts from what is there: a change made by hand is not made again', async ({ lab }) => {
    await startAt(lab, first)
    await lab.database.client.query('ALTER TABLE app_user.profile ADD COLUMN by_hand int')
    await writeModels(lab, {
      'user.sql':
        'CREATE TABLE app_user.profile (id bigint PRIMARY KEY, name text NOT NULL, by_hand int, extra int);',
    })
    const made = await generateFiles(lab)
    expect(made.files[0]?.text).toContain('ADD COLUMN extra integer')
    expect(made.files[0]?.text).not.toContain('by_hand')
  })

  labTest('never guesses a rename: it is asked for, given, or off', async ({ lab }) => {
    await startAt(lab, first)
    await writeModels(lab, {
      'user.sql': 'CREATE TABLE app_user.profile (id bigint PRIMARY KEY, full_name text NOT NULL);',
    })
    const error = await refusal(generateFiles(lab))
    expect([error.code, error.exitCode]).toEqual(['decision-needed', 4])
    expect(error.facts.renames).toEqual([
      { kind: 'column', from: 'app_user.profile.name', to: 'full_name', likeliest: true },
    ])
    const wrong = { given: { 'app_user.profile.nome': 'full_name' }, others: 'ask' } as const
    expect((await refusal(generateFiles(lab, { renames: wrong }))).code).toBe('not-a-rename')
    const renames = { given: { 'app_user.profile.name': 'full_name' }, others: 'ask' } as const
    const { files } = await generateFiles(lab, { renames })
    expect(files[0]?.text).toContain('ALTER TABLE app_user.profile RENAME COLUMN name TO full_name')
    expect(files[0]?.text).not.toContain('DROP COLUMN')
  })

  labTest(
    'never guesses a cast: it lists what has none, and takes a person’s expression',
    async ({ lab }) => {
      await startAt(lab, first)
      await writeModels(lab, {
        'message.sql': 'CREATE TABLE app_message.letter (id uuid PRIMARY KEY, body bytea);',
      })
      const error = await refusal(generateFiles(lab))
      expect([error.code, error.exitCode]).toEqual(['decision-needed', 4])
      expect(error.message).toContain('app_message.letter.id: cannot cast type bigint to uuid')
      const using = { 'app_message.letter.id': 'gen_random_uuid()' }
      const { files } = await generateFiles(lab, { casts: { using, recreate: [] } })
      expect(files[0]?.text).toContain('TYPE uuid USING gen_random_uuid()')
      expect(files[0]?.text).toContain('Downgrade loses: column app_message.letter.id')
    },
  )

  labTest(
    'finds no difference in a name that PostgreSQL chose, with a number or without',
    async ({ lab }) => {
      const made = 'CREATE TABLE app_user.profile (id int NOT NULL);'
      await startAt(lab, { 'user.sql': made })
      // While the table of before is there under another name, its constraint keeps profile_id_not_null.
      await writeModels(lab, {
        'user.sql': `${made} ALTER TABLE app_user.profile RENAME TO past; ${made} DROP TABLE app_user.past;`,
      })
      expect((await generateFiles(lab)).files).toEqual([])
    },
  )

  labTest('writes plain SQL when asked', async ({ lab }) => {
    await writeModels(lab, first)
    const { files } = await generateFiles(lab, { format: 'sql', filter: ['message'] })
    const [file] = files
    expect(file?.path).toMatch(/\.sql$/)
    expect(readFileSync(file?.path ?? '', 'utf8')).toMatch(/-- upgrade\n\nCREATE TABLE app_message\.letter/)
    expect((await lab.upgrade()).error).toBeUndefined()
  })

  labTest('leaves excluded tables alone, whoever has them', async ({ lab }) => {
    const settings = { excludeTables: ['kombu_*', 'app_user.audit'] }
    await writeModels(lab, first)
    await generateFiles(lab, {}, settings)
    await lab.upgrade()
    await lab.database.client.query(
      'CREATE TABLE app_message.kombu_queue (id int PRIMARY KEY); CREATE TABLE app_user.audit (id int); CREATE INDEX ON app_user.audit (id)',
    )
    expect((await generateFiles(lab, {}, settings)).files).toEqual([])
  })

  labTest('says nothing of a line that has neither models nor revisions yet', async ({ lab }) => {
    await startAt(lab, { 'user.sql': first['user.sql'] })
    expect((await generateFiles(lab)).files).toEqual([])
    expect((await check(lab)).drift).toEqual([])
  })

  labTest('reports applied files that were edited since', async ({ lab }) => {
    await writeModels(lab, first)
    const { files } = await generateFiles(lab, { filter: ['message'] })
    await lab.upgrade()
    const path = files[0]?.path ?? ''
    await writeFile(path, `${readFileSync(path, 'utf8')}// edited\n`)
    expect((await check(lab, ['message'])).edited.map((edited) => edited.path)).toEqual([path])
  })

  labTest('leaves no scratch database behind, also when it fails', async ({ lab }) => {
    await writeModels(lab, { ...first, 'user.sql': 'CREATE TABLE app_user.profile (id nonsense)' })
    expect((await refusal(generateFiles(lab))).code).toBe('model-failed')
    const { rows } = await lab.database.client.query(
      `SELECT datname FROM pg_database WHERE datname LIKE 'mig\\_scratch\\_${process.pid}\\_%'`,
    )
    expect(rows).toEqual([])
  })

  labTest('writes text that is safe in TypeScript, whatever it holds', async ({ lab }) => {
    await writeModels(lab, {
      ...first,
      'user.sql': `CREATE TABLE app_user.profile (id bigint PRIMARY KEY, name text NOT NULL DEFAULT 'a\`b\${c}\\d');
        COMMENT ON TABLE app_user.profile IS 'it''s \`x\` and \${y} and \\n and */';`,
    })
    await generateFiles(lab, { filter: ['user'] })
    expect((await lab.upgrade()).error).toBeUndefined()
    expect((await check(lab, ['user'])).drift).toEqual([])
  })
})

describe('new tables', () => {
  labTest('have their columns in the order of the models, types of their own included', async ({ lab }) => {
    await writeModels(lab, {
      'user.sql': `CREATE TYPE app_user.kind AS ENUM ('a', 'b');
        CREATE TABLE app_user.thing (z int, kind app_user.kind DEFAULT 'a', y text DEFAULT now()::text, a date);`,
    })
    await generateFiles(lab, { filter: ['user'] })
    await lab.upgrade()
    const { rows } = await lab.database.client.query<{ names: string }>(
      `SELECT string_agg(attname, ' ' ORDER BY attnum) AS names FROM pg_attribute
       WHERE attrelid = 'app_user.thing'::regclass AND attnum > 0`,
    )
    expect(rows[0]?.names).toBe('z kind y a')
  })
})

describe('a new enum value', () => {
  labTest('is added in the transaction of the revision, unless the same one uses it', async ({ lab }) => {
    const models = (values: string, rest: string) => ({
      'user.sql': `CREATE TYPE app_user.kind AS ENUM (${values}); CREATE TABLE app_user.thing (kind app_user.kind);
        CREATE VIEW app_user.kinds AS SELECT kind ${rest} FROM app_user.thing;`,
    })
    await startAt(lab, models(`'a'`, ''))
    await writeModels(lab, models(`'a', 'b'`, ', 1 AS one'))
    const plain = await generateFiles(lab)
    expect(plain.files[0]?.text).toContain(`ADD VALUE 'b'`)
    expect(plain.files[0]?.text).not.toContain('autocommit')
    expect((await lab.upgrade()).error).toBeUndefined()
    await writeModels(lab, models(`'a', 'b', 'c'`, `, 1 AS one, kind = 'c' AS c`))
    const used = await generateFiles(lab)
    expect(used.files[0]?.text).toContain('autocommit')
    expect((await lab.upgrade()).error).toBeUndefined()
  })
})

describe('drift against history', () => {
  labTest(
    'shows what was changed by hand, the statements back, and a revision that adopts it',
    async ({ lab }) => {
      await startAt(lab, first)
      const drift = async () => {
        const project = await lab.project()
        return usingSession(project.env, {}, (session) =>
          historyDrift(session, project, { privileges: false }),
        )
      }
      expect(await drift()).toEqual([])
      await lab.database.client.query('ALTER TABLE app_user.profile ADD COLUMN by_hand int')
      const [found, ...others] = await drift()
      expect(others).toEqual([])
      expect(found?.line).toBe('user')
      expect(found?.statements).toMatchObject([
        { statements: ['ALTER TABLE app_user.profile DROP COLUMN by_hand'] },
      ])
      const { files } = await generateFiles(lab, { adopt: true })
      expect(files.map((file) => file.line)).toEqual(['user'])
      expect(files[0]?.text).toContain('ALTER TABLE app_user.profile ADD COLUMN by_hand integer')
    },
  )
})

describe('a tenant line', () => {
  labTest('gets a revision without a schema name, from unqualified models in its folder', async ({ lab }) => {
    const settings = { schemas: { user: 'app_user', tenant: { tenants: { like: 'tenant_%' } } } }
    await writeModels(lab, {
      'user.sql': first['user.sql'],
      'tenant/invoice.sql': `CREATE TYPE state AS ENUM ('open', 'paid');
        CREATE TABLE invoice (id bigserial PRIMARY KEY, state state NOT NULL DEFAULT 'open', profile bigint REFERENCES app_user.profile);
        CREATE VIEW open_invoice AS SELECT id FROM invoice WHERE state = 'open';`,
    })
    const { files } = await generateFiles(lab, { fromHistory: true }, settings)
    const [user, tenant] = ['user', 'tenant'].map((line) => files.find((file) => file.line === line))
    expect(tenant?.text).toContain('CREATE TABLE invoice (')
    expect(tenant?.text).not.toContain('mig_tenant')
    expect(tenant?.dependsOn).toEqual([user?.revision])
    expect((await generateFiles(lab, { fromHistory: true }, settings)).files).toEqual([])
  })
})
