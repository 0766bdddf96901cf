import { expect } from 'vitest'
import { checkProject } from '../../migrations/core/check/index.ts'
import { type EmitEvent, usingSession } from '../../migrations/core/index.ts'
import { labTest } from '../runner/support.ts'
import { generateFiles, writeModels } from './support/project.ts'

const settings = { schemas: { app: 'app', other: 'other' } }

labTest('a key with tables and without models is refused; an empty file is an answer', async ({ lab }) => {
  await lab.database.client.query('CREATE SCHEMA other; CREATE TABLE other.kept (id int)')
  await writeModels(lab, {
    'app.sql': 'CREATE TABLE app.t (id int PRIMARY KEY); INSERT INTO app.t VALUES (1);',
  })
  const refused = {
    code: 'no-models-of-key',
    exitCode: 2,
    message: 'key other has no models, and schema other has tables (kept), which would all be dropped',
    help: expect.stringMatching(/other\.sql.*empty.*just mig-check app$/),
  }
  await expect(generateFiles(lab, {}, settings)).rejects.toMatchObject(refused)
  const project = await lab.project(settings)
  const warnings: string[] = []
  const emit: EmitEvent = (event) => {
    if (event.event === 'warning') warnings.push(event.code)
  }
  const check = () =>
    usingSession(project.env, { emit }, (session) => checkProject(session, project, { privileges: false }))
  await expect(check()).rejects.toMatchObject(refused)
  expect(warnings.splice(0)).toEqual(['rows-in-models'])
  await writeModels(lab, { 'other.sql': '' })
  const { drift } = await check()
  expect(drift.map(({ line }) => line)).toEqual(['app', 'other'])
})

labTest('Drizzle: bigint defaults, and policies for a role', async ({ lab }) => {
  await lab.database.client.query(
    `DO $$ BEGIN CREATE ROLE case_reader; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$`,
  )
  await writeModels(lab, {
    'app.ts': `import { bigint, integer, pgPolicy, pgRole, pgSchema } from 'drizzle-orm/pg-core'
      import { sql } from 'drizzle-orm'
      export const reader = pgRole('case_reader').existing()
      const app = pgSchema('app')
      export const t = app.table('t', {
        id: integer().primaryKey(),
        n: bigint({ mode: 'bigint' }).notNull().default(-9007199254740993n),
        many: bigint({ mode: 'bigint' }).array().default([1n, 2n]),
      }, () => [pgPolicy('mine', { for: 'select', to: reader, using: sql\`true\` })])`,
  })
  const { files } = await generateFiles(lab, {}, settings)
  const text = files.map((file) => file.text).join('\n')
  expect(text).toMatch(/n +bigint +NOT NULL DEFAULT '?-9007199254740993/)
  expect(text).toContain(`'{1,2}'::bigint[]`)
  expect(text).toContain('CREATE POLICY mine ON app.t FOR SELECT TO case_reader')
})
