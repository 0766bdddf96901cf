import { row } from '../support/cases.ts'
import type { Names } from '../support/names.ts'
import { agents } from './table.ts'

const policy = (n: Names) => [
  ...agents(n),
  `CREATE POLICY ${n.q('made')} ON ${n.t('agents')} USING (${n.q('id')} > 0)`,
]

export const accessCases = [
  row.createPolicy({
    setup: agents,
    args: (n) => [
      n('made'),
      n('agents'),
      {
        as: 'restrictive',
        for: 'update',
        to: ['public'],
        using: `${n.q('id')} > 0`,
        withCheck: `${n.q('id')} > 1`,
        comment: 'p',
      },
    ],
    sql: [
      'CREATE POLICY made ON app.agents AS RESTRICTIVE FOR UPDATE TO PUBLIC USING (id > 0) WITH CHECK (id > 1)',
      `COMMENT ON POLICY made ON app.agents IS 'p'`,
    ],
  }),
  row.dropPolicy({
    setup: policy,
    args: (n) => [n('made'), n('agents'), { existing: { using: `${n.q('id')} > 0` } }],
    sql: ['DROP POLICY made ON app.agents'],
  }),
  row.renamePolicy({
    setup: policy,
    args: (n) => [n('made'), n('agents'), n('renamed')],
    sql: ['ALTER POLICY made ON app.agents RENAME TO renamed'],
  }),
  row.alterPolicy({
    setup: policy,
    args: (n) => [
      n('made'),
      n('agents'),
      {
        to: 'CURRENT_USER',
        using: `${n.q('id')} > 1`,
        existing: { to: 'public', using: `${n.q('id')} > 0` },
      },
    ],
    sql: ['ALTER POLICY made ON app.agents TO CURRENT_USER USING (id > 1)'],
  }),
  row.enableRowSecurity({
    setup: agents,
    args: (n) => [n('agents'), { force: true }],
    sql: [
      'ALTER TABLE app.agents ENABLE ROW LEVEL SECURITY',
      'ALTER TABLE app.agents FORCE ROW LEVEL SECURITY',
    ],
  }),
  row.disableRowSecurity({
    setup: (n) => [...agents(n), `ALTER TABLE ${n.t('agents')} ENABLE ROW LEVEL SECURITY`],
    args: (n) => [n('agents')],
    sql: ['ALTER TABLE app.agents DISABLE ROW LEVEL SECURITY'],
  }),
  row.grant({
    setup: agents,
    args: (n) => [['select', 'insert'], { table: n('agents') }, 'public'],
    sql: ['GRANT SELECT, INSERT ON TABLE app.agents TO PUBLIC'],
  }),
  row.grant({
    title: 'of columns, to the session',
    setup: agents,
    args: (n) => [
      'update',
      { table: n('agents'), columns: [n('id'), n('model')] },
      ['public', 'SESSION_USER'],
      {},
    ],
    sql: ['GRANT UPDATE (id, model) ON TABLE app.agents TO PUBLIC, SESSION_USER'],
  }),
  row.revoke({
    setup: (n) => [...agents(n), `GRANT SELECT ON ${n.t('agents')} TO PUBLIC`],
    args: (n) => ['select', { allTablesIn: n.schema }, 'public', { cascade: true }],
    sql: ['REVOKE SELECT ON ALL TABLES IN SCHEMA app FROM PUBLIC CASCADE'],
  }),
  row.comment({
    setup: agents,
    args: (n) => [{ column: n('id'), of: n('agents') }, "it's", { existing: null }],
    sql: [`COMMENT ON COLUMN app.agents.id IS 'it''s'`],
  }),
  row.createTableComment({
    setup: agents,
    args: (n) => [n('agents'), 'who'],
    sql: [`COMMENT ON TABLE app.agents IS 'who'`],
  }),
  row.dropTableComment({
    setup: (n) => [...agents(n), `COMMENT ON TABLE ${n.t('agents')} IS 'who'`],
    args: (n) => [n('agents'), { existing: 'who' }],
    sql: ['COMMENT ON TABLE app.agents IS NULL'],
  }),
  row.bulkInsert({
    setup: agents,
    args: (n) => [
      n('agents'),
      [
        { [n('id')]: 1, [n('model')]: "o'neil \\ ${x}" },
        { [n('id')]: 2, [n('status')]: -5 },
      ],
      { key: [n('id')], onConflictDoNothing: true },
    ],
    sql: [
      `INSERT INTO app.agents (id, model, status) VALUES
  (1, E'o''neil \\\\ \${x}', DEFAULT),
  (2, DEFAULT, -5)
ON CONFLICT DO NOTHING`,
    ],
    invisible: true,
  }),
]
