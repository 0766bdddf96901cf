import { describe, expect, test } from 'vitest'
import { readAlembicRevision } from '../../../migrations/core/adopt/alembic/revision-file.ts'
import { importAlembic } from '../../../migrations/core/adopt/index.ts'
import { applyPlan, planRun } from '../../../migrations/core/runner/index.ts'
import { alembicFile } from '../support/alembic.ts'
import { projectTest } from '../support/project.ts'

function upgradeOf(upgrade: string, head: string): readonly string[] {
  const parts = readAlembicRevision(alembicFile({ id: 'a', upgrade, head }), 'a.py')?.upgrade ?? []
  return parts.map((part) =>
    part.kind === 'sql' ? part.sql : part.kind === 'unconverted' ? `? ${part.reason}` : '',
  )
}

describe('an entity of alembic_utils', () => {
  const head = `
from alembic_utils.pg_extension import PGExtension
from alembic_utils.pg_function import PGFunction
from alembic_utils.pg_materialized_view import PGMaterializedView
from alembic_utils.pg_policy import PGPolicy
from alembic_utils.pg_trigger import PGTrigger
from alembic_utils.pg_view import PGView

schema = 'app'
touch = PGFunction(schema=schema, signature='touch(a int default 1, b text)', definition="RETURNS int LANGUAGE sql AS $$ SELECT 1::int $$;")
view = PGView(schema='App', signature='Names', definition='SELECT 1 AS a')
counts = PGMaterializedView(schema=schema, signature='counts', definition='SELECT 1 AS a', with_data=False)
trigger = PGTrigger(schema=schema, signature='t_touch', on_entity='t', is_constraint=False, definition='BEFORE UPDATE ON app.t FOR EACH ROW EXECUTE FUNCTION app.f()')
policy = PGPolicy(schema=schema, signature='mine', on_entity='app.t', definition='USING (true)')
citext = PGExtension(schema='public', signature='citext')
computed = PGView(schema=schema, signature='v', definition=str(query))
`
  test.each([
    [
      'op.create_entity(touch)',
      ['CREATE FUNCTION app.touch(a int default 1, b text) RETURNS int LANGUAGE sql AS $$ SELECT 1::int $$'],
    ],
    [
      'op.replace_entity(touch)',
      [
        'CREATE OR REPLACE FUNCTION app.touch(a int default 1, b text) RETURNS int LANGUAGE sql AS $$ SELECT 1::int $$',
      ],
    ],
    ['op.drop_entity(touch)', ['DROP FUNCTION app.touch(a int, b text)']],
    ['op.create_entity(view)', ['CREATE VIEW "App"."Names" AS SELECT 1 AS a']],
    ['op.replace_entity(view)', ['DROP VIEW "App"."Names"', 'CREATE VIEW "App"."Names" AS SELECT 1 AS a']],
    ['op.create_entity(counts)', ['CREATE MATERIALIZED VIEW app.counts AS SELECT 1 AS a WITH NO DATA']],
    ['op.drop_entity(counts, cascade=True)', ['DROP MATERIALIZED VIEW app.counts CASCADE']],
    [
      'op.create_entity(trigger)',
      ['CREATE TRIGGER t_touch BEFORE UPDATE ON app.t FOR EACH ROW EXECUTE FUNCTION app.f()'],
    ],
    ['op.drop_entity(trigger)', ['DROP TRIGGER t_touch ON app.t']],
    ['op.create_entity(policy)', ['CREATE POLICY mine ON app.t USING (true)']],
    ['op.create_entity(citext)', ['CREATE EXTENSION citext WITH SCHEMA public']],
    ['op.drop_entity(computed)', ['DROP VIEW app.v']],
    ['op.create_entity(computed)', ['? str(…)']],
  ])('%s', (upgrade, expected) => {
    expect(upgradeOf(upgrade, head)).toEqual(expected)
  })
})

describe('an enum that alembic-postgresql-enum changes', () => {
  const sync = (values: string, renamed = '[]') =>
    `op.sync_enum_values(enum_schema='public', enum_name='state', new_values=${values}, affected_columns=COLUMNS, enum_values_to_rename=${renamed})`
  const head = `from alembic_postgresql_enum import ColumnType, TableReference
COLUMNS = [
    TableReference(table_schema='public', table_name='t', column_name='s'),
    TableReference(table_schema='public', table_name='u', column_name='all', column_type=ColumnType.ARRAY),
]
FIRST = COLUMNS[:1]
`

  projectTest(
    'has the new values, and columns keep what they hold and their default',
    async ({ project }) => {
      project.write({
        'alembic/versions/aaaa.py': alembicFile({
          id: 'aaaa',
          upgrade: `op.execute("CREATE TYPE state AS ENUM ('on', 'off')")
op.execute("CREATE TABLE t (s state NOT NULL DEFAULT 'off'); CREATE TABLE u (\\"all\\" state[] DEFAULT '{}')")
op.execute("INSERT INTO t VALUES ('on'), ('off'); INSERT INTO u VALUES ('{on,off}')")`,
        }),
        'alembic/versions/bbbb.py': alembicFile({
          id: 'bbbb',
          parents: ['aaaa'],
          head,
          upgrade: sync("['new', 'on', 'off']"),
        }),
        'alembic/versions/cccc.py': alembicFile({
          id: 'cccc',
          parents: ['bbbb'],
          head: head.replace(/ {4}TableReference\(table_schema='public', table_name='u'.*\n/, ''),
          upgrade: `op.execute('DROP TABLE u')\n${sync("['new', 'on', 'out']", "[('off', 'out')]")}`,
        }),
      })
      const env = await project.environment({ app: 'public' })
      expect(await importAlembic(project.session, env, { path: 'alembic' })).toMatchObject({ proof: 'runs' })
      const opened = project.opened(env)
      const rows = async (sql: string) => (await project.database.client.query(sql)).rows
      const upgrade = async (target: string) => {
        const request = { direction: 'upgrade', target } as const
        await applyPlan(project.session, opened, await planRun(project.session, opened, request), request)
      }
      await upgrade('bbbb')
      expect(
        await rows('SELECT "all"::text[] AS held, enum_range(NULL::state)::text[] AS values FROM u'),
      ).toEqual([{ held: ['on', 'off'], values: ['new', 'on', 'off'] }])
      await upgrade('cccc')
      await project.run('INSERT INTO t DEFAULT VALUES')
      expect(await rows('SELECT s::text AS held FROM t ORDER BY 1')).toEqual([
        { held: 'on' },
        { held: 'out' },
        { held: 'out' },
      ])
    },
  )

  test('whose columns are not plain is listed', () => {
    expect(upgradeOf(sync("['a']").replace('COLUMNS', 'FIRST'), head)[0]).toMatch(/^\?/)
    expect(upgradeOf(sync("['a']", "[('b', 'c')]"), head)).toEqual(['? values that are renamed in an array'])
  })
})
