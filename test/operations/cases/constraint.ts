import { row } from '../support/cases.ts'
import type { Names } from '../support/names.ts'
import { agents } from './table.ts'

const agentsAndTeams = (n: Names) => [
  ...agents(n),
  `CREATE TABLE ${n.t('teams')} (${n.q('id')} bigint PRIMARY KEY)`,
]

const checked = (n: Names) => [
  ...agents(n),
  `ALTER TABLE ${n.t('agents')} ADD CONSTRAINT ${n.q('made')} CHECK (${n.q('id')} > 0)`,
]

const indexed = (n: Names) => [
  ...agents(n),
  `CREATE INDEX ${n.q('made')} ON ${n.t('agents')} USING hash (${n.q('model')}) WHERE ${n.q('id')} > 0`,
]

export const constraintCases = [
  row.createPrimaryKey({
    setup: agents,
    args: (n) => [n('made'), n('agents'), [n('id')], { include: [n('status')], comment: 'key' }],
    sql: [
      'ALTER TABLE app.agents ADD CONSTRAINT made PRIMARY KEY (id) INCLUDE (status)',
      `COMMENT ON CONSTRAINT made ON app.agents IS 'key'`,
    ],
  }),
  row.createUniqueConstraint({
    setup: agents,
    since: 15,
    args: (n) => [
      n('made'),
      n('agents'),
      [n('id'), n('model')],
      { nullsNotDistinct: true, deferrable: true },
    ],
    sql: ['ALTER TABLE app.agents ADD CONSTRAINT made UNIQUE NULLS NOT DISTINCT (id, model) DEFERRABLE'],
  }),
  row.createUniqueConstraint({
    title: 'from an index, which goes away with it',
    setup: (n) => [...agents(n), `CREATE UNIQUE INDEX ${n.q('made')} ON ${n.t('agents')} (${n.q('id')})`],
    args: (n) => [n('made'), n('agents'), { usingIndex: n('made') }],
    sql: ['ALTER TABLE app.agents ADD CONSTRAINT made UNIQUE USING INDEX made'],
    invisible: true,
  }),
  row.createUniqueConstraint({
    title: 'from an index, which is described and made again',
    setup: (n) => [
      ...agents(n),
      `CREATE UNIQUE INDEX ${n.q('name')} ON ${n.t('agents')} (${n.q('id')}) INCLUDE (${n.q('model')})`,
    ],
    args: (n) => [
      n('made'),
      n('agents'),
      { usingIndex: n('name'), existing: { columns: [n('id')], include: [n('model')] } },
      { deferrable: true },
    ],
    sql: ['ALTER TABLE app.agents ADD CONSTRAINT made UNIQUE USING INDEX name DEFERRABLE'],
  }),
  row.createForeignKey({
    setup: agentsAndTeams,
    args: (n) => [
      n('made'),
      n('agents'),
      n('teams'),
      [n('id')],
      [n('id')],
      { onDelete: 'set null', onUpdate: 'restrict', deferrable: true, initially: 'deferred', notValid: true },
    ],
    sql: [
      'ALTER TABLE app.agents ADD CONSTRAINT made FOREIGN KEY (id) REFERENCES app.teams (id) ON DELETE SET NULL ON UPDATE RESTRICT DEFERRABLE INITIALLY DEFERRED NOT VALID',
    ],
  }),
  row.createCheckConstraint({
    setup: agents,
    args: (n) => [n('made'), n('agents'), `${n.q('status')} > 0`, { noInherit: true, notValid: true }],
    sql: ['ALTER TABLE app.agents ADD CONSTRAINT made CHECK (status > 0) NO INHERIT NOT VALID'],
  }),
  row.createExcludeConstraint({
    setup: agents,
    args: (n) => [
      n('made'),
      n('agents'),
      [
        { column: n('id'), with: '=', opclass: 'int8_ops' },
        { expression: `lower(${n.q('model')})`, with: '=', collation: 'C' },
      ],
      { using: 'btree', where: `${n.q('id')} > 0`, deferrable: true },
    ],
    sql: [
      'ALTER TABLE app.agents ADD CONSTRAINT made EXCLUDE USING btree (id int8_ops WITH =, (lower(model)) COLLATE "C" WITH =) WHERE (id > 0) DEFERRABLE',
    ],
  }),
  row.validateConstraint({
    setup: (n) => [
      ...agents(n),
      `ALTER TABLE ${n.t('agents')} ADD CONSTRAINT ${n.q('made')} CHECK (${n.q('id')} > 0) NOT VALID`,
    ],
    args: (n) => [n('made'), n('agents')],
    sql: ['ALTER TABLE app.agents VALIDATE CONSTRAINT made'],
    invisible: true,
  }),
  row.dropConstraint({
    setup: checked,
    args: (n) => [n('made'), n('agents'), { existing: { check: `${n.q('id')} > 0` }, ifExists: true }],
    sql: ['ALTER TABLE app.agents DROP CONSTRAINT IF EXISTS made'],
  }),
  row.renameConstraint({
    setup: checked,
    args: (n) => [n('made'), n('agents'), n('renamed')],
    sql: ['ALTER TABLE app.agents RENAME CONSTRAINT made TO renamed'],
  }),
  row.createIndex({
    setup: agents,
    args: (n) => [
      n('made'),
      n('agents'),
      [
        n('id'),
        { column: n('model'), opclass: 'text_pattern_ops', collation: 'C', order: 'desc', nulls: 'last' },
        { expression: `lower(${n.q('model')})` },
      ],
      {
        unique: true,
        using: 'btree',
        include: [n('status')],
        where: `${n.q('id')} > 0`,
        with: { fillfactor: 70 },
        ifNotExists: true,
        comment: 'fast',
      },
    ],
    sql: [
      'CREATE UNIQUE INDEX IF NOT EXISTS made ON app.agents USING btree (id, model COLLATE "C" text_pattern_ops DESC NULLS LAST, (lower(model))) INCLUDE (status) WITH (fillfactor = 70) WHERE id > 0',
      `COMMENT ON INDEX app.made IS 'fast'`,
    ],
  }),
  row.createIndex({
    title: 'concurrently, with NULLS NOT DISTINCT',
    since: 15,
    setup: agents,
    args: (n) => [
      n('made'),
      n('agents'),
      [n('id')],
      { unique: true, nullsNotDistinct: true, concurrently: true },
    ],
    sql: ['CREATE UNIQUE INDEX CONCURRENTLY made ON app.agents (id) NULLS NOT DISTINCT'],
  }),
  row.dropIndex({
    setup: indexed,
    args: (n) => [
      n('made'),
      {
        concurrently: true,
        ifExists: true,
        existing: { table: n('agents'), columns: [n('model')], using: 'hash', where: `${n.q('id')} > 0` },
      },
    ],
    sql: ['DROP INDEX CONCURRENTLY IF EXISTS app.made'],
  }),
  row.renameIndex({
    setup: indexed,
    args: (n) => [n('made'), n('renamed')],
    sql: ['ALTER INDEX app.made RENAME TO renamed'],
  }),
]
