import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { findAlembicFolders, readAlembicProject } from '../../../migrations/core/adopt/alembic/project.ts'

const root = mkdtempSync(join(tmpdir(), 'mig-modules-'))
afterAll(() => rmSync(root, { recursive: true }))

let projects = 0

/** The upgrade of a revision whose project has these modules: SQL, or what is not converted. */
function upgradeWith(
  modules: Readonly<Record<string, string>>,
  imports: string,
  body: string,
): readonly string[] {
  projects += 1
  const folder = join(root, `p${projects}`)
  const revision = `from alembic import op\nimport sqlalchemy as sa\n${imports}\nrevision = 'a'\n\ndef upgrade():\n${body
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n')}\n`
  const files = {
    'alembic.ini': '[alembic]\nscript_location = db/migrations\n',
    'db/migrations/versions/a.py': revision,
    ...modules,
  }
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  const history = readAlembicProject({
    folders: findAlembicFolders(folder),
    offline: new Map(),
    show: (path) => path,
    pythonPath: [join(folder, 'site-packages')],
  })
  return (history.revisions[0]?.upgrade ?? []).map((part) =>
    part.kind === 'sql'
      ? part.sql
      : part.kind === 'unconverted'
        ? `? ${part.line}: ${part.reason}`
        : part.kind,
  )
}

const addColumn = (type: string) => `op.add_column('t', sa.Column('c', ${type}))`
const added = (type: string) => [`ALTER TABLE t ADD COLUMN c ${type}`]

describe('a column type of the project', () => {
  const types = `
import sqlalchemy as sa
from sqlalchemy.dialects import mysql, postgresql
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.ext.mutable import MutableDict
from sqlalchemy.types import CHAR, TypeDecorator, UserDefinedType

class Json(TypeDecorator):
    impl = sa.Text
    cache_ok = True

class LongJson(Json):
    impl = sa.Text().with_variant(mysql.LONGTEXT(), 'mysql')

def JsonDict():
    return MutableDict.as_mutable(LongJson)

class Code(TypeDecorator):
    impl = sa.String

class Guid(TypeDecorator):
    impl = CHAR

    def load_dialect_impl(self, dialect):
        if dialect.name == 'postgresql':
            return dialect.type_descriptor(postgresql.UUID())
        else:
            return dialect.type_descriptor(CHAR(32))

class UtcDateTime(TypeDecorator):
    impl = sa.TIMESTAMP(timezone=True)

    def load_dialect_impl(self, dialect):
        if dialect.name == 'mysql':
            return mysql.TIMESTAMP(fsp=6, timezone=True)
        return super().load_dialect_impl(dialect)

LENGTH = 250

def StringID(*, length=LENGTH, **kwargs) -> sa.String:
    return sa.String(length=length, **kwargs)

def AnyOf(*types):
    return types[0]

class Numbered(TypeDecorator):
    impl = sa.Integer

    def __init__(self, enum, *args, **kw):
        super().__init__(*args, **kw)
        self.enum = enum

class Chosen(TypeDecorator):
    impl = sa.Text

    def __init__(self, wide=False):
        super().__init__()
        if wide:
            self.impl = sa.LargeBinary()

class Box(UserDefinedType):
    def get_col_spec(self, **kw):
        return 'BOX'

class Name(sa.String):
    pass

class Own(TypeDecorator):
    impl = sa.Unicode

@compiles(Own)
def default_own(element, compiler, **kw):
    return 'VARCHAR(20000)'

class Same(TypeDecorator):
    impl = sa.Unicode

@compiles(Same)
def default_same(element, compiler, **kw):
    return compiler.visit_unicode(element, **kw)

@compiles(Same, 'mysql')
def mysql_same(element, compiler, **kw):
    return 'VARCHAR(255) COLLATE utf8_bin'
`
  const modules = { 'app/__init__.py': '', 'app/types.py': types }

  test.each([
    ['types.Json', 'TEXT'],
    ['types.Json()', 'TEXT'],
    ['types.LongJson()', 'TEXT'],
    ['types.JsonDict()', 'TEXT'],
    ['types.Code(20)', 'VARCHAR(20)'],
    ['types.Code', 'VARCHAR'],
    ['types.Guid()', 'UUID'],
    ['types.Guid', 'UUID'],
    ['types.Numbered(Colour)', 'INTEGER'],
    ['types.UtcDateTime(timezone=True)', 'TIMESTAMP WITH TIME ZONE'],
    ['types.StringID()', 'VARCHAR(250)'],
    ["types.StringID(length=9, collation='C')", 'VARCHAR(9) COLLATE "C"'],
    ['types.AnyOf(sa.Text(), sa.Integer())', 'TEXT'],
    ['types.Json.impl', 'TEXT'],
    ['types.Box()', 'BOX'],
    ['types.Name(7)', 'VARCHAR(7)'],
    ['types.Same()', 'VARCHAR'],
    ['sa.ARRAY(types.Guid())', 'UUID[]'],
  ])('%s is what it is made of in PostgreSQL: %s', (type, sql) => {
    expect(upgradeWith(modules, 'from app import types', addColumn(type))).toEqual(added(sql))
  })

  test.each(['types.Chosen()', 'types.Own()'])(
    '%s, whose SQL the file does not settle, is listed',
    (type) => {
      expect(upgradeWith(modules, 'from app import types', addColumn(type))[0]).toMatch(/^\? 7: the type/)
    },
  )

  test('may come through another module, a relative import or a star', () => {
    const through = {
      ...modules,
      'app/db/__init__.py': 'from .names import *\n',
      'app/db/names.py': 'from ..types import Guid as Id\nfrom .. import types as all_types\n',
    }
    expect(upgradeWith(through, 'from app.db import Id', addColumn('Id()'))).toEqual(added('UUID'))
    expect(upgradeWith(through, 'import app.db', addColumn('app.db.Id'))).toEqual(added('UUID'))
  })

  test('is found where site-packages are named, and listed where it is nowhere', () => {
    const elsewhere = { 'site-packages/lib/types.py': types }
    expect(upgradeWith(elsewhere, 'from lib.types import Guid', addColumn('Guid()'))).toEqual(added('UUID'))
    expect(upgradeWith({}, 'from lib.types import Guid', addColumn('Guid()'))).toEqual([
      '? 7: the type lib.types.Guid',
    ])
  })

  test('that is a Python enumeration has its members as values', () => {
    const enums = {
      'app/enums.py':
        "import enum\nclass Colour(str, enum.Enum):\n    '''doc'''\n    RED = 'red'\n    BLUE = 'blue'\n",
    }
    expect(
      upgradeWith(
        enums,
        'from app.enums import Colour',
        "sa.Enum(Colour, name='colour').create(op.get_bind())",
      ),
    ).toEqual(["CREATE TYPE colour AS ENUM ('RED', 'BLUE')"])
  })
})

