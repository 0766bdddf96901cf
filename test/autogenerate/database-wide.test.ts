import { expect } from 'vitest'
import { checkProject } from '../../migrations/core/check/index.ts'
import { usingSession } from '../../migrations/core/index.ts'
import { labTest } from '../runner/support.ts'
import { generateFiles, writeModels } from './support/project.ts'

const settings = { schemas: { app: 'app', shop: 'shop' } }
const models = {
  'app.sql': 'CREATE TABLE app.t (id int PRIMARY KEY);',
  'shop.sql': `CREATE TABLE shop.t (id int PRIMARY KEY); CREATE TABLE shop.u (id int PRIMARY KEY, n int);
    CREATE EXTENSION citext;
    CREATE PUBLICATION pb FOR TABLE shop.t, shop.u (id);`,
}

labTest('what models declare of the whole database is checked, also with a kept result', async ({ lab }) => {
  await writeModels(lab, models)
  await generateFiles(lab, {}, settings)
  expect((await lab.upgrade({ settings })).error).toBeUndefined()
  const { client } = lab.database
  const check = async () => {
    const project = await lab.project(settings)
    const { drift } = await usingSession(project.env, {}, (session) =>
      checkProject(session, project, { privileges: false }),
    )
    return drift.flatMap(({ changes }) =>
      (changes ?? []).map(({ verb, kind, name }) => `${verb} ${kind} ${name}`),
    )
  }
  expect(await check()).toEqual([])
  // Others' objects are none of ours.
  await client.query('CREATE EXTENSION hstore; CREATE PUBLICATION others FOR ALL TABLES')
  expect(await check()).toEqual([])
  const byHand = async (done: string, undone: string) => {
    await client.query(done)
    const found = await check()
    await client.query(undone)
    expect(await check()).toEqual([])
    return found
  }
  expect(await byHand('DROP EXTENSION citext', 'CREATE EXTENSION citext SCHEMA shop')).toMatchObject([
    'add extension citext',
  ])
  expect(
    await byHand(
      "ALTER PUBLICATION pb SET (publish = 'insert')",
      "ALTER PUBLICATION pb SET (publish = 'insert, update, delete, truncate')",
    ),
  ).toEqual(['change publication pb'])
  expect(
    await byHand('ALTER PUBLICATION pb DROP TABLE shop.u', 'ALTER PUBLICATION pb ADD TABLE shop.u (id)'),
  ).toHaveLength(1)
  await writeModels(lab, { ...models, 'shop.sql': models['shop.sql'].replace('shop.u (id)', 'shop.u') })
  expect(await check()).not.toEqual([])
})
