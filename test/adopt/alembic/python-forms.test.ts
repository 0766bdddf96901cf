import { describe, expect, test } from 'vitest'
import { upgradeOf } from './upgrade-of.ts'

describe('Python that says the same in another form', () => {
  test.each([
    ["a, b = 'x', 'y'\nop.drop_table(b)", ['DROP TABLE y']],
    [
      "for i, t in enumerate(['a', 'b']):\n    op.execute(f'SELECT {i}, {t}')",
      ['SELECT 0, a', 'SELECT 1, b'],
    ],
    [
      "for t, n in zip(['a', 'b'], ('c', 'd')):\n    op.rename_table(t, n)",
      ['ALTER TABLE a RENAME TO c', 'ALTER TABLE b RENAME TO d'],
    ],
    ["for k, v in {'a': 'b'}.items():\n    op.rename_table(k, v)", ['ALTER TABLE a RENAME TO b']],
    ["op.drop_table('a' if True else 'b')", ['DROP TABLE a']],
    ["for t in [f'{p}_x' for p in ('a', 'b') if p != 'b']:\n    op.drop_table(t)", ['DROP TABLE a_x']],
    ["options = {'schema': 's'}\nop.drop_table('t', **options)", ['DROP TABLE s.t']],
    ["try:\n    op.drop_table('t')\nexcept Exception as e:\n    log(e)\n    raise", ['DROP TABLE t']],
    ["try:\n    op.drop_table('t')\nexcept Exception:\n    pass", ['? try']],
    [
      "op.create_table('t', sa.MetaData(), sa.Column('a', sa.Text()), mysql_ENGINE='InnoDB')",
      ['CREATE TABLE t (\n  a TEXT\n)'],
    ],
    [
      "import warnings\nwith warnings.catch_warnings():\n    warnings.simplefilter('ignore')\n    op.drop_table('t')",
      ['DROP TABLE t'],
    ],
    ["from oslo_log import log\nLOG = log.getLogger(__name__)\nLOG.info('x')\nLOG.info('y')", []],
    ["if context.is_offline_mode():\n    op.drop_table('a')", []],
    [
      "with op.batch_alter_table('t') as b:\n    for x in op.get_bind().execute('SELECT 1'):\n        b.drop_column(x)\n    b.drop_column('c')",
      ['? a loop over what only Python knows', 'ALTER TABLE t DROP COLUMN c'],
    ],
  ])('%s', (body, expected) => {
    expect(upgradeOf(body, 'from alembic import context\n')).toEqual(expected)
  })

  test('takes the time at which it runs from PostgreSQL', () => {
    const table = "t = sa.table('t', sa.column('a', sa.DateTime()))\n"
    const insert = (value: string) =>
      upgradeOf(`import datetime\n${table}op.bulk_insert(t, [{'a': datetime.datetime.${value}}])`)
    expect(insert('utcnow()')).toEqual(["INSERT INTO t (a) VALUES (timezone('UTC', now()))"])
    expect(insert('now(datetime.timezone.utc)')).toEqual(['INSERT INTO t (a) VALUES (now())'])
    expect(insert('now()')).toEqual(['INSERT INTO t (a) VALUES (LOCALTIMESTAMP)'])
    expect(insert('strptime("1")')[0]).toMatch(/^\?/)
  })
})
