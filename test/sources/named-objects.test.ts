import { expect, test } from 'vitest'
import { objectsNamed } from '../../migrations/core/sources/named-objects.ts'
import { silentStatements } from '../../migrations/core/sources/silent-statements.ts'

/** Where `it` is an object of the schema. */
test.each([
  'CREATE TABLE t (a it)',
  'CREATE TABLE t (it text, a app.it NOT NULL)',
  'CREATE TABLE t (it it)',
  'CREATE TABLE t (a int) INHERITS (other, it)',
  'CREATE TABLE t (a int REFERENCES app.it (a))',
  'CREATE TABLE t PARTITION OF it DEFAULT',
  "CREATE TABLE t (a text DEFAULT 'a'::app.it)",
  'CREATE VIEW v AS SELECT it FROM other, app."it"',
  'CREATE VIEW v AS SELECT a FROM other JOIN it USING (a)',
  'CREATE VIEW v AS SELECT CAST (a AS it) FROM t',
  'CREATE DOMAIN d AS it',
  'CREATE FUNCTION f(it) RETURNS int',
  'CREATE FUNCTION f(a int, b app.it DEFAULT NULL) RETURNS int',
  'CREATE FUNCTION f() RETURNS SETOF it',
  'CREATE TRIGGER g BEFORE INSERT ON it FOR EACH ROW EXECUTE FUNCTION f()',
  'CREATE INDEX ON app.it (a)',
  'CREATE AGGREGATE total(it) (SFUNC = f, STYPE = int)',
  'ALTER TABLE t ADD COLUMN a it',
  'COMMENT ON TYPE it IS NULL',
])('an object is named in %s', (sql) => {
  expect(objectsNamed(sql)).toContain('it')
})

test.each([
  'CREATE TABLE t (it text)',
  'CREATE TABLE t (a int, "it" text, CHECK (it > 0), PRIMARY KEY (a, it))',
  'CREATE UNLOGGED TABLE t (a int, it text)',
  'CREATE INDEX ON t (a, it) WHERE it IS NOT NULL',
  'CREATE VIEW v (it) AS SELECT a AS it, t.it FROM t WHERE a = it ORDER BY it',
  'CREATE FUNCTION f(it text, a int) RETURNS int',
  'CREATE POLICY p ON t USING (it = 1 AND it < 2)',
  'ALTER TABLE t ADD it text',
  'ALTER TABLE t ALTER COLUMN it SET NOT NULL',
  'COMMENT ON COLUMN t.it IS NULL',
  'CREATE TYPE pair AS (it text, other int)',
])('no object is named in %s', (sql) => {
  expect(objectsNamed(sql)).not.toContain('it')
})

test('a column with the name of a domain that is left out does not make it needed', () => {
  const silent = (columns: string) => {
    const texts = ['CREATE DOMAIN app.email AS text', `CREATE TABLE app.t (${columns})`]
    const statements = texts.map((sql) => ({ sql, file: 's.sql', line: undefined }))
    return silentStatements([{ path: 's.sql', key: 'app', keyed: true, statements }], {
      models: { sources: [{ key: 'app', source: 's.sql', silentOn: ['domain'] }] },
      lines: [{ key: 'app', schema: 'app', tenant: false }],
    }).map(({ word }) => word)
  }
  expect(silent('email text')).toEqual(['domain'])
  expect(silent('email app.email')).toEqual([])
})
