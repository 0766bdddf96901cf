import { describe, expect, test } from 'vitest'
import { readAlembicRevision } from '../../../migrations/core/adopt/alembic/revision-file.ts'

const head = `"""a message

Revision ID: abc
Revises: def
Create Date: 2024-01-31 12:00:00.5+02:00
"""
from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
revision = 'abc'
down_revision = 'def'
`

/** The parts of an upgrade with this body: SQL, or the line and reason of what is not converted. */
function upgradeOf(body: string, before = ''): readonly unknown[] {
  const lines = body.split('\n').map((line) => `    ${line}`)
  const text = `${head}${before}\ndef upgrade():\n${lines.join('\n')}\n`
  const parts = readAlembicRevision(text, 'abc.py')?.upgrade ?? []
  return parts.map((part) =>
    part.kind === 'sql' ? part.sql : part.kind === 'unconverted' ? `? ${part.reason}` : part,
  )
}

describe('the head of a revision file', () => {
  const read = (text: string) => readAlembicRevision(text, 'x.py')

  test('gives id, parent, message and time', () => {
    expect(read(head)).toMatchObject({
      revision: 'abc',
      downRevision: 'def',
      message: 'a message',
      createdAt: '2024-01-31T10:00:00Z',
      dependsOn: [],
      branchLabels: [],
    })
  })

  test.each([
    ["down_revision = ('a', 'b')", { downRevision: ['a', 'b'] }],
    ["down_revision = 'a',", { downRevision: 'a' }],
    ['down_revision: Union[str, Sequence[str], None] = None', { downRevision: null }],
    ["depends_on: str | None = 'a'\nbranch_labels = {'x'}", { dependsOn: ['a'], branchLabels: ['x'] }],
    ['branch_labels = [\'x\', "y"]', { branchLabels: ['x', 'y'] }],
    ['', { downRevision: null, dependsOn: [], branchLabels: [], message: '', createdAt: undefined }],
  ])('reads %s', (text, expected) => {
    expect(read(`revision: str = 'r'\n${text}\n`)).toMatchObject(expected)
  })

  test('is not there in a helper module', () => {
    expect(read('import sqlalchemy\n')).toBeUndefined()
  })

  test('that Python computes is an error with file and line', () => {
    expect(() => read("import os\nrevision = os.environ['R']\n")).toThrow('x.py:2 sets revision')
  })

  test('with a text that never ends is an error with file and line', () => {
    expect(() => read('revision = "r"\nx = """a\n')).toThrow('x.py:2 has a text that is never closed')
  })
})

describe('op.execute', () => {
  test.each([
    ["op.execute('SELECT 1')", 'SELECT 1'],
    ['op.execute("""\n    SELECT 1\n    """)', 'SELECT 1'],
    ["op.execute('SELECT ' '1' \"::text\")", 'SELECT 1::text'],
    [String.raw`op.execute(r'SELECT \d')`, String.raw`SELECT \d`],
    [String.raw`op.execute('SELECT \'a\'\t\x41')`, "SELECT 'a'\tA"],
    [String.raw`op.execute("SELECT a\:b")`, 'SELECT a:b'],
    ["op.execute('SELECT ' \\\n  '1')", 'SELECT 1'],
    ["t = 'x'\nop.execute(f'DROP TABLE {t}_{1}')", 'DROP TABLE x_1'],
    ["op.execute('DROP TABLE {} {a}'.format('x', a='y'))", 'DROP TABLE x y'],
    ["op.execute('DROP TABLE %s' % ('x',))", 'DROP TABLE x'],
    ["op.execute(sqltext=sa.text('SELECT 1'))", 'SELECT 1'],
    ["op.execute('; '.join(['SELECT 1', 'SELECT 2']))", 'SELECT 1; SELECT 2'],
    ["conn = op.get_bind()\nconn.execute(sa.text('DELETE FROM t'))", 'DELETE FROM t'],
    [
      "op.get_bind().execute(sa.text('DELETE FROM t WHERE a = :a'), {'a': \"it's\"})",
      "DELETE FROM t WHERE a = 'it''s'",
    ],
  ])('%s', (body, sql) => {
    expect(upgradeOf(body)).toEqual([sql])
  })

  test('sees the constants and functions of the file', () => {
    const before =
      "S = 'app'\nQ = f'DROP TABLE {S}.a'\ndef both(name, how=''):\n    op.execute(Q)\n    op.execute('DROP TABLE ' + name + how)\n"
    expect(upgradeOf("both('b', how=' CASCADE')", before)).toEqual([
      'DROP TABLE app.a',
      'DROP TABLE b CASCADE',
    ])
  })

  test('in a loop over a list of the file runs once for each item', () => {
    expect(upgradeOf("for a, b in [('x', 1), ('y', 2)]:\n    op.execute(f'{a}{b}')")).toEqual(['x1', 'y2'])
  })
})

