import { row } from '../support/cases.ts'
import type { Names } from '../support/names.ts'
import { agents } from './table.ts'

const view = (n: Names) => [
  ...agents(n),
  `CREATE VIEW ${n.t('made')} AS SELECT ${n.q('id')} FROM ${n.t('agents')}`,
]

const materialized = (n: Names) => [
  ...agents(n),
  `CREATE MATERIALIZED VIEW ${n.t('made')} AS SELECT ${n.q('id')} FROM ${n.t('agents')}`,
  `CREATE UNIQUE INDEX ${n.q('name')} ON ${n.t('made')} (${n.q('id')})`,
]

const materializedSpec = (n: Names) => ({
  query: `SELECT ${n.q('id')} FROM ${n.t('agents')}`,
  indexes: [{ name: n('name'), columns: [n('id')], unique: true }],
})

const func = (n: Names) => [
  `CREATE FUNCTION ${n.t('made')}(${n.q('id')} bigint) RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint'`,
]

const funcSpec = (n: Names) => ({
  args: [{ name: n('id'), type: 'bigint' }],
  returns: 'bigint',
  language: 'sql',
  body: 'SELECT 1::bigint',
})

const triggerFunction = (n: Names) => [
  ...agents(n),
  `CREATE FUNCTION ${n.t('made')}() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'`,
]

const trigger = (n: Names) => [
  ...triggerFunction(n),
  `CREATE TRIGGER ${n.q('name')} BEFORE INSERT ON ${n.t('agents')} EXECUTE FUNCTION ${n.t('made')}()`,
]

