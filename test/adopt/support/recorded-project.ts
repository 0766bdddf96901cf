import { alembicFile } from './alembic.ts'

/** An env.py with an engine of its own for a URL that leads nowhere, as a project's leads to production. */
export const environmentPy = `import os
import sqlalchemy as sa
from alembic import context

engine = sa.create_engine(os.environ.get("AL_URL", "postgresql+psycopg2://app:secret@db.prod.invalid/app?sslmode=require"))
with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=None)
    with context.begin_transaction():
        context.run_migrations()
`
export const alembicIni = '[alembic]\nscript_location = db\n'

/** What Alembic projects do: each revision has something that is known only when it runs. */
export const recordedProject: Readonly<Record<string, string>> = {
  'alembic.ini': alembicIni,
  'db/env.py': environmentPy,
  'db/versions/r1.py': alembicFile({
    ...{ id: 'r1r1', head: "branch_labels = ('shop',)" },
    upgrade: `account = op.create_table('account', sa.Column('id', sa.Integer(), primary_key=True),
    sa.Column('name', sa.Text()), sa.Column('state', sa.Enum('new', 'old', name='state'), server_default='new'))
op.bulk_insert(account, [{'name': "it's"}, {'name': 'back\\\\slash'}])`,
    downgrade: "op.drop_table('account')\nsa.Enum(name='state').drop(op.get_bind())",
  }),
  'db/versions/r2.py': alembicFile({
    ...{ id: 'r2r2', parents: ['r1r1'] },
    upgrade:
      "with op.get_context().autocommit_block():\n    op.create_index('account_name', 'account', ['name'], postgresql_concurrently=True)",
    downgrade:
      "with op.get_context().autocommit_block():\n    op.drop_index('account_name', 'account', postgresql_concurrently=True)",
  }),
  'db/versions/r3.py': alembicFile({
    ...{ id: 'r3r3', parents: ['r1r1'], head: "depends_on = 'r2r2'" },
    upgrade:
      'with op.get_context().autocommit_block():\n    op.execute("ALTER TYPE state ADD VALUE \'gone\'")\nop.execute("UPDATE account SET state = \'gone\' WHERE id = 2")',
    downgrade: "raise NotImplementedError('a value of an enum stays')",
  }),
  'db/versions/r4.py': alembicFile({ id: 'r4r4', parents: ['r2r2', 'r3r3'] }),
  'db/versions/r5.py': alembicFile({
    ...{ id: 'r5r5', parents: ['r4r4'] },
    head: 'import uuid',
    upgrade: `op.add_column('account', sa.Column('token', sa.Text()))
connection = op.get_bind()
for row in connection.execute(sa.text('SELECT id FROM account ORDER BY id')).fetchall():
    connection.execute(sa.text('UPDATE account SET token = :token WHERE id = :id'), {'token': str(uuid.uuid4()), 'id': row[0]})`,
    downgrade: "op.drop_column('account', 'token')",
  }),
  'db/versions/r6.py': alembicFile({
    ...{ id: 'r6r6', parents: ['r5r5'] },
    upgrade: `connection = op.get_bind()
if 'note' not in [column['name'] for column in sa.inspect(connection).get_columns('account')]:
    op.add_column('account', sa.Column('note', sa.Text()))
try:
    with connection.begin_nested():
        connection.execute(sa.text('CREATE TABLE half (id int)'))
        connection.execute(sa.text('SELECT nothing_like_it()'))
except Exception:
    pass`,
    downgrade: "op.drop_column('account', 'note')",
  }),
}