describe('an enum that a revision makes itself', () => {
  test('is asked for first where SQLAlchemy asks', () => {
    const [sql] = upgradeOf("postgresql.ENUM('a', name='e', schema='s').create(op.get_bind())")
    expect(sql).toContain("to_regtype('s.e') IS NULL")
    expect(sql).toContain("CREATE TYPE s.e AS ENUM ('a')")
  })

  test('is made at once without checkfirst', () => {
    expect(
      upgradeOf(
        "e = sa.Enum('a', name='e')\ne.create(op.get_bind(), checkfirst=False)\ne.drop(op.get_bind())",
      ),
    ).toEqual(["CREATE TYPE e AS ENUM ('a')", 'DROP TYPE e'])
  })
})

describe('what only Python knows', () => {
  test.each([
    [
      "rows = op.get_bind().execute('SELECT 1')\nfor r in rows:\n    op.execute(r)",
      ['? .execute(…)', '? a loop over what only Python knows'],
    ],
    ["if op.get_bind().execute('SELECT 1').scalar():\n    op.execute('x')\nelse:\n    pass", ['? if']],
    ["with open('a.sql') as f:\n    op.execute(f.read())", ['? the value of open']],
    ['op.execute(text)', ['? the value of text']],
    ["op.execute('SELECT :a')", ['? the parameter :a']],
    ["op.create_table('t', *columns)", ['? the value of columns']],
    ["op.add_column('t', sa.Column('c', Custom()))", ['? the value of Custom']],
    ["op.create_table('t', sa.Column('c', sa.Enum(Colour, name='colour')))", ['? the value of Colour']],
    ["op.drop_constraint(None, 't')", ['? a constraint without a name']],
    ["op.alter_column('t', 'c', unheard_of=1)", ['? the argument unheard_of=']],
    ["op.execute(sa.table('t').update().values(a=now()))", ['? the value of now']],
    ["op.execute(sa.table('t').update().values(a=1).returning(sa.column('a')))", ['? .returning(…)']],
    [
      'session = Session(bind=op.get_bind())\nsession.commit()',
      ['? the value of Session', '? the value of session'],
    ],
    ["raise NotImplementedError('no way back')", ['? raise']],
    ["try:\n    op.execute('a')\nexcept Exception:\n    op.execute('b')\nfinally:\n    pass", ['? try']],
    ["op.execute(f'{name:>5}')", ['? {name:>5} with a format']],
    ["op.execute('a' if x else 'b')", ['? a conditional expression']],
  ])('is listed, not guessed: %s', (body, expected) => {
    expect(upgradeOf(body)).toEqual(expected)
  })

  test.each([
    ["S = 'a'\nif x:\n    S = 'b'\n"],
    ["S = 'a'\nS += 'b'\n"],
    ["S = 'a'\ntry:\n    from x import S\nexcept ImportError:\n    pass\n"],
    ["S = 'a'\nfor S in y():\n    pass\n"],
  ])('includes a name that may have been set twice: %s', (before) => {
    expect(upgradeOf('op.execute(S)', before)).toEqual(['? the value of S'])
  })

  test('leaves the statements around it as they are, each with its line', () => {
    const text = `${head}def upgrade():\n    op.execute('a')\n    if x:\n        op.execute('b')\n\n    op.execute('c')\n`
    expect(readAlembicRevision(text, 'abc.py')?.upgrade).toEqual([
      { kind: 'sql', sql: 'a' },
      {
        kind: 'unconverted',
        line: 14,
        endLine: 15,
        reason: 'if',
        source: "    if x:\n        op.execute('b')",
      },
      { kind: 'sql', sql: 'c' },
    ])
  })

  test('leaves what comes after it readable', () => {
    expect(upgradeOf("op.execute(x)\nop.execute('b')")).toEqual(['? the value of x', 'b'])
  })

  test('does not hold up what changes nothing in the database', () => {
    expect(
      upgradeOf("'''doc'''\nimport logging\nlogging.getLogger('x').info('y')\nprint('done', 1)\npass"),
    ).toEqual([])
  })
})