describe('a module of the project', () => {
  test('gives its constants and its functions, with its own names in them', () => {
    const modules = {
      'app/helpers.py':
        "from alembic import op\nPREFIX = 'app_'\ndef grant(table, role='reader'):\n    op.execute(f'GRANT SELECT ON {PREFIX}{table} TO {role}')\n",
      'app/names.py': "TABLE = 'user'\nclass Roles:\n    ADMIN = 'admin'\n",
    }
    const imports = "from app import helpers, names\nPREFIX = 'wrong_'"
    expect(
      upgradeWith(
        modules,
        imports,
        'helpers.grant(names.TABLE)\nhelpers.grant(names.TABLE, role=names.Roles.ADMIN)',
      ),
    ).toEqual(['GRANT SELECT ON app_user TO reader', 'GRANT SELECT ON app_user TO admin'])
  })

  test('with something that has no SQL is listed where it is called', () => {
    const modules = {
      'app/helpers.py':
        "from alembic import op\ndef move():\n    op.execute('SELECT 1')\n    for row in op.get_bind().execute('SELECT 2'):\n        print(row)\n    while True:\n        pass\n",
    }
    expect(upgradeWith(modules, 'from app.helpers import move', 'move()')).toEqual([
      'SELECT 1',
      '? 7: a loop over what only Python knows in app.helpers, line 4',
    ])
  })

  test('that cannot be read, or that imports itself in a circle, is not known', () => {
    const modules = {
      'app/broken.py': 'x = """never closed\n',
      'app/one.py': 'from app.two import TABLE\nNAME = TABLE\n',
      'app/two.py': 'from app.one import NAME\nTABLE = NAME\n',
    }
    expect(upgradeWith(modules, 'from app import broken', 'op.drop_table(broken.x)')).toEqual([
      '? 7: app.broken.x',
    ])
    expect(upgradeWith(modules, 'from app import one', 'op.drop_table(one.NAME)')[0]).toMatch(/^\? 7: /)
  })

  test('may settle the labels of a revision', () => {
    expect(
      upgradeWith(
        { 'app/cli.py': "EXPAND = 'expand'\n" },
        'from app import cli\nbranch_labels = (cli.EXPAND,)',
        'pass',
      ),
    ).toEqual([])
  })

  test('never stands for SQLAlchemy or Alembic, wherever their source is', () => {
    const modules = { 'sqlalchemy/__init__.py': 'Text = 1\n' }
    expect(upgradeWith(modules, '', addColumn('sa.Text()'))).toEqual(added('TEXT'))
  })
})
