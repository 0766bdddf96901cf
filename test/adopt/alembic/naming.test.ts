import { describe, expect } from 'vitest'
import { importAlembic } from '../../../migrations/core/adopt/index.ts'
import { alembicFile } from '../support/alembic.ts'
import { projectTest } from '../support/project.ts'

const models = `from sqlalchemy import MetaData
from sqlalchemy.orm import declarative_base
NAMING = {
    'ix': 'ix_%(column_0_label)s',
    'uq': 'uq_%(table_name)s_%(column_0_name)s',
    'ck': 'ck_%(table_name)s_%(constraint_name)s',
    'fk': 'fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s',
    'pk': 'pk_%(table_name)s',
}
metadata = MetaData(naming_convention=NAMING)
Base = declarative_base(metadata=metadata)
`

const environment = `from alembic import context
from app.models import Base
VERSION = 'app_version'
target_metadata = Base.metadata
context.configure(target_metadata=target_metadata, version_table=VERSION)
`

const upgrade = `op.create_table('acct', sa.Column('id', sa.Integer(), primary_key=True), sa.Column('email', sa.Text(), unique=True),
    sa.Column('boss', sa.Integer(), sa.ForeignKey('acct.id')), sa.Column('tag', sa.Text(), index=True))
op.create_table('item', sa.Column('id', sa.Integer(), nullable=False), sa.Column('acct_id', sa.Integer()), sa.Column('a', sa.Text()),
    sa.PrimaryKeyConstraint('id'), sa.ForeignKeyConstraint(['acct_id'], ['acct.id']), sa.UniqueConstraint('a', 'acct_id'),
    sa.UniqueConstraint('a', name=op.f('my_uq')), sa.CheckConstraint('id > 0', name='positive'), sa.CheckConstraint('id > 1', name=op.f('exactly')))
op.add_column('item', sa.Column('other', sa.Integer(), sa.ForeignKey('acct.id')))
op.create_unique_constraint(None, 'acct', ['boss'])
op.create_foreign_key(None, 'acct', 'item', ['boss'], ['id'])
op.create_check_constraint('big', 'item', 'acct_id > 5')
op.create_check_constraint('gone', 'item', 'acct_id > 6')
op.drop_constraint('gone', 'item', type_='check')
op.create_check_constraint(op.f('raw'), 'item', 'acct_id > 6')
with op.batch_alter_table('item') as batch_op:
    batch_op.create_unique_constraint(None, ['other'])`

/** What Alembic 1.8 makes of it in PostgreSQL. */
const live = `CREATE TABLE app_version (version_num varchar(32) CONSTRAINT app_version_pkc PRIMARY KEY);
INSERT INTO app_version VALUES ('aaaa');
CREATE TABLE acct (id SERIAL NOT NULL, email TEXT, boss INTEGER, tag TEXT, CONSTRAINT pk_acct PRIMARY KEY (id),
  CONSTRAINT uq_acct_email UNIQUE (email), CONSTRAINT fk_acct_boss_acct FOREIGN KEY (boss) REFERENCES acct (id));
CREATE INDEX ix_acct_tag ON acct (tag);
CREATE TABLE item (id SERIAL NOT NULL, acct_id INTEGER, a TEXT, CONSTRAINT pk_item PRIMARY KEY (id),
  CONSTRAINT fk_item_acct_id_acct FOREIGN KEY (acct_id) REFERENCES acct (id), CONSTRAINT uq_item_a UNIQUE (a, acct_id),
  CONSTRAINT my_uq UNIQUE (a), CONSTRAINT ck_item_positive CHECK (id > 0), CONSTRAINT exactly CHECK (id > 1));
ALTER TABLE item ADD COLUMN other INTEGER;
ALTER TABLE item ADD CONSTRAINT fk_item_other_acct FOREIGN KEY (other) REFERENCES acct (id);
ALTER TABLE acct ADD CONSTRAINT uq_acct_boss UNIQUE (boss);
ALTER TABLE acct ADD CONSTRAINT fk_acct_boss_item FOREIGN KEY (boss) REFERENCES item (id);
ALTER TABLE item ADD CONSTRAINT ck_item_big CHECK (acct_id > 5);
ALTER TABLE item ADD CONSTRAINT raw CHECK (acct_id > 6);
ALTER TABLE item ADD CONSTRAINT uq_item_other UNIQUE (other);`

const project = (revision: string, ini = 'prepend_sys_path = .') => ({
  'api/alembic.ini': `[alembic]\nscript_location = alembic\n${ini}\n`,
  'api/app/__init__.py': '',
  'api/app/models.py': models,
  'api/alembic/env.py': environment,
  'api/alembic/versions/aaaa.py': alembicFile({ id: 'aaaa', upgrade: revision }),
})

describe('the naming convention of target_metadata', () => {
  projectTest('names what the revisions leave without a name, as Alembic does', async ({ project: made }) => {
    made.write(project(upgrade))
    await made.run(live)
    const env = await made.environment({ app: 'public' })
    expect(await importAlembic(made.session, env, { path: 'api' })).toMatchObject({
      proof: 'equal',
      unconverted: [],
      adopted: [{ from: 'public.app_version' }],
    })
  })

  projectTest('is listed where it names something else', async ({ project: made }) => {
    made.write(project("op.add_column('t', sa.Column('a', sa.Text(), unique=True))"))
    const env = await made.environment({ app: 'public' })
    await expect(importAlembic(made.session, env, { path: 'api' })).rejects.toMatchObject({
      code: 'unconverted',
      message: expect.stringContaining('a unique column, whose constraint the naming convention names'),
    })
  })
})