describe('what the target being PostgreSQL settles', () => {
  test.each([
    [
      "if op.get_bind().dialect.name == 'postgresql':\n    op.execute('a')\nelse:\n    op.execute('b')",
      ['a'],
    ],
    [
      "bind = op.get_bind()\nis_pg = bind.dialect.name == 'postgresql'\nif not is_pg:\n    return\nop.execute('a')",
      ['a'],
    ],
    ["if op.get_context().dialect.name in ('sqlite', 'mysql'):\n    return\nop.execute('a')", ['a']],
    [
      "if op.get_bind().engine.name != 'postgresql':\n    op.execute('a')\nelif True:\n    op.execute('b')",
      ['b'],
    ],
    ["if op.get_bind().dialect.name == 'postgresql':\n    return\nop.execute('a')", []],
    ["op.execute('a')\nreturn\nop.execute('b')", ['a']],
  ])('%s', (body, expected) => {
    expect(upgradeOf(body)).toEqual(expected)
  })

  test('includes functions of the file that choose a type', () => {
    const before =
      "def json_type():\n    '''doc'''\n    if op.get_bind().dialect.name == 'postgresql':\n        return postgresql.JSONB()\n    return sa.JSON()\n"
    expect(upgradeOf("op.add_column('t', sa.Column('c', json_type()))", before)).toEqual([
      'ALTER TABLE t ADD COLUMN c JSONB',
    ])
  })

  test('does not follow a function that calls itself', () => {
    expect(upgradeOf('op.execute(f())', 'def f():\n    return f()\n')).toEqual(['? the value of f'])
    expect(upgradeOf('f()', 'def f():\n    f()\n')).toEqual(['? f(…)'])
  })
})

describe('what cannot run in a transaction', () => {
  test.each([
    [
      "op.execute('COMMIT')\nop.execute(\"ALTER TYPE e ADD VALUE 'x'\")\nop.execute('BEGIN')\nop.execute('b')",
      'ALTER TYPE',
    ],
    [
      "op.create_index('i', 't', ['a'], postgresql_concurrently=True)\nop.execute('b')",
      'CREATE INDEX CONCURRENTLY',
    ],
  ])('stands outside of it: %s', (body, begin) => {
    expect(upgradeOf(body)).toEqual([
      { kind: 'autocommit', parts: [{ kind: 'sql', sql: expect.stringContaining(begin) }] },
      'b',
    ])
  })
})

describe('lists that are unpacked', () => {
  test('are known where their items are', () => {
    const [sql] = upgradeOf("sa.Enum(*VALUES, 'c', name='e').create(op.get_bind())", "VALUES = ('a', 'b')\n")
    expect(sql).toBe("CREATE TYPE e AS ENUM ('a', 'b', 'c')")
  })
})

describe('an operation whose arguments are all named', () => {
  test.each([
    [
      "op.create_unique_constraint(constraint_name='u', table_name='t', columns=['a'])",
      'ALTER TABLE t ADD CONSTRAINT u UNIQUE (a)',
    ],
    [
      "op.create_foreign_key(constraint_name='f', source_table='t', referent_table='r', local_cols=['a'], remote_cols=['b'])",
      'ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES r (b)',
    ],
    [
      "with op.batch_alter_table('t') as b:\n    b.create_foreign_key(constraint_name='f', referent_table='r', local_cols=['a'], remote_cols=['b'])",
      'ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES r (b)',
    ],
    [
      "with op.batch_alter_table('t', schema='s') as b:\n    b.create_index(index_name=b.f('i'), columns=['a'])",
      'CREATE INDEX i ON s.t (a)',
    ],
    [
      "op.create_check_constraint(constraint_name='c', table_name='t', condition='a > 0')",
      'ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0)',
    ],
    [
      "op.create_primary_key(constraint_name='p', table_name='t', columns=['a'])",
      'ALTER TABLE t ADD CONSTRAINT p PRIMARY KEY (a)',
    ],
    [
      "op.drop_constraint(constraint_name='c', table_name='t', type_='check')",
      'ALTER TABLE t DROP CONSTRAINT c',
    ],
  ])('%s', (body, sql) => {
    expect(upgradeOf(body)).toEqual([sql])
  })
})
