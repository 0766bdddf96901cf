import { describe, expect } from 'vitest'
import { type Lab, labTest, revision } from '../runner/support.ts'
import { generateFiles, writeModels } from './support/project.ts'

/** The body of an upgrade that runs some SQL. */
const sql = (text: string) => `await op.execute(${JSON.stringify(text)})`

async function rowsOf(lab: Lab, table: string): Promise<readonly unknown[]> {
  return (await lab.database.client.query(`SELECT * FROM ${table}`)).rows
}

const table = 'CREATE TABLE p (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, n text);'
const before = {
  'user.sql': `SET search_path = app_user; ${table} CREATE TABLE other (id int PRIMARY KEY); RESET search_path`,
  'message.sql': 'CREATE TABLE app_message.z (id int PRIMARY KEY);',
}
const after = {
  'user.sql': 'CREATE TABLE app_user.other (id int PRIMARY KEY, x date);',
  'message.sql': `SET search_path = app_message; ${table} CREATE TABLE z (id int PRIMARY KEY);`,
}

describe('renames on a project', () => {
  labTest('a table moves to the line of its new schema, with its rows, and back', async ({ lab }) => {
    await lab.write({
      'user/aaaa00000001_p.ts': revision('aaaa00000001', null, sql(before['user.sql'])),
      'message/bbbb00000001_z.ts': revision('bbbb00000001', null, sql(before['message.sql'])),
    })
    await lab.upgrade()
    await lab.database.client.query("INSERT INTO app_user.p (n) VALUES ('a')")
    await writeModels(lab, after)

    const renames = { given: { 'app_user.p': 'app_message.p' }, others: 'ask' } as const
    const moved = await generateFiles(lab, { renames })
    const message = moved.files.find(({ line }) => line === 'message')
    expect(message?.text).toContain('ALTER TABLE app_user.p SET SCHEMA app_message')
    expect(message?.dependsOn).toEqual(['aaaa00000001'])
    expect(moved.files.map(({ text }) => text).join()).not.toContain('DROP TABLE')
    expect(moved.changes[0]).toMatchObject({ verb: 'rename', kind: 'table', name: 'app_user.p' })
    expect((await lab.upgrade()).error).toBeUndefined()
    expect(await rowsOf(lab, 'app_message.p')).toEqual([{ id: 1, n: 'a' }])
    await lab.database.client.query("INSERT INTO app_message.p (n) VALUES ('b')")

    const down = await lab.run({ direction: 'downgrade', target: `-${moved.files.length}` })
    expect(down.error).toBeUndefined()
    expect(await rowsOf(lab, 'app_user.p')).toEqual([
      { id: 1, n: 'a' },
      { id: 2, n: 'b' },
    ])
  })

  labTest(
    'a table that moves to a line outside of the filter, or from one, is asked about',
    async ({ lab }) => {
      await lab.write({
        'user/aaaa00000001_p.ts': revision('aaaa00000001', null, sql(before['user.sql'])),
        'message/bbbb00000001_z.ts': revision('bbbb00000001', null, sql(before['message.sql'])),
      })
      await lab.upgrade()
      await writeModels(lab, after)
      const ask = (given: Readonly<Record<string, string>>) =>
        ({ renames: { given, others: 'ask' } }) as const
      const move = [{ kind: 'table', from: 'app_user.p', to: 'app_message.p' }]
      for (const filter of [['user'], ['message']]) {
        const refused = generateFiles(lab, { filter, ...ask({}) })
        await expect(refused).rejects.toMatchObject({
          code: 'decision-needed',
          exitCode: 4,
          facts: { moves: move },
          help: expect.stringContaining('"…" user,message --rename app_user.p=app_message.p'),
        })
        const given = generateFiles(lab, { filter, ...ask({ 'app_user.p': 'app_message.p' }) })
        await expect(given).rejects.toMatchObject({
          code: 'outside-filter',
          help: expect.stringContaining('user,message'),
        })
      }
      const off = await generateFiles(lab, { filter: ['user'], renames: { given: {}, others: 'off' } })
      expect(off.files.map(({ line }) => line)).toEqual(['user'])
      expect(off.files[0]?.text).toContain('DROP TABLE app_user.p')
    },
  )

  labTest('a table that goes is not a move to one that is not like it', async ({ lab }) => {
    await lab.write({ 'user/aaaa00000001_p.ts': revision('aaaa00000001', null, sql(before['user.sql'])) })
    await lab.upgrade()
    await writeModels(lab, {
      'user.sql': 'CREATE TABLE app_user.other (id int PRIMARY KEY);',
      'message.sql': 'CREATE TABLE app_message.delivery (sent date, receipt bytea);',
    })
    const { files } = await generateFiles(lab, { filter: ['user'] })
    expect(files[0]?.text).toContain('DROP TABLE app_user.p')
  })

  labTest('a rename is obeyed with --from-history and with --online', async ({ lab }) => {
    await lab.write({ 'user/aaaa00000001_p.ts': revision('aaaa00000001', null, sql(before['user.sql'])) })
    await writeModels(lab, {
      'user.sql': `SET search_path = app_user; CREATE TABLE q (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, note varchar(9));
        CREATE INDEX q_note_idx ON q (note); CREATE TABLE other (id int PRIMARY KEY);`,
    })
    const given = { 'app_user.p': 'q', 'app_user.p.n': 'note' }
    const renames = { given, others: 'ask' } as const
    const { files } = await generateFiles(lab, { renames, fromHistory: true, online: true })
    expect(files.map(({ line }) => line)).toEqual(['user'])
    expect(files[0]?.text).toContain('ALTER TABLE app_user.p RENAME COLUMN n TO note')
    expect(files[0]?.text).toContain('ALTER TABLE app_user.p RENAME TO q')
    expect(files[0]?.text).toContain('CREATE INDEX CONCURRENTLY')
    expect(files[0]?.text).not.toMatch(/DROP (TABLE|COLUMN|SEQUENCE)/)
  })
})
