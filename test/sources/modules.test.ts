import { describe, expect, test } from 'vitest'
import { readFiles, refusalOf } from './support.ts'

const car =
  "import { pgTable, text } from 'drizzle-orm/pg-core'\nexport const car = pgTable('car', { id: text('id').primaryKey() })\n"
const createCar = 'CREATE TABLE "car" ( "id" text PRIMARY KEY NOT NULL )'

describe('of a module with Drizzle objects', () => {
  test('strings are no SQL, and those that look like it are told of', async () => {
    const { sql, warnings } = await readFiles({
      'migrations/models/app.ts': `${car}
        export const onExpiry = 'drop table car'
        export const colours = ['red', 'green'] as const
        export const RULE = 'Names may only hold letters'`,
    })
    expect(sql).toEqual([createCar])
    expect(warnings).toEqual(['strings-passed-over'])
  })

  test('sql of Drizzle and of this package is, and a part of a query is not', async () => {
    const { sql, warnings } = await readFiles({
      'ddl.ts': `const mark = Symbol.for('just-mig:ddl')
        export const sql = (parts: TemplateStringsArray) => ({ [mark]: parts.join('') })`,
      'migrations/models/app.ts': `${car}
        import { sql } from 'drizzle-orm'
        import { sql as ddl } from '../../ddl.ts'
        export const comment = sql\`COMMENT ON TABLE \${car} IS \${'a car'}\`
        export const now = sql\`now()\`
        export const index = ddl\`CREATE INDEX ON car (id)\``,
    })
    expect(sql).toEqual([createCar, `COMMENT ON TABLE "car" IS 'a car'`, 'CREATE INDEX ON car (id)'])
    expect(warnings).toEqual([])
  })

  test('objects and lists that hold them are looked into, whoever else exports the same', async () => {
    const { sql } = await readFiles(
      {
        'src/car.ts': `${car}export const drivers = { get secret(): string { throw new Error('of the server') } }`,
        'src/door.ts':
          "import { pgTable, text } from 'drizzle-orm/pg-core'\nconst door = pgTable('door', { id: text('id') })\nexport default [{ app: { door } }]",
        'src/index.ts':
          "import { car } from './car'\nexport * from './car'\nexport const schema = { car }\nexport { default } from './door'",
      },
      ['../src'],
    )
    expect(sql).toEqual([createCar, 'CREATE TABLE "door" ( "id" text )'])
  })

  test('a table that two files define is refused with both, unless they say the same', async () => {
    const files = {
      'src/a.ts': car,
      'src/b.ts': car.replace('.primaryKey() }', ".primaryKey(), n: text('n') }"),
    }
    expect(await refusalOf(readFiles(files, ['../src/*.ts']))).toMatchObject({
      code: 'duplicate-model',
      message: expect.stringMatching(/^car is defined twice: in .*a\.ts:2 \(car\) and in .*b\.ts:2 \(car\)$/),
    })
    expect(await readFiles({ ...files, 'src/b.ts': car }, ['../src/*.ts'])).toMatchObject({
      sql: [createCar],
    })
  })

  test('constants and helpers are imported, and need no models of their own', async () => {
    const { sql, warnings } = await readFiles(
      {
        'src/names.ts': "export const table = 'car'\nexport default 'public'",
        'src/columns.ts':
          "import { text } from 'drizzle-orm/pg-core'\nexport const id = () => text('id').primaryKey()",
        'src/car.ts':
          "import { pgTable } from 'drizzle-orm/pg-core'\nimport { id } from './columns'\nimport { table } from './names'\nexport const car = pgTable(table, { id: id() })",
      },
      ['../src/**/*.ts'],
    )
    expect(sql).toEqual([createCar])
    expect(warnings).toEqual([])
  })
})

describe('a module without Drizzle objects', () => {
  test('says SQL in strings, lists and its default export, once', async () => {
    const { sql } = await readFiles({
      'migrations/models/car.ts': "export const car = 'CREATE TABLE car (id int)'",
      'migrations/models/index.ts':
        "export * from './car'\nexport default ['CREATE TABLE door (id int)', 'CREATE TABLE roof (id int)']",
    })
    expect(sql.toSorted()).toEqual(['car', 'door', 'roof'].map((name) => `CREATE TABLE ${name} (id int)`))
  })

  test('of another database is named as such', async () => {
    const sqlite =
      "import { sqliteTable, text } from 'drizzle-orm/sqlite-core'\nexport const car = sqliteTable('car', { id: text() })"
    expect(await refusalOf(readFiles({ 'migrations/models/app.ts': sqlite }))).toMatchObject({
      code: 'empty-model',
      message: expect.stringContaining('exports a SQLiteTable, which is not of PostgreSQL'),
    })
  })
})

describe('names of columns that have none', () => {
  const schema =
    "import { pgTable, text } from 'drizzle-orm/pg-core'\nexport const car = pgTable('car', { builtAt: text() })"
  const config = (text: string) => ({ 'src/schema.ts': schema, 'drizzle.config.ts': text })
  const column = async (files: Readonly<Record<string, string>>, ...more: ['camelCase'] | []) =>
    (await readFiles(files, ['../src/schema.ts'], ...more)).sql

  test('are as drizzle.config.ts says, or env.ts before it', async () => {
    const snake = config(
      "import { defineConfig } from 'drizzle-kit'\nexport default defineConfig({ dialect: 'postgresql', schema: './src/schema.ts', casing: 'snake_case' })",
    )
    expect(await column(snake)).toEqual(['CREATE TABLE "car" ( "built_at" text )'])
    expect(await column(snake, 'camelCase')).toEqual(['CREATE TABLE "car" ( "builtAt" text )'])
  })

  test('are known where drizzle.config.ts insists on the address of a database', async () => {
    const insists = `const url = process.env.JUST_MIG_TEST_POSTGRES_URL
      if (!url) throw new Error('no database')
      export default { dialect: 'postgresql', casing: 'snake_case', dbCredentials: { url: new URL(url) } }`
    expect(await column(config(insists))).toEqual(['CREATE TABLE "car" ( "built_at" text )'])
  })

  test('do not need a drizzle.config.ts that does not speak of them', async () => {
    const throws = "throw new Error('DATABASE_URL is not set')"
    expect(await column(config(throws))).toEqual(['CREATE TABLE "car" ( "builtAt" text )'])
    expect(
      await refusalOf(column(config(`${throws}\nexport default { casing: 'snake_case' }`))),
    ).toMatchObject({
      code: 'drizzle-config',
      message: expect.stringContaining('DATABASE_URL is not set'),
    })
  })
})
