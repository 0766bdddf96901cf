import { readFile, writeFile } from 'node:fs/promises'
import { describe, expect } from 'vitest'
import type { MigEvent } from '../../migrations/core/index.ts'
import { type Lab, labTest } from '../runner/support.ts'
import { generated, generateFiles, startAt, writeModels } from './support/project.ts'

const table = 'CREATE TABLE app_user.profile (id bigint PRIMARY KEY, joined date'

async function withProfile(lab: Lab, rows: string): Promise<void> {
  await startAt(lab, { 'user.sql': `${table});` })
  if (rows !== '') await lab.database.client.query(`INSERT INTO app_user.profile ${rows}`)
}

/** The header of the one file that is made, and the warnings on the way. */
async function headerAndWarnings(lab: Lab): Promise<{ header: string; warnings: readonly MigEvent[] }> {
  const events: MigEvent[] = []
  const { files } = await generateFiles(lab, { emit: (event) => events.push(event) })
  const header = files[0]?.text.split('import type')[0] ?? ''
  return { header, warnings: events.filter(({ event }) => event === 'warning') }
}

describe('a column that becomes NOT NULL without a value', () => {
  labTest(
    'is a decision where the database has rows, new or not, and is filled as asked',
    async ({ lab }) => {
      await withProfile(lab, `VALUES (1, NULL), (2, '2026-02-01')`)
      await writeModels(lab, { 'user.sql': `${table} NOT NULL, age int NOT NULL);` })
      await expect(generateFiles(lab)).rejects.toMatchObject({
        code: 'decision-needed',
        facts: { fills: expect.arrayContaining(['app_user.profile.age', 'app_user.profile.joined']) },
      })
      const using = { 'app_user.profile.age': '0', 'app_user.profile.joined': `'2026-01-01'` }
      const { files } = await generateFiles(lab, { casts: { using, recreate: [] } })
      expect(files[0]?.text).toContain('UPDATE app_user.profile SET age = 0 WHERE age IS NULL')
      expect(files[0]?.text).not.toContain('Fails where')
      await lab.upgrade()
      const { rows } = await lab.database.client.query(
        'SELECT id::int, joined::text, age FROM app_user.profile ORDER BY id',
      )
      expect(rows).toEqual([
        { id: 1, joined: '2026-01-01', age: 0 },
        { id: 2, joined: '2026-02-01', age: 0 },
      ])
    },
  )

  labTest('is told of in the header and by a warning where the database has none', async ({ lab }) => {
    await withProfile(lab, '')
    await writeModels(lab, { 'user.sql': `${table} NOT NULL, age int NOT NULL);` })
    const { header, warnings } = await headerAndWarnings(lab)
    expect(header).toContain(
      `Fails where app_user.profile has rows: they get no value for column age (--using app_user.profile.age='expression' fills them)`,
    )
    expect(header).toContain('Fails where rows of app_user.profile have no value for joined')
    expect(warnings).toHaveLength(2)
    expect(warnings).toContainEqual(
      expect.objectContaining({
        code: 'rows-without-value',
        help: expect.stringContaining(`--using app_user.profile.age=`),
      }),
    )
  })
})

describe('rows of the database that a new constraint does not allow', () => {
  labTest('are told of, with the query that shows them', async ({ lab }) => {
    const team = 'CREATE TABLE app_user.team (id bigint PRIMARY KEY);'
    await startAt(lab, { 'user.sql': `${team} ${table}, nick text, team bigint);` })
    await lab.database.client.query(
      `INSERT INTO app_user.profile VALUES (1, '2026-01-01', 'a', 7), (2, '1999-01-01', 'a', NULL)`,
    )
    await writeModels(lab, {
      'user.sql': `${team} ${table}, nick text UNIQUE, team bigint REFERENCES app_user.team, UNIQUE (joined, nick),
        CONSTRAINT recent CHECK (joined > '2000-01-01'), CONSTRAINT named CHECK (nick <> ''));
        CREATE UNIQUE INDEX profile_nick ON app_user.profile (nick);`,
    })
    const { warnings } = await headerAndWarnings(lab)
    const told = warnings.map((each) => (each.event === 'warning' ? each : undefined))
    expect(told.map((each) => each?.message).sort()).toEqual(
      [
        'constraint profile_nick_key',
        'constraint profile_team_fkey',
        'constraint recent',
        'unique index profile_nick',
      ].map((object) => `rows of app_user.profile break ${object}: the upgrade fails on this database`),
    )
    for (const each of told) {
      const { rows } = await lab.database.client.query(each?.help?.replace(/^.*they are: /, '') ?? '')
      expect(rows, each?.help).toHaveLength(1)
    }
  })

  labTest('are told of where the columns are new, or get other values', async ({ lab }) => {
    await startAt(lab, {
      'user.sql': `CREATE TABLE app_user.team (id bigint PRIMARY KEY); ${table}, nick text, old text);`,
    })
    await lab.database.client.query(
      `INSERT INTO app_user.team VALUES (1); INSERT INTO app_user.profile VALUES (1, '2026-01-01', NULL, '8'), (2, '1999-01-01', 'a', '9')`,
    )
    await writeModels(lab, {
      'user.sql': `CREATE TABLE app_user.team (id bigint PRIMARY KEY); CREATE TABLE app_user.address (id bigint PRIMARY KEY);
        ${table}, nick text NOT NULL UNIQUE, old int CONSTRAINT low CHECK (old < 9) UNIQUE,
        address bigint NOT NULL CONSTRAINT lives REFERENCES app_user.address, team bigint NOT NULL CONSTRAINT plays REFERENCES app_user.team,
        other bigint NOT NULL CONSTRAINT played REFERENCES app_user.team, known bigint DEFAULT 2 CONSTRAINT knows REFERENCES app_user.team,
        empty bigint CONSTRAINT nobody REFERENCES app_user.team, size int NOT NULL CONSTRAINT large CHECK (size > 1), CONSTRAINT pair UNIQUE (size, nick));`,
    })
    const of = (column: string) => `app_user.profile.${column}`
    const using = {
      [of('nick')]: `'a'`,
      [of('old')]: '8',
      [of('address')]: '1',
      [of('team')]: 'id',
      [of('other')]: '(SELECT min(t.id) FROM app_user.team AS t)',
      [of('size')]: 'id::int',
    }
    for (const online of [false, true]) {
      const events: MigEvent[] = []
      await generated(lab, {
        online,
        emit: (event) => events.push(event),
        casts: { using, recreate: [] },
      })
      const told = events.flatMap((each) =>
        each.event === 'warning' && each.code === 'rows-break' ? [each] : [],
      )
      expect(told.map(({ message }) => message).sort()).toEqual(
        ['knows', 'large', 'lives', 'plays', ...(online ? [] : ['profile_nick_key', 'profile_old_key'])].map(
          (name) => `rows of app_user.profile break constraint ${name}: the upgrade fails on this database`,
        ),
      )
      for (const { help } of told) {
        const { rows } = await lab.database.client.query(help?.replace(/^.*they are: /, '') ?? '')
        expect(rows.length, help).toBeGreaterThan(0)
      }
    }
  })
})

