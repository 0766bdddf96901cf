import { execFileSync } from 'node:child_process'
import { describe, expect } from 'vitest'
import type { MigError } from '../../migrations/core/index.ts'
import { givenDecisions } from '../../scripts/cli/decisions.ts'
import { type Lab, labTest } from '../runner/support.ts'
import { generateFiles, startAt, writeModels } from './support/project.ts'

/** What a run asks, where nobody can be asked. */
async function asked(lab: Lab, wishes: Parameters<typeof generateFiles>[1] = {}): Promise<MigError> {
  const error: unknown = await generateFiles(lab, wishes).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'decision-needed', exitCode: 4 })
  return error as MigError
}

/** The decisions of flags that are copied to a shell. */
function copied(flags: string): Parameters<typeof generateFiles>[1] {
  const words = execFileSync('sh', ['-c', `printf '%s\\n' ${flags}`], { encoding: 'utf8' })
    .trim()
    .split('\n')
  const given = (flag: string) => words.flatMap((word, at) => (word === flag ? (words[at + 1] ?? []) : []))
  return givenDecisions({
    flags: { rename: given('--rename'), using: given('--using'), recreate: given('--recreate') },
  })
}

/** What a run ends with that is given expressions. */
function refusedFor(lab: Lab, using: Readonly<Record<string, string>>): Promise<unknown> {
  const casts = { using, recreate: [] }
  return generateFiles(lab, { casts }).catch((thrown: unknown) => thrown)
}

function flagsOf({ facts }: MigError): string {
  return (facts.flags as readonly string[]).join(' ')
}