export const codeCases = [
  row.createView({
    setup: agents,
    args: (n) => [
      n('made'),
      {
        query: `SELECT ${n.q('id')} FROM ${n.t('agents')}`,
        columns: [n('renamed')],
        with: { security_barrier: true },
        checkOption: 'local',
        comment: 'v',
        orReplace: true,
      },
    ],
    sql: [
      'CREATE OR REPLACE VIEW app.made (renamed) WITH (security_barrier = true) AS\nSELECT id FROM app.agents\nWITH LOCAL CHECK OPTION',
      `COMMENT ON VIEW app.made IS 'v'`,
    ],
  }),
  row.dropView({
    setup: view,
    args: (n) => [n('made'), { existing: { query: `SELECT ${n.q('id')} FROM ${n.t('agents')}` } }],
    sql: ['DROP VIEW app.made'],
  }),
  row.renameView({
    setup: view,
    args: (n) => [n('made'), n('renamed')],
    sql: ['ALTER VIEW app.made RENAME TO renamed'],
  }),
  row.alterView({
    setup: view,
    args: (n) => [
      n('made'),
      {
        query: `SELECT ${n.q('id')} + 1 AS ${n.q('id')} FROM ${n.t('agents')}`,
        comment: 'v',
        existing: { query: `SELECT ${n.q('id')} FROM ${n.t('agents')}` },
      },
    ],
    sql: [
      'CREATE OR REPLACE VIEW app.made AS\nSELECT id + 1 AS id FROM app.agents',
      `COMMENT ON VIEW app.made IS 'v'`,
    ],
  }),
  row.alterView({
    title: 'with other columns',
    setup: view,
    args: (n) => [
      n('made'),
      {
        query: `SELECT ${n.q('model')} FROM ${n.t('agents')}`,
        recreate: true,
        existing: { query: `SELECT ${n.q('id')} FROM ${n.t('agents')}` },
      },
    ],
    sql: ['DROP VIEW app.made', 'CREATE VIEW app.made AS\nSELECT model FROM app.agents'],
  }),
  row.createMaterializedView({
    setup: agents,
    args: (n) => [
      n('made'),
      { ...materializedSpec(n), withData: false, with: { fillfactor: 70 }, comment: 'm' },
    ],
    sql: [
      'CREATE MATERIALIZED VIEW app.made WITH (fillfactor = 70) AS\nSELECT id FROM app.agents\nWITH NO DATA',
      `COMMENT ON MATERIALIZED VIEW app.made IS 'm'`,
      'CREATE UNIQUE INDEX name ON app.made (id)',
    ],
  }),
  row.dropMaterializedView({
    setup: materialized,
    args: (n) => [n('made'), { existing: materializedSpec(n) }],
    sql: ['DROP MATERIALIZED VIEW app.made'],
  }),
  row.renameMaterializedView({
    setup: materialized,
    args: (n) => [n('made'), n('renamed')],
    sql: ['ALTER MATERIALIZED VIEW app.made RENAME TO renamed'],
  }),
  row.alterMaterializedView({
    setup: materialized,
    args: (n) => [
      n('made'),
      { query: `SELECT ${n.q('model')} FROM ${n.t('agents')}`, existing: materializedSpec(n) },
    ],
    sql: [
      'DROP MATERIALIZED VIEW app.made',
      'CREATE MATERIALIZED VIEW app.made AS\nSELECT model FROM app.agents',
    ],
  }),
  row.refreshMaterializedView({
    setup: materialized,
    args: (n) => [n('made'), { concurrently: true }],
    sql: ['REFRESH MATERIALIZED VIEW CONCURRENTLY app.made'],
    invisible: true,
  }),
  row.createFunction({
    args: (n) => [
      n('made'),
      {
        args: [
          { name: n('id'), type: 'bigint' },
          { name: n('name'), type: 'text[]', mode: 'variadic' },
        ],
        returns: 'bigint',
        language: 'sql',
        volatility: 'immutable',
        strict: true,
        security: 'definer',
        parallel: 'safe',
        cost: 5,
        set: { search_path: "''" },
        body: "SELECT length('$body$')::bigint",
        comment: 'f',
      },
    ],
    sql: [
      `CREATE FUNCTION app.made(id bigint, VARIADIC name text[]) RETURNS bigint LANGUAGE sql IMMUTABLE STRICT SECURITY DEFINER PARALLEL SAFE COST 5 SET search_path = '' AS $body1$SELECT length('$body$')::bigint$body1$`,
      `COMMENT ON FUNCTION app.made(bigint, VARIADIC text[]) IS 'f'`,
    ],
  }),
  row.createFunction({
    title: 'as a procedure with a body of SQL',
    args: (n) => [
      n('made'),
      {
        kind: 'procedure',
        args: [{ type: 'integer' }],
        language: 'sql',
        body: { atomic: 'BEGIN ATOMIC SELECT $1; END' },
      },
    ],
    sql: ['CREATE PROCEDURE app.made(integer) LANGUAGE sql BEGIN ATOMIC SELECT $1; END'],
  }),
  row.dropFunction({
    setup: func,
    args: (n) => [n('made'), { args: [{ type: 'bigint' }], ifExists: true, existing: funcSpec(n) }],
    sql: ['DROP FUNCTION IF EXISTS app.made(bigint)'],
  }),
  row.renameFunction({
    setup: func,
    args: (n) => [n('made'), n('renamed'), { args: [{ type: 'bigint' }] }],
    sql: ['ALTER FUNCTION app.made(bigint) RENAME TO renamed'],
  }),
  row.alterFunction({
    setup: func,
    args: (n) => [
      n('made'),
      { ...funcSpec(n), body: 'SELECT 2::bigint', comment: 'f', existing: funcSpec(n) },
    ],
    sql: [
      'CREATE OR REPLACE FUNCTION app.made(id bigint) RETURNS bigint LANGUAGE sql AS $body$SELECT 2::bigint$body$',
      `COMMENT ON FUNCTION app.made(bigint) IS 'f'`,
    ],
  }),
  row.createTrigger({
    setup: triggerFunction,
    args: (n) => [
      n('name'),
      n('agents'),
      {
        when: 'before',
        events: ['insert', { update: [n('id'), n('model')] }],
        forEach: 'row',
        condition: `NEW.${n.q('id')} > 0`,
        function: n('made'),
        args: ["a'b"],
        comment: 't',
      },
    ],
    sql: [
      `CREATE TRIGGER name BEFORE INSERT OR UPDATE OF id, model ON app.agents FOR EACH ROW WHEN (NEW.id > 0) EXECUTE FUNCTION app.made('a''b')`,
      `COMMENT ON TRIGGER name ON app.agents IS 't'`,
    ],
  }),
  row.createTrigger({
    title: 'with transition tables',
    setup: triggerFunction,
    args: (n) => [
      n('name'),
      n('agents'),
      {
        when: 'after',
        events: ['update'],
        referencing: { oldTable: n('renamed'), newTable: n('status') },
        function: n('made'),
      },
    ],
    sql: [
      'CREATE TRIGGER name AFTER UPDATE ON app.agents REFERENCING OLD TABLE AS renamed NEW TABLE AS status FOR EACH STATEMENT EXECUTE FUNCTION app.made()',
    ],
  }),
  row.dropTrigger({
    setup: trigger,
    args: (n) => [
      n('name'),
      n('agents'),
      { existing: { when: 'before', events: ['insert'], function: n('made') } },
    ],
    sql: ['DROP TRIGGER name ON app.agents'],
  }),
  row.renameTrigger({
    setup: trigger,
    args: (n) => [n('name'), n('agents'), n('renamed')],
    sql: ['ALTER TRIGGER name ON app.agents RENAME TO renamed'],
  }),
  row.alterTrigger({
    setup: trigger,
    args: (n) => [n('name'), n('agents'), { firing: 'always' }],
    sql: ['ALTER TABLE app.agents ENABLE ALWAYS TRIGGER name'],
  }),
]
