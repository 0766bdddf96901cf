import { describe, expect } from 'vitest'
import { labTest } from '../runner/support.ts'
import { generateFiles, startAt, writeModels } from './support/project.ts'

const types = `CREATE TYPE app_user.mood AS ENUM ('ok', 'bad');
  CREATE TYPE app_user."Mood" AS ENUM ('ok', 'bad');
  CREATE TYPE app_user.pair AS (a int, b int);
  CREATE DOMAIN app_user.label AS text;
  CREATE DOMAIN app_user.filled AS text CHECK (VALUE <> '');
  CREATE DOMAIN app_user.short AS app_user.filled;
  CREATE DOMAIN app_user.given AS text DEFAULT 'a' NOT NULL;`
const table = (columns: string) => `${types} CREATE TABLE app_user.t (id int PRIMARY KEY${columns});`

describe('a column that is added', () => {
  labTest.for([
    ['app_user.mood NOT NULL', `'ok'`, false],
    ['app_user."Mood"', `'ok'`, false],
    ['app_user.mood[]', `'{}'`, false],
    ['app_user.pair', `'(1,2)'`, false],
    ['app_user.label', `'a'`, false],
    ['app_user.filled[]', `'{}'`, false],
    ['app_user.filled', `'a'`, true],
    ['app_user.filled', undefined, true],
    ['app_user.short', `'a'`, true],
    ['app_user.given', `'a'`, true],
    ['int', '(random() * 10)::int', true],
    ['int', '7', false],
  ] as const)(
    '%s with the default %s: the header says if the table is rewritten',
    async (column, { lab }) => {
      const [type, value, isRewritten] = column
      await startAt(lab, { 'user.sql': table('') })
      await lab.database.client.query('INSERT INTO app_user.t VALUES (1)')
      await writeModels(lab, {
        'user.sql': table(`, c ${type}${value === undefined ? '' : ` DEFAULT ${value}`}`),
      })
      const file = async () =>
        (await lab.database.client.query(`SELECT pg_relation_filenode('app_user.t') AS file`)).rows
      const { files } = await generateFiles(lab)
      const before = await file()
      expect((await lab.upgrade()).error).toBeUndefined()
      expect({
        said: files[0]?.text.includes('May rewrite app_user.t:'),
        done: JSON.stringify(await file()) !== JSON.stringify(before),
      }).toEqual({ said: isRewritten, done: isRewritten })
    },
  )
})
