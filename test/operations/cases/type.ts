import { row } from '../support/cases.ts'
import type { Names } from '../support/names.ts'

const enumInUse = (n: Names) => [
  `CREATE TYPE ${n.t('status')} AS ENUM ('on', 'it''s off')`,
  `CREATE TABLE ${n.t('agents')} (${n.q('name')} ${n.t('status')} DEFAULT 'on', ${n.q('model')} ${n.t('status')}[])`,
]

const existing = (n: Names) => ({
  values: ['on', "it's off"],
  columns: [
    { table: n('agents'), column: n('name'), default: "'on'" },
    { table: n('agents'), column: n('model'), array: true },
  ],
})

const domain = (n: Names) => [
  `CREATE DOMAIN ${n.t('status')} AS text DEFAULT 'a' CONSTRAINT ${n.q('made')} CHECK (VALUE <> '')`,
]

export const typeCases = [
  row.createEnum({
    args: (n) => [n('status'), ['on', "it's off", 'b\\c'], { comment: 'how' }],
    sql: [
      `CREATE TYPE app.status AS ENUM ('on', 'it''s off', E'b\\\\c')`,
      `COMMENT ON TYPE app.status IS 'how'`,
    ],
  }),
  row.dropEnum({
    setup: (n) => [`CREATE TYPE ${n.t('status')} AS ENUM ('on', 'off')`],
    args: (n) => [n('status'), { existing: ['on', 'off'], ifExists: true }],
    sql: ['DROP TYPE IF EXISTS app.status'],
  }),
  row.renameEnum({
    setup: enumInUse,
    args: (n) => [n('status'), n('renamed')],
    sql: ['ALTER TYPE app.status RENAME TO renamed'],
  }),
  row.addEnumValue({
    setup: enumInUse,
    args: (n) => [n('status'), "new's", { after: 'on', ifNotExists: true, existing: existing(n) }],
    sql: [`ALTER TYPE app.status ADD VALUE IF NOT EXISTS 'new''s' AFTER 'on'`],
  }),
  row.renameEnumValue({
    setup: enumInUse,
    args: (n) => [n('status'), "it's off", 'off'],
    sql: [`ALTER TYPE app.status RENAME VALUE 'it''s off' TO 'off'`],
  }),
  row.alterEnum({
    setup: enumInUse,
    args: (n) => [n('status'), ['off', 'on'], { existing: existing(n) }],
    sql: [
      'ALTER TYPE app.status RENAME TO just_mig_old_enum',
      `CREATE TYPE app.status AS ENUM ('off', 'on')`,
      'ALTER TABLE app.agents ALTER COLUMN name DROP DEFAULT',
      'ALTER TABLE app.agents ALTER COLUMN name TYPE app.status USING name::text::app.status',
      `ALTER TABLE app.agents ALTER COLUMN name SET DEFAULT 'on'`,
      'ALTER TABLE app.agents ALTER COLUMN model TYPE app.status[] USING model::text[]::app.status[]',
      'DROP TYPE app.just_mig_old_enum',
    ],
  }),
  row.createDomain({
    args: (n) => [
      n('status'),
      {
        type: 'text',
        collation: 'C',
        default: "'a'",
        nullable: false,
        checks: [{ name: n('made'), check: "VALUE <> ''" }],
        comment: 'd',
      },
    ],
    sql: [
      `CREATE DOMAIN app.status AS text COLLATE "C" DEFAULT 'a' NOT NULL CONSTRAINT made CHECK (VALUE <> '')`,
      `COMMENT ON DOMAIN app.status IS 'd'`,
    ],
  }),
  row.dropDomain({
    setup: domain,
    args: (n) => [
      n('status'),
      { existing: { type: 'text', default: "'a'", checks: [{ name: n('made'), check: "VALUE <> ''" }] } },
    ],
    sql: ['DROP DOMAIN app.status'],
  }),
  row.renameDomain({
    setup: domain,
    args: (n) => [n('status'), n('renamed')],
    sql: ['ALTER DOMAIN app.status RENAME TO renamed'],
  }),
  row.alterDomain({
    setup: domain,
    args: (n) => [
      n('status'),
      {
        default: null,
        nullable: false,
        comment: 'd',
        dropCheck: n('made'),
        addCheck: { name: n('renamed'), check: "VALUE <> 'x'", notValid: true },
        validateCheck: n('renamed'),
        existing: { default: "'a'", comment: null, check: { check: "VALUE <> ''" } },
      },
    ],
    sql: [
      'ALTER DOMAIN app.status DROP CONSTRAINT made',
      `ALTER DOMAIN app.status ADD CONSTRAINT renamed CHECK (VALUE <> 'x') NOT VALID`,
      'ALTER DOMAIN app.status VALIDATE CONSTRAINT renamed',
      'ALTER DOMAIN app.status DROP DEFAULT',
      'ALTER DOMAIN app.status SET NOT NULL',
      `COMMENT ON DOMAIN app.status IS 'd'`,
    ],
  }),
  row.createSequence({
    setup: (n) => [`CREATE TABLE ${n.t('agents')} (${n.q('id')} bigint)`],
    args: (n) => [
      n('made'),
      {
        as: 'integer',
        increment: 2,
        minValue: 1,
        maxValue: 99,
        start: 5,
        cache: 3,
        cycle: true,
        ownedBy: { table: n('agents'), column: n('id') },
        comment: 's',
      },
    ],
    sql: [
      'CREATE SEQUENCE app.made AS integer INCREMENT BY 2 MINVALUE 1 MAXVALUE 99 START WITH 5 CACHE 3 CYCLE OWNED BY app.agents.id',
      `COMMENT ON SEQUENCE app.made IS 's'`,
    ],
  }),
  row.dropSequence({
    setup: (n) => [`CREATE SEQUENCE ${n.t('made')} INCREMENT 2`],
    args: (n) => [n('made'), { existing: { increment: 2 }, cascade: true }],
    sql: ['DROP SEQUENCE app.made CASCADE'],
  }),
  row.renameSequence({
    setup: (n) => [`CREATE SEQUENCE ${n.t('made')}`],
    args: (n) => [n('made'), n('renamed')],
    sql: ['ALTER SEQUENCE app.made RENAME TO renamed'],
  }),
  row.alterSequence({
    setup: (n) => [`CREATE SEQUENCE ${n.t('made')}`],
    args: (n) => [
      n('made'),
      {
        ...{ increment: 10, cycle: true, restart: 7, ownedBy: null },
        existing: { increment: 1, cycle: false, ownedBy: null },
      },
    ],
    sql: ['ALTER SEQUENCE app.made INCREMENT BY 10 CYCLE OWNED BY NONE RESTART WITH 7'],
  }),
]
