import type { ClientBase } from 'pg'
import { isConnectionLost, quoteIdent, quoteLiteral } from '../postgres/index.ts'
import { isLedgerReady } from './look.ts'
import { outcomeCheck, ownLedgerGuard } from './own.ts'
import { notMade } from './permission.ts'

/**
 * The ledger's tables as SQL that may run any number of times: `version` has one row per target schema and
 * applied head, `log` one row per step and is append-only, `progress` one row per revision that is half done.
 */
export function ledgerDdl(ledgerSchema: string): string {
  const mig = quoteIdent(ledgerSchema)
  return `${schemaDdl(mig)};
CREATE TABLE IF NOT EXISTS ${mig}.version (
  target_schema text NOT NULL,
  revision text NOT NULL,
  PRIMARY KEY (target_schema, revision)
);
CREATE TABLE IF NOT EXISTS ${mig}.log (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  who text NOT NULL DEFAULT session_user,
  host text,
  direction text NOT NULL CHECK (direction IN ('upgrade', 'downgrade', 'stamp')),
  line text NOT NULL,
  revision text NOT NULL,
  target_schema text NOT NULL,
  duration_ms double precision,
  checksum text,
  outcome text NOT NULL CHECK (outcome IN ('done', 'failed', 'interrupted')),
  error text,
  tool_version text NOT NULL,
  step uuid,
  heads text[],
  applied text,
  covered text[],
  objects boolean
);
${addedToLog(ledgerSchema)};
CREATE INDEX IF NOT EXISTS log_target_schema_revision_idx ON ${mig}.log (target_schema, revision, id);
CREATE INDEX IF NOT EXISTS log_target_schema_id_idx ON ${mig}.log (target_schema, id);
CREATE TABLE IF NOT EXISTS ${mig}.progress (
  target_schema text NOT NULL,
  revision text NOT NULL,
  direction text NOT NULL CHECK (direction IN ('upgrade', 'downgrade')),
  line text NOT NULL,
  statement integer NOT NULL,
  digest text NOT NULL,
  checksum text NOT NULL,
  pending jsonb,
  backfill jsonb,
  host text,
  started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (target_schema, revision)
);
${ownLedgerGuard(ledgerSchema)};`
}

/**
 * The columns that say what a step has left: `heads` are the rows of `version`, `applied` is a digest of all that is
 * applied, `covered` lists what a stamp says is applied, `objects` whether the target schema had any; and the outcome
 * `interrupted`. ALTER TABLE takes its lock even where the column is there, so an up-to-date log is not touched.
 */
function addedToLog(ledgerSchema: string): string {
  const log = `${quoteIdent(ledgerSchema)}.log`
  const body = `BEGIN PERFORM pg_catalog.set_config('quote_all_identifiers', 'off', true);
IF NOT EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid = to_regclass(${quoteLiteral(log)}) AND attname = 'objects') THEN
  ALTER TABLE ${log} ADD COLUMN IF NOT EXISTS heads text[], ADD COLUMN IF NOT EXISTS applied text, ADD COLUMN IF NOT EXISTS covered text[], ADD COLUMN IF NOT EXISTS objects boolean;
END IF;
IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conrelid = to_regclass(${quoteLiteral(log)}) AND pg_catalog.pg_get_constraintdef(oid) = ${quoteLiteral(outcomeCheck)}) THEN
  ALTER TABLE ${log} DROP CONSTRAINT IF EXISTS log_outcome_check, ADD CONSTRAINT log_outcome_check CHECK (outcome IN ('done', 'failed', 'interrupted'));
END IF; END`
  return `DO ${quoteLiteral(body)}`
}

/** CREATE SCHEMA IF NOT EXISTS wants the right to create schemas even where the schema is there. */
function schemaDdl(mig: string): string {
  const body = `BEGIN IF to_regnamespace(${quoteLiteral(mig)}) IS NULL THEN CREATE SCHEMA ${mig}; END IF; END`
  return `DO ${quoteLiteral(body)}`
}

const queryCanceled = '57014'

/** How long to wait for somebody who makes the ledger: nothing else waits meanwhile, unlike for a table's lock. */
const makingPatience = '10s'

/**
 * Makes the ledger's tables where they are missing, and adds what one of an older version lacks. Two
 * runners that do so at once are kept apart by a transaction lock, since CREATE … IF NOT EXISTS alone can fail with
 * a unique violation.
 * @throws MigError `no-permission`, `read-only`, `foreign-ledger`, or `no-ledger` for what else PostgreSQL says; the
 *   driver's error where the statement was cancelled.
 */
export async function createLedger(client: ClientBase, ledgerSchema: string): Promise<void> {
  if (await isLedgerReady(client, ledgerSchema)) return
  const key = quoteLiteral(`just-mig ledger ${ledgerSchema}`)
  try {
    await client.query(
      `BEGIN; SET LOCAL client_min_messages = warning; SET LOCAL lock_timeout = '${makingPatience}'; SELECT pg_advisory_xact_lock(hashtextextended(${key}, 0)); ${ledgerDdl(ledgerSchema)} COMMIT`,
    )
  } catch (cause) {
    if (!(cause instanceof Error) || isConnectionLost(cause)) throw cause
    await client.query('ROLLBACK')
    // Whether the statement was cancelled by an interrupt, the caller knows.
    if ('code' in cause && cause.code === queryCanceled) throw cause
    throw await notMade(client, ledgerSchema, cause)
  }
}

/**
 * A timestamptz as text that JavaScript reads, to the millisecond. What the driver makes of the server's own text goes
 * by DateStyle, a setting that a role or a database may have.
 */
export function utcSql(timestamp: string): string {
  return `to_char(${timestamp} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
}