describe('what a person has to decide', () => {
  labTest('is asked in one run: renames, casts, and values for rows', async ({ lab }) => {
    const before = (columns: string) =>
      `CREATE TABLE app_user.p (id int PRIMARY KEY, n text, "at Time" timestamp, k bigint, joined date, ${columns});`
    await startAt(lab, { 'user.sql': before('title text') })
    await lab.database.client.query(`INSERT INTO app_user.p VALUES (1, 'x', now(), 3, NULL, 't')`)
    await writeModels(lab, {
      'user.sql': `CREATE TABLE app_user.p (id int PRIMARY KEY, n int, "at Time" timestamptz, k uuid, joined date NOT NULL, heading text);`,
    })
    const error = await asked(lab)
    expect(error.message).toMatchInlineSnapshot(`
      "these could be renames, or drops and adds that lose data:
        app_user.p.title=heading
      then, with the answers below:
      type changes whose result depends on settings of the session, such as its time zone or DateStyle:
        app_user.p.at Time
      a type change has no cast, or one that fails for rows that earlier revisions inserted:
        app_user.p.k: cannot cast type bigint to uuid
      rows of the database would have no value in what becomes NOT NULL:
        app_user.p.joined
      rows of the database do not allow a change of type, or an expression of --using:
        app_user.p.n: SQLSTATE 22P02"
    `)
    expect(error.help).toMatchInlineSnapshot(
      `"answer in one run: --rename app_user.p.title=heading --using 'app_user.p.at Time="at Time" AT TIME ZONE '\\''UTC'\\''' --using app_user.p.k='<expression>' --using app_user.p.joined='<expression>' --using app_user.p.n='<expression>'; with --renames=off the rest are drops and adds, and their data is lost; --recreate 'app_user.p.at Time' drops and adds the column, and its data is lost; --recreate app_user.p.k drops and adds the column, and its data is lost ('*' for all); or fill app_user.p.joined in a revision before this one; or change the rows in a revision before this one (just mig-revision "…"), or --recreate app_user.p.n to drop and add the column (its data is lost); other answers may lead to other questions"`,
    )
    expect(error.help).toContain(`: ${flagsOf(error)};`)
    expect(error.facts).toMatchObject({
      renames: [{ kind: 'column', from: 'app_user.p.title', to: 'heading', likeliest: true }],
      fills: ['app_user.p.joined'],
    })
    const values = { n: 'length(n)', k: 'gen_random_uuid()', joined: 'CURRENT_DATE' }
    const flags = flagsOf(error).replaceAll(
      /\.(\w+)='<expression>'/g,
      (_, column: keyof typeof values) => `.${column}='${values[column]}'`,
    )
    const { files } = await generateFiles(lab, copied(flags))
    expect(files).toHaveLength(1)
    expect((await lab.upgrade()).error).toBeUndefined()
    const { rows } = await lab.database.client.query('SELECT n, heading FROM app_user.p')
    expect(rows).toEqual([{ n: 1, heading: 't' }])
  })

  labTest('names what SQL would quote in one way, and takes it in double quotes or not', async ({ lab }) => {
    const order = (columns: string) => `CREATE TABLE app_user."Order's ""x""" (id int, ${columns});`
    await startAt(lab, { 'user.sql': order('"a.b=c" text, n text, r int') })
    await lab.database.client.query(`INSERT INTO app_user."Order's ""x""" VALUES (1, 'x', 'y', 1)`)
    await writeModels(lab, { 'user.sql': order('"a.b=c" int, n int, r uuid, d int NOT NULL') })
    const name = String.raw`'app_user."Order'\''s ""x"""`
    const flags = ['"a.b=c"', 'd', 'n', 'r'].map((column) => `--using ${name}.${column}'='<expression>'`)
    const { facts } = await asked(lab)
    expect([...(facts.flags as readonly string[])].sort()).toEqual(flags)
    expect(await refusedFor(lab, { 'app_user."Order\'s ""x""".e': '1' })).toMatchObject({
      code: 'bad-using',
      help: `columns of app_user."Order's ""x""": a.b=c, id, n, r, d`,
    })
    expect(await refusedFor(lab, { 'app_user."Order.n': '1' })).toMatchObject({ code: 'bad-flag' })
    const quoted = flags.map((flag) => flag.replace('<expression>', '1').replace('app_user', '"app_user"'))
    const words = [...quoted.slice(0, 3), `--recreate ${name}."r"'`].join(' ')
    expect((await generateFiles(lab, copied(words))).files).toHaveLength(1)
  })

  labTest('has the columns of a table that is renamed', async ({ lab }) => {
    await startAt(lab, { 'user.sql': 'CREATE TABLE app_user.category (id int, name text);' })
    await writeModels(lab, { 'user.sql': 'CREATE TABLE app_user.topic (id int, title varchar(9));' })
    const error = await asked(lab)
    expect(flagsOf(error)).toBe('--rename app_user.category=topic --rename app_user.topic.name=title')
    expect((await generateFiles(lab, copied(flagsOf(error)))).files).toHaveLength(1)
  })

  labTest('has what rows of earlier revisions need beside what has no cast', async ({ lab }) => {
    await startAt(lab, {
      'user.sql': `CREATE TABLE app_user.a (id int PRIMARY KEY, n bigint, v int, w int); INSERT INTO app_user.a VALUES (1, 2, 3, NULL);`,
    })
    await writeModels(lab, {
      'user.sql': `CREATE TABLE app_user.a (id int PRIMARY KEY, n uuid, v int CHECK (v < 0), w int NOT NULL, z int NOT NULL);`,
    })
    const error = await asked(lab)
    expect(error.facts).toMatchObject({
      casts: [{ column: 'app_user.a.n' }],
      fills: expect.arrayContaining(['app_user.a.w', 'app_user.a.z']),
      violations: [{ table: 'app_user.a' }],
    })
    expect(error.help).toContain('--recreate app_user.a')
  })

  labTest('says where the run could not look further', async ({ lab }) => {
    await startAt(lab, {
      'user.sql': 'CREATE TABLE app_user.p (id int, n text); CREATE TABLE app_user.q (a int);',
    })
    await writeModels(lab, {
      'user.sql': 'CREATE TABLE app_user.q (b int);',
      'message.sql': 'CREATE TABLE app_message.p (id int, n text);',
    })
    const error = await asked(lab, { filter: ['user'] })
    expect(flagsOf(error)).toBe('--rename app_user.q.a=b')
    expect(error.help).toContain('a move needs both lines: just mig-autogen "…" user,message')
    expect(error.help).toContain('what else is open is asked in the next run')
  })
})
