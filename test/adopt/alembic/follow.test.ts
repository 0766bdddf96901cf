import { describe, expect } from 'vitest'
import { importAlembic } from '../../../migrations/core/adopt/index.ts'
import { applyPlan, planRun } from '../../../migrations/core/runner/index.ts'
import { alembicFile, versionTable } from '../support/alembic.ts'
import { projectTest } from '../support/project.ts'

const moving = `op.add_column('t', sa.Column('slug', sa.Text()))
t = sa.table('t', sa.column('id', sa.Integer), sa.column('slug', sa.Text))
updates = {}
for row in op.get_bind().execute(sa.select(t.c.id, t.c.slug)):
    updates[row.id] = row.slug.lower()
for key, slug in updates.items():
    op.execute(t.update().where(t.c.id == key).values(slug=slug))
op.alter_column('t', 'slug', nullable=False)`

const create = "op.create_table('t', sa.Column('id', sa.Integer(), primary_key=True))"
const up = { direction: 'upgrade', target: 'head' } as const

describe('an upgrade that cannot be converted as it stands', () => {
  projectTest('is followed on a new database, where the rows that it moves are none', async ({ project }) => {
    project.write({
      'alembic/versions/aaaa.py': alembicFile({ id: 'aaaa', upgrade: create }),
      'alembic/versions/bbbb.py': alembicFile({ id: 'bbbb', parents: ['aaaa'], upgrade: moving }),
    })
    await project.run(
      `CREATE TABLE public.t (id serial PRIMARY KEY, slug text NOT NULL); INSERT INTO public.t VALUES (1, 'a');
       ${versionTable('public', 'bbbb')}`,
    )
    const env = await project.environment({ app: 'public' })
    const result = await importAlembic(project.session, env, { path: 'alembic' })
    expect(result).toMatchObject({ proof: 'equal', unconverted: [], adopted: [{ revisions: ['bbbb'] }] })
  })

  projectTest('stops on a database that has such rows', async ({ project }) => {
    project.write({
      'alembic/versions/aaaa.py': alembicFile({ id: 'aaaa', upgrade: create }),
      'alembic/versions/bbbb.py': alembicFile({ id: 'bbbb', parents: ['aaaa'], upgrade: moving }),
    })
    const env = await project.environment({ app: 'public' })
    expect(await importAlembic(project.session, env, { path: 'alembic' })).toMatchObject({ proof: 'runs' })
    const opened = project.opened(env)
    const first = { direction: 'upgrade', target: 'aaaa' } as const
    await applyPlan(project.session, opened, await planRun(project.session, opened, first), first)
    await project.run('INSERT INTO public.t VALUES (1)')
    const plan = await planRun(project.session, opened, up)
    await expect(applyPlan(project.session, opened, plan, up)).rejects.toMatchObject({
      message: expect.stringContaining('bbbb.py asks this database, and gets another answer'),
    })
    await project.run('DELETE FROM public.t')
    await applyPlan(project.session, opened, plan, up)
  })

  projectTest('stays unconverted where the rows are there on a new database too', async ({ project }) => {
    const seeded = `${create}\nop.execute('INSERT INTO t VALUES (1)')`
    project.write({
      'alembic/versions/aaaa.py': alembicFile({ id: 'aaaa', upgrade: seeded }),
      'alembic/versions/bbbb.py': alembicFile({ id: 'bbbb', parents: ['aaaa'], upgrade: moving }),
    })
    const env = await project.environment({ app: 'public' })
    await expect(importAlembic(project.session, env, { path: 'alembic' })).rejects.toMatchObject({
      code: 'unconverted',
      message: expect.stringMatching(/followed on a scratch database up to .*bbbb\.py:17: rows of t$/),
    })
  })

  projectTest('has what its inspector finds, by name, type and kind', async ({ project }) => {
    project.write({
      'alembic/versions/aaaa.py': alembicFile({
        id: 'aaaa',
        head: 'from sqlalchemy.dialects import postgresql',
        upgrade: `op.create_table('o', sa.Column('id', sa.Integer(), primary_key=True))
op.create_table('t', sa.Column('id', sa.Integer(), primary_key=True), sa.Column('o', sa.Integer(), sa.ForeignKey('o.id')),
    sa.Column('name', sa.String(20), unique=True), sa.Column('doc', sa.Text()), sa.Column('at', sa.DateTime(), nullable=False))
i = sa.inspect(op.get_bind())
unique = next((c['name'] for c in i.get_unique_constraints('t') if set(c['column_names']) == {'name'}), None)
with op.batch_alter_table('t') as batch:
    if unique:
        batch.drop_constraint(unique, type_='unique')
    for fk in i.get_foreign_keys('t'):
        if fk['referred_table'] == 'o' and fk['constrained_columns'] == ['o']:
            batch.drop_constraint(fk['name'], type_='foreignkey')
columns = {c['name']: c for c in i.get_columns('t')}
if isinstance(columns['doc']['type'], sa.Text) and not isinstance(columns['name']['type'], sa.Text):
    op.alter_column('t', 'doc', new_column_name='old_doc')
if isinstance(columns['at']['type'], postgresql.TIMESTAMP) and not columns['at']['type'].timezone:
    op.alter_column('t', 'at', type_=sa.DateTime(timezone=True), nullable=columns['at']['nullable'])
pk = i.get_pk_constraint('t')
op.execute('ALTER TABLE t RENAME CONSTRAINT %s TO t_key' % pk['name'])
op.alter_column('t', 'name', type_=sa.String(columns['name']['type'].length * 2))
if not [x for x in i.get_indexes('t') if x['name'] == 'ix_at']:
    op.create_index('ix_at', 't', ['at'])
try:
    i.get_columns('nowhere')
except sa.exc.NoSuchTableError:
    op.add_column('t', sa.Column('late', sa.Integer()))`,
      }),
    })
    await project.run(
      `CREATE TABLE o (id serial PRIMARY KEY);
       CREATE TABLE t (id serial CONSTRAINT t_key PRIMARY KEY, o int, name varchar(40), old_doc text, at timestamptz NOT NULL, late int);
       CREATE INDEX ix_at ON t (at); ${versionTable('public', 'aaaa')}`,
    )
    const env = await project.environment({ app: 'public' })
    expect(await importAlembic(project.session, env, { path: 'alembic' })).toMatchObject({ proof: 'equal' })
  })

  projectTest('may use the helpers of its project, with all that Python has', async ({ project }) => {
    project.write({
      'alembic/__init__.py': '',
      'helpers.py': `import contextlib, logging
from collections import defaultdict
from alembic import op
import sqlalchemy as sa
log = logging.getLogger(__name__)
_inspector = None

def inspector():
    global _inspector
    if _inspector is None:
        _inspector = sa.inspect(op.get_bind())
    return _inspector

@contextlib.contextmanager
def without_keys(table):
    keys = inspector().get_foreign_keys(table)
    try:
        for key in keys:
            op.drop_constraint(key['name'], table, type_='foreignkey')
        yield len(keys)
    finally:
        for key in keys:
            op.create_foreign_key(key['name'], table, key['referred_table'], key['constrained_columns'], key['referred_columns'], **key['options'])

def missing(table, *columns):
    found = {c['name'] for c in inspector().get_columns(table)}
    log.info(f'{table!r} has {len(found):,} columns')
    return [c for c in columns if c.name not in found]

def grouped(pairs):
    groups = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return dict(groups)
`,
      'alembic/versions/aaaa.py': alembicFile({
        id: 'aaaa',
        head: 'from helpers import *\nimport helpers',
        upgrade: `meta = sa.MetaData()
o = sa.Table('o', meta, sa.Column('id', sa.Integer, primary_key=True))
t = sa.Table('t', meta, sa.Column('id', sa.Integer, primary_key=True), sa.Column('o', sa.Integer, sa.ForeignKey('o.id', ondelete='CASCADE')))
for table in [o, t]:
    table.create(op.get_bind(), checkfirst=True)
with helpers.without_keys('t') as count:
    for at in range(count, 3):
        op.add_column('t', sa.Column(f'c{at}', sa.Integer()))
for column in missing('t', sa.Column('id', sa.Integer()), sa.Column('extra', sa.Text())):
    op.add_column('t', column)
for name, columns in grouped([('x', 'c1'), ('y', 'c2'), ('x', 'c2')]).items():
    op.create_index('ix_' + name, 't', columns)
loaded = sa.Table('t', sa.MetaData(), autoload_with=op.get_bind())
for name in (c.name for c in loaded.columns if isinstance(c.type, sa.Text)):
    op.alter_column('t', name, nullable=False)
at = 0
while True:
    at += 1
    if at == 2:
        continue
    if at > 3:
        break
    op.execute(f'COMMENT ON COLUMN t.c{1 if at == 1 else 2} IS \\'{at}\\'')
sa.Index('ix_o', loaded.c.o).create(op.get_bind())`,
      }),
    })
    await project.run(
      `CREATE TABLE o (id serial PRIMARY KEY);
       CREATE TABLE t (id serial PRIMARY KEY, o int CONSTRAINT t_o_fkey REFERENCES o ON DELETE CASCADE, c1 int, c2 int, extra text NOT NULL);
       CREATE INDEX ix_x ON t (c1, c2); CREATE INDEX ix_y ON t (c2); CREATE INDEX ix_o ON t (o);
       COMMENT ON COLUMN t.c1 IS '1'; COMMENT ON COLUMN t.c2 IS '3'; ${versionTable('public', 'aaaa')}`,
    )
    const env = await project.environment({ app: 'public' })
    const request = { path: 'alembic', pythonPath: [project.root] }
    expect(await importAlembic(project.session, env, request)).toMatchObject({ proof: 'equal' })
  })

  projectTest('gives each new database ids of its own, the same in all its rows', async ({ project }) => {
    project.write({
      'alembic/versions/aaaa.py': alembicFile({
        id: 'aaaa',
        head: 'import uuid',
        upgrade: `a = op.create_table('a', sa.Column('id', sa.Uuid(), primary_key=True))
b = op.create_table('b', sa.Column('a', sa.String(36)), sa.Column('hex', sa.String(32)))
one = uuid.uuid4()
op.bulk_insert(a, [{'id': one}])
op.bulk_insert(b, [{'a': str(one), 'hex': one.hex}])`,
      }),
    })
    const env = await project.environment({ app: 'public' })
    await importAlembic(project.session, env, { path: 'alembic' })
    const opened = project.opened(env)
    await applyPlan(project.session, opened, await planRun(project.session, opened, up), up)
    const { rows } = await project.database.client.query(
      "SELECT count(*)::int AS count FROM public.a JOIN public.b ON b.a = a.id::text AND b.hex = replace(a.id::text, '-', '')",
    )
    expect(rows).toEqual([{ count: 1 }])
  })

  projectTest('knows the members of enumerations of the project', async ({ project }) => {
    project.write({
      'model.py': `import enum
class Mood(enum.Enum):
    SAD = 'sad'
    OK = 'ok'
`,
      'alembic/versions/aaaa.py': alembicFile({
        id: 'aaaa',
        head: 'from model import Mood',
        upgrade: `labels = [mood.value for mood in Mood]
op.create_table('t', sa.Column('a', sa.Enum(*labels, name='low'), server_default=Mood.OK.value),
    sa.Column('b', sa.Enum(Mood)), sa.Column('c', sa.Enum(Mood, name='high', values_callable=lambda e: [m.value for m in e])))`,
      }),
    })
    await project.run(
      `CREATE TYPE low AS ENUM ('sad', 'ok'); CREATE TYPE mood AS ENUM ('SAD', 'OK'); CREATE TYPE high AS ENUM ('sad', 'ok');
       CREATE TABLE t (a low DEFAULT 'ok', b mood, c high); ${versionTable('public', 'aaaa')}`,
    )
    const env = await project.environment({ app: 'public' })
    const request = { path: 'alembic', pythonPath: [project.root] }
    expect(await importAlembic(project.session, env, request)).toMatchObject({ proof: 'equal' })
  })

  projectTest('may go on in batches until no row is left', async ({ project }) => {
    const batches = `while True:
    with op.get_context().autocommit_block():
        conn = op.get_bind()
        result = conn.execute(sa.text('UPDATE t SET id = id WHERE id < 0'))
        if result.rowcount <= 0:
            break`
    project.write({
      'alembic/versions/aaaa.py': alembicFile({ id: 'aaaa', upgrade: create }),
      'alembic/versions/bbbb.py': alembicFile({ id: 'bbbb', parents: ['aaaa'], upgrade: batches }),
    })
    await project.run(`CREATE TABLE t (id serial PRIMARY KEY); ${versionTable('public', 'bbbb')}`)
    const env = await project.environment({ app: 'public' })
    expect(await importAlembic(project.session, env, { path: 'alembic' })).toMatchObject({ proof: 'equal' })
  })

  projectTest('may read files that stand beside it', async ({ project }) => {
    project.write({
      'alembic/versions/sql/t.sql': 'CREATE TABLE t (id int);\nCREATE INDEX t_id ON t (id);\n',
      'alembic/versions/sql/u.sql': 'CREATE VIEW u AS SELECT id FROM t',
      'alembic/versions/aaaa.py': alembicFile({
        id: 'aaaa',
        head: "import os\nfrom pathlib import Path\nHERE = Path(__file__).resolve().parent\nSQL = (HERE / 'sql' / 't.sql').read_text()",
        upgrade:
          "op.execute(SQL)\nwith open(os.path.join(os.path.dirname(__file__), 'sql', 'u.sql'), 'r') as file:\n    op.execute(sa.text(file.read()))",
      }),
    })
    await project.run(
      `CREATE TABLE t (id int); CREATE INDEX t_id ON t (id); CREATE VIEW u AS SELECT id FROM t; ${versionTable('public', 'aaaa')}`,
    )
    const env = await project.environment({ app: 'public' })
    expect(await importAlembic(project.session, env, { path: 'alembic' })).toMatchObject({ proof: 'equal' })
  })

  projectTest.for([
    ['files from where Alembic runs', '', "op.execute(open('x.sql').read())"],
    ['calls of what is not known', 'import requests', "op.execute(requests.get('https://example.org').text)"],
    [
      'values that are new each time',
      'import uuid',
      'op.execute(f"INSERT INTO t VALUES (\'{uuid.uuid4()}\')")',
    ],
    ['what the process is told', 'import os', "op.execute(os.environ['STATEMENT'])"],
    ['acts of SQLAlchemy that it does not know', '', "sa.event.listen(op.get_bind(), 'x', print)"],
    ['what raises', '', "raise RuntimeError('no')"],
    ['what never ends', '', 'while True:\n    pass'],
  ] as const)('is refused with %s', async ([, head, upgrade], { project }) => {
    project.write({ 'alembic/versions/aaaa.py': alembicFile({ id: 'aaaa', head, upgrade }) })
    const env = await project.environment({ app: 'public' })
    await expect(importAlembic(project.session, env, { path: 'alembic' })).rejects.toMatchObject({
      code: 'unconverted',
      message: expect.stringContaining('followed on a scratch database up to alembic/versions/aaaa.py'),
    })
  })
})

