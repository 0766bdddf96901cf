import { describe, expect } from 'vitest'
import { checkProject } from '../../migrations/core/check/index.ts'
import { type EnvironmentOptions, usingSession } from '../../migrations/core/index.ts'
import { labTest } from '../runner/support.ts'
import { generateFiles, startAt, writeModels } from './support/project.ts'

const models = { 'user.sql': 'CREATE TABLE app_user.profile (id bigint PRIMARY KEY, name text);' }

describe('what is excluded', () => {
  labTest('is left alone by kind and by function, on either side', async ({ lab }) => {
    await startAt(lab, models)
    await lab.database.client.query(`
      CREATE FUNCTION app_user.stamp() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
      CREATE TRIGGER stamp BEFORE INSERT ON app_user.profile FOR EACH ROW EXECUTE FUNCTION app_user.stamp();
      CREATE INDEX by_hand ON app_user.profile (name);
      CREATE MATERIALIZED VIEW app_user.report AS SELECT 1 AS n;`)
    const settings: Partial<EnvironmentOptions> = {
      excludeKinds: ['trigger', 'materialized view'],
      exclude: ({ kind, schema, name }) =>
        schema === 'app_user' && (kind === 'function' || (kind === 'index' && name === 'by_hand')),
    }
    expect((await generateFiles(lab, {}, settings)).files).toEqual([])
    const { changes } = await generateFiles(lab, {}, { ...settings, excludeKinds: ['trigger'] })
    expect(changes.map(({ verb, kind }) => `${verb} ${kind}`)).toEqual(['drop materialized view'])
  })

  labTest('is part of what the kept answer of a check is for', async ({ lab }) => {
    await startAt(lab, models)
    await writeModels(lab, {
      'user.sql': `${models['user.sql']} CREATE TABLE app_user.kombu_queue (id int);`,
    })
    const drifted = async (settings: Partial<EnvironmentOptions>) => {
      const project = await lab.project(settings)
      const { drift } = await usingSession(project.env, {}, (session) =>
        checkProject(session, project, { privileges: false }),
      )
      return drift.map(({ line }) => line)
    }
    // Without the table in view the database has what is kept; with it, the same database differs.
    expect(await drifted({ excludeTables: ['kombu_*'] })).toEqual([])
    expect(await drifted({})).toEqual(['user'])
    expect(await drifted({ excludeKinds: ['table'] })).toEqual([])
    expect(await drifted({ exclude: ({ name }) => name === 'kombu_queue' })).toEqual([])
    expect(await drifted({ exclude: ({ name }) => name === 'another' })).toEqual(['user'])
    expect(await drifted({ excludeTables: ['kombu_*'] })).toEqual([])
  })

  labTest('is named by kinds that there are', async ({ lab }) => {
    await writeModels(lab, models)
    await expect(generateFiles(lab, {}, { excludeKinds: ['triger'] })).rejects.toMatchObject({
      code: 'bad-setting',
      help: 'did you mean "trigger"?',
    })
  })
})

describe('the hook that rewrites statements', () => {
  labTest(
    'gets each direction with the difference, and what it gives back is proved and written',
    async ({ lab }) => {
      await writeModels(lab, models)
      const asked: string[] = []
      const { files } = await generateFiles(
        lab,
        {},
        {
          rewriteStatements: ({ line, direction, sections, changes }) => {
            asked.push(`${line} ${direction} ${changes.map(({ kind, name }) => `${kind} ${name}`).join()}`)
            return direction === 'downgrade'
              ? sections
              : [{ autocommit: false, statements: [`SET LOCAL work_mem = '64MB'`] }, ...sections]
          },
        },
      )
      expect(asked).toEqual(['user upgrade table app_user.profile', 'user downgrade table app_user.profile'])
      expect(files[0]?.text).toContain("await op.execute(`SET LOCAL work_mem = '64MB'`)")
    },
  )

  labTest('cannot make the proof pass by what does not lead to the models', async ({ lab }) => {
    await writeModels(lab, models)
    const nothing = { rewriteStatements: () => [] }
    await expect(generateFiles(lab, {}, nothing)).rejects.toMatchObject({ code: 'proof-failed', exitCode: 5 })
    const wrong = { rewriteStatements: () => ['SELECT 1'] } as unknown as Partial<EnvironmentOptions>
    await expect(generateFiles(lab, {}, wrong)).rejects.toMatchObject({ code: 'bad-rewrite' })
  })
})
