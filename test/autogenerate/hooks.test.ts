import { describe, expect } from 'vitest'
import type { EnvironmentOptions } from '../../migrations/core/index.ts'
import { labTest } from '../runner/support.ts'
import { generateFiles, writeModels } from './support/project.ts'

const models = { 'user.sql': 'CREATE TABLE app_user.profile (id bigint PRIMARY KEY, name text);' }

describe('what is excluded', () => {
  labTest('is left alone by kind and by function, on either side', async ({ lab }) => {
    await writeModels(lab, models)
    await generateFiles(lab)
    await lab.upgrade()
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