describe('the header of a file', () => {
  labTest('names what existing rows may break, and nothing of tables that are new', async ({ lab }) => {
    await withProfile(lab, '')
    await writeModels(lab, {
      'user.sql': `${table}, nick text UNIQUE, team int REFERENCES app_user.fresh (n), CONSTRAINT recent CHECK (joined > '2000-01-01'), CONSTRAINT one_a_day UNIQUE (joined));
        CREATE UNIQUE INDEX profile_month ON app_user.profile (date_trunc('month', joined::timestamp));
        ALTER TABLE app_user.profile ADD CONSTRAINT known FOREIGN KEY (id) REFERENCES app_user.fresh (id);
        CREATE MATERIALIZED VIEW app_user.days AS SELECT joined, count(*) AS n FROM app_user.profile GROUP BY joined;
        CREATE UNIQUE INDEX days_joined ON app_user.days (joined);
        CREATE TABLE app_user.fresh (id bigint PRIMARY KEY, n int NOT NULL CHECK (n > 0), UNIQUE (n));`,
    })
    const { header, warnings } = await headerAndWarnings(lab)
    const notes = header.split('\n').filter((line) => line.includes('Fails where'))
    expect(notes.map((line) => line.replace(' * ', '')).sort()).toEqual([
      'Fails where rows of app_user.profile break constraint known',
      'Fails where rows of app_user.profile break constraint one_a_day',
      'Fails where rows of app_user.profile break constraint recent',
      'Fails where rows of app_user.profile break unique index profile_month',
    ])
    expect(warnings).toEqual([])
  })
})

describe('an enum that loses a value', () => {
  const state = (values: string) =>
    `CREATE TYPE app_user.state AS ENUM (${values}); CREATE TABLE app_user.job (id int PRIMARY KEY, state app_user.state NOT NULL DEFAULT 'open', past app_user.state[]);`
  const few = `'open', 'done'`
  const many = `'open', 'held', 'done'`
  const using = {
    'app_user.job.state': `CASE state WHEN 'held' THEN 'open' ELSE state::text END::app_user.state`,
    'app_user.job.past': `array_remove(past::text[], 'held')::app_user.state[]`,
  }
  const held = `INSERT INTO app_user.job VALUES (1, 'held', '{held,done}'), (2, 'done', NULL)`

  labTest('is told of in the header, with the lock and the rewrite', async ({ lab }) => {
    await startAt(lab, { 'user.sql': state(many) })
    await writeModels(lab, { 'user.sql': state(few) })
    const { header } = await headerAndWarnings(lab)
    expect(header).toContain('Fails where rows of app_user.job break the new type of column state')
    expect(header).toContain('Fails where rows of app_user.job break the new type of column past')
    expect(header).toContain('Locks app_user.job: ACCESS EXCLUSIVE')
    expect(header).toContain('May rewrite app_user.job')
    expect(header).not.toContain('loses')
  })

  labTest('takes what --using says that its rows get', async ({ lab }) => {
    await startAt(lab, { 'user.sql': state(many) })
    await lab.database.client.query(held)
    await writeModels(lab, { 'user.sql': state(few) })
    await generateFiles(lab, { casts: { using, recreate: [] } })
    await lab.upgrade()
    const { rows } = await lab.database.client.query(
      'SELECT id, state::text, past::text FROM app_user.job ORDER BY id',
    )
    expect(rows).toEqual([
      { id: 1, state: 'open', past: '{done}' },
      { id: 2, state: 'done', past: null },
    ])
  })

  labTest('is a decision where a row that a revision made holds it', async ({ lab }) => {
    await writeModels(lab, { 'user.sql': state(many) })
    const { files } = await generateFiles(lab)
    const path = files[0]?.path ?? ''
    const text = await readFile(path, 'utf8')
    await writeFile(
      path,
      text.replace(/(\n\}\n\nexport async function downgrade)/, `\n  await op.execute(\`${held}\`)$1`),
    )
    await lab.upgrade()
    await writeModels(lab, { 'user.sql': state(few) })
    const undecided = generateFiles(lab, { fromHistory: true })
    await expect(undecided).rejects.toMatchObject({
      code: 'decision-needed',
      help: expect.stringContaining('--using app_user.job.'),
    })
    const decided = await generateFiles(lab, { fromHistory: true, casts: { using, recreate: [] } })
    expect(decided.files).toHaveLength(1)
  })
})
