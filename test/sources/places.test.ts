import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect } from 'vitest'
import type { EnvironmentOptions, MigEvent } from '../../migrations/core/index.ts'
import { generateFiles } from '../autogenerate/support/project.ts'
import { type Lab, labTest } from '../runner/support.ts'

async function write(lab: Lab, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(lab.root, name)), { recursive: true })
    await writeFile(join(lab.root, name), text)
  }
}

/** What is generated of models at a place, and what is told on the way. */
async function generated(lab: Lab, settings: Partial<EnvironmentOptions>) {
  const events: MigEvent[] = []
  const { files } = await generateFiles(
    lab,
    { fromHistory: true, emit: (event) => events.push(event) },
    settings,
  )
  const warnings = events.flatMap((event) => (event.event === 'warning' ? [event.code] : []))
  return { sql: files.map(({ text }) => text).join('\n'), warnings }
}

const car = `import { pgSchema, integer, text } from 'drizzle-orm/pg-core'
  export const car = pgSchema('app_user').table('car', { id: integer().primaryKey(), ownerName: text() })`

describe('models where a project has them', () => {
  labTest(
    'a file, a glob and a list are read, and names without a schema are of their key',
    async ({ lab }) => {
      await write(lab, {
        'src/db/car.table.ts': car,
        'src/db/helper.ts': 'export const unused = "DROP TABLE nowhere"',
        'policies/a.sql': 'CREATE TABLE one (id int);',
        'policies/b.sql': 'CREATE TABLE two (id int);',
      })
      const { sql } = await generated(lab, {
        models: { user: ['../src/db/*.table.ts', '../policies/a.sql'], message: '../policies/b.sql' },
        drizzleCasing: 'snake_case',
      })
      expect(sql).toContain('CREATE TABLE app_user.one')
      expect(sql).toContain('CREATE TABLE app_message.two')
      expect(sql).toMatch(/CREATE TABLE app_user\.car[\s\S]*owner_name text/)
      expect(sql).not.toContain('nowhere')
    },
  )

  labTest('a package is read, by what its package.json exports', async ({ lab }) => {
    await write(lab, {
      'node_modules/@acme/db/package.json':
        '{ "name": "@acme/db", "exports": { "./schema": "./src/schema.ts" } }',
      'node_modules/@acme/db/src/schema.ts': car,
      'migrations/versions/user/.keep': '',
    })
    const { sql } = await generated(lab, { models: '@acme/db/schema' })
    expect(sql).toMatch(/CREATE TABLE app_user\.car[\s\S]*"ownerName" text/)
  })

  labTest('of a module with tables, plain text is told about, and marked text counts', async ({ lab }) => {
    await write(lab, {
      'src/schema.ts': `${car}\n
        import { sql } from 'drizzle-orm'
        export const touch = sql\`CREATE INDEX car_owner ON app_user.car ("ownerName")\`
        export const now = sql\`now()\`
        export const onExpiry = 'DROP TABLE app_user.car'`,
    })
    const { sql, warnings } = await generated(lab, { models: '../src/schema.ts' })
    expect(sql).toContain('CREATE INDEX car_owner')
    expect(sql).toContain('CREATE TABLE app_user.car')
    expect(warnings).toContain('strings-passed-over')
  })

  const refused: readonly [models: unknown, code: string, text: RegExp][] = [
    ['../src/schem', 'no-models', /is not there/],
    ['../src/*.nothing', 'no-models', /matches no model file/],
    [{ usr: 'models' }, 'unknown-schema', /"usr", which the schema map does not have/],
    [[], 'bad-setting', /names no source/],
    [[''], 'bad-setting', /holds "", which is not a source/],
    [{ user: 7 }, 'bad-setting', /"models.user" in env.ts holds 7/],
    [[{ build: 'make schema' }], 'bad-setting', /which is not a source/],
  ]
  labTest('what is not a source is refused with what is wrong', async ({ lab }) => {
    await write(lab, { 'src/schema.ts': car })
    for (const [models, code, text] of refused) {
      const settings = { models } as Partial<EnvironmentOptions>
      await expect(generated(lab, settings), JSON.stringify(models)).rejects.toMatchObject({
        code,
        message: expect.stringMatching(text),
      })
    }
  })
})