describe('a downgrade that could not be converted', () => {
  projectTest('is told of, stops when it is run, and keeps nothing else back', async ({ project }) => {
    project.write({
      'alembic/versions/aaaa.py': alembicFile({
        id: 'aaaa',
        upgrade: create,
        downgrade: 'raise NotImplementedError',
      }),
    })
    const env = await project.environment({ app: 'public' })
    const result = await importAlembic(project.session, env, { path: 'alembic' })
    expect(result.unconverted).toMatchObject([{ direction: 'downgrade', reason: 'raise', leftOut: false }])
    const opened = project.opened(env)
    await applyPlan(project.session, opened, await planRun(project.session, opened, up), up)
    const down = { direction: 'downgrade', target: 'base' } as const
    const plan = await planRun(project.session, opened, down)
    await expect(applyPlan(project.session, opened, plan, down)).rejects.toThrow(
      /could not be converted: raise/,
    )
  })
})

describe('an upgrade that is still to be applied', () => {
  const asking = `for fk in sa.inspect(op.get_bind()).get_unique_constraints('t'):
    op.drop_constraint(fk['name'], 't')`

  projectTest('is followed where it asks for names, and runs on the live database', async ({ project }) => {
    project.write({
      'alembic/versions/aaaa.py': alembicFile({
        id: 'aaaa',
        upgrade: "op.create_table('t', sa.Column('id', sa.Integer(), unique=True))",
      }),
      'alembic/versions/bbbb.py': alembicFile({ id: 'bbbb', parents: ['aaaa'], upgrade: asking }),
    })
    await project.run(
      `CREATE TABLE t (id int UNIQUE); INSERT INTO t VALUES (1); ${versionTable('public', 'aaaa')}`,
    )
    const env = await project.environment({ app: 'public' })
    const result = await importAlembic(project.session, env, { path: 'alembic' })
    expect(result).toMatchObject({ proof: 'equal', adopted: [{ revisions: ['aaaa'] }] })
    const opened = project.opened(env)
    await applyPlan(project.session, opened, await planRun(project.session, opened, up), up)
    const { rows } = await project.database.client.query(
      "SELECT count(*)::int AS count FROM pg_constraint WHERE conrelid = 'public.t'::regclass AND contype = 'u'",
    )
    expect(rows).toEqual([{ count: 0 }])
  })

  projectTest('is refused where it asks for rows, which only the live database has', async ({ project }) => {
    project.write({
      'alembic/versions/aaaa.py': alembicFile({ id: 'aaaa', upgrade: create }),
      'alembic/versions/bbbb.py': alembicFile({ id: 'bbbb', parents: ['aaaa'], upgrade: moving }),
    })
    await project.run(`CREATE TABLE t (id serial PRIMARY KEY); ${versionTable('public', 'aaaa')}`)
    const env = await project.environment({ app: 'public' })
    await expect(importAlembic(project.session, env, { path: 'alembic' })).rejects.toMatchObject({
      code: 'unconverted',
      message: expect.stringContaining('depends on rows of the live database'),
    })
  })
})
