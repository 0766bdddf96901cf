import { describe, expect, test } from 'vitest'
import { readAlembicRevision } from '../../../migrations/core/adopt/alembic/revision-file.ts'
import { head, upgradeOf } from './upgrade-of.ts'

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
    expect(upgradeOf('op.execute(f())', 'def f():\n    return f()\n')).toEqual(['? f(…)'])
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

describe('a decorated upgrade', () => {
  test('is listed whole, since the decorator may do anything', () => {
    const text = "revision = 'r'\n@timed\n@other('x')\ndef upgrade():\n    op.execute('SELECT 1')\n"
    expect(readAlembicRevision(text, 'x.py')?.upgrade).toMatchObject([
      { kind: 'unconverted', line: 2, endLine: 5, reason: 'a decorator' },
    ])
  })
})

describe('a question to the database', () => {
  const inspector = 'i = sa.inspect(op.get_bind())\n'
  const create = "    op.create_table('t', sa.Column('a', sa.Text()))"
  const block = (test: string, statement: string) =>
    `DO $mig$\nBEGIN\n  IF ${test} THEN\n    ${statement};\n  END IF;\nEND\n$mig$`
  const isTable = "EXISTS (SELECT FROM pg_class WHERE oid = to_regclass('t') AND relkind IN ('r', 'p'))"
  const made = 'CREATE TABLE t (\n  a TEXT\n)'

  test.each([
    ["if 't' not in i.get_table_names():", `NOT ${isTable}`],
    ["if not i.has_table('t'):", "NOT (to_regclass('t') IS NOT NULL)"],
    [
      "if not op.get_bind().dialect.has_table(op.get_bind(), 't', schema='s'):",
      "NOT (to_regclass('s.t') IS NOT NULL)",
    ],
    [
      "if 'c' in [c['name'] for c in i.get_columns('t')]:",
      "EXISTS (SELECT FROM pg_attribute WHERE attrelid = to_regclass('t') AND attnum > 0 AND NOT attisdropped AND attname = 'c')",
    ],
    [
      "if 'k' in {k.get('name') for k in i.get_unique_constraints('t', schema='S')}:",
      `EXISTS (SELECT FROM pg_constraint WHERE conrelid = to_regclass('"S".t') AND contype = 'u' AND conname = 'k')`,
    ],
    ["if i.has_table('t') and True:", "(to_regclass('t') IS NOT NULL AND true)"],
    [
      "if any(k['name'] == 'f' for k in i.get_foreign_keys('t')):",
      "EXISTS (SELECT FROM pg_constraint WHERE conrelid = to_regclass('t') AND contype = 'f' AND conname = 'f')",
    ],
    ["if False or i.has_table('t'):", "to_regclass('t') IS NOT NULL"],
  ])('is asked when the revision runs: %s', (head, sql) => {
    expect(upgradeOf(`${inspector}${head}\n${create}`)).toEqual([block(sql, made)])
  })

  test('may be asked by a function of the file, with an early return', () => {
    const before =
      'def has(name):\n    bind = op.get_bind()\n    return name in sa.inspect(bind.engine).get_table_names()\n'
    const body = `if has('t'):\n    op.execute('SELECT 1')\n    return\n${create.trim()}\nop.drop_table('u')`
    expect(upgradeOf(body, before)).toEqual([
      `DO $mig$\nBEGIN\n  IF ${isTable} THEN\n    EXECUTE $sql$SELECT 1$sql$;\n  ELSE\n    ${made};\n    DROP TABLE u;\n  END IF;\nEND\n$mig$`,
    ])
  })

  test('may be put to metadata that is reflected', () => {
    const before = [
      'def exists_in_db(bind, table, column=None):',
      '    md = sa.MetaData()',
      '    md.reflect(bind=bind)',
      '    if column is None:',
      '        return table in md.tables',
      '    else:',
      '        return (table in md.tables and column in [c.name for c in md.tables[table].columns])',
    ].join('\n')
    const isColumn =
      "EXISTS (SELECT FROM pg_attribute WHERE attrelid = to_regclass('t') AND attnum > 0 AND NOT attisdropped AND attname = 'c')"
    const drop = (args: string) =>
      upgradeOf(`if exists_in_db(op.get_bind(), ${args}):\n    op.drop_table('t')`, before)
    expect(drop("'t'")).toEqual([block(isTable, 'DROP TABLE t')])
    expect(drop("'t', 'c'")).toEqual([block(`(${isTable} AND ${isColumn})`, 'DROP TABLE t')])
    expect(upgradeOf("md = sa.MetaData()\nif 't' in md.tables:\n    op.drop_table('t')")).toEqual(['? if'])
  })

  test('around what has no SQL, or runs outside a transaction, is listed', () => {
    const test = `${inspector}if i.has_table('t'):\n`
    expect(upgradeOf(`${test}    op.execute(unknown())`)).toEqual(['? the value of unknown'])
    expect(upgradeOf(`${test}    op.create_index('x', 't', ['a'], postgresql_concurrently=True)`)).toEqual([
      '? an if around what runs outside a transaction',
    ])
    expect(upgradeOf(`${inspector}if i.get_columns('t'):\n    pass`)).toEqual(['? if'])
  })
})
