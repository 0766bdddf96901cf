import { dollarQuoted } from '../../operations/index.ts'
import { quoteIdent, quoteLiteral } from '../../postgres/index.ts'
import type { PlanStep } from '../plan/plan.ts'

/** The setting of the session that says which part of a revision is done; a transaction that fails undoes it. */
const doneSetting = 'just_mig.done'

function block(body: string): string {
  return `DO ${dollarQuoted(`\n${body}\n`, 'mig')}`
}

const raise = (message: string) => `RAISE EXCEPTION USING message = ${quoteLiteral(message)};`

/**
 * Ends the session: a program that goes on after an error would go on with the rest of the script, and psql ends with 2. One
 * that ends by itself does not come here.
 */
function stop(message: string): string {
  return `PERFORM pg_catalog.set_config('role', 'none', false), pg_catalog.set_config('client_min_messages', 'warning', false);
    RAISE WARNING USING message = ${quoteLiteral(`just-mig: stopped: ${message}`)}, hint = 'run it with psql -X -v ON_ERROR_STOP=1';
    PERFORM pg_catalog.pg_terminate_backend(pg_catalog.pg_backend_pid());`
}

/**
 * A transaction that tells whether each statement has a savepoint of its own, as with psql's ON_ERROR_ROLLBACK: then what
 * fails is undone alone, and the rest committed with the ledger's rows. A row of a subtransaction has another xmin.
 */
export function expectNoSavepoints(ledgerSchema: string): readonly string[] {
  const version = `${quoteIdent(ledgerSchema)}.version`
  const why =
    'each statement has a savepoint (psql: ON_ERROR_ROLLBACK), so that a revision is not done as a whole or not at all; nothing was changed'
  const check = block(`DECLARE
  inner_xid boolean;
BEGIN
  INSERT INTO ${version} VALUES ('', '') RETURNING xmin::text <> pg_current_xact_id()::xid::text INTO inner_xid;
  DELETE FROM ${version} WHERE target_schema = '' AND revision = '';
  IF inner_xid THEN
    ${stop(why)}
  END IF;
END`)
  return ['BEGIN', check, 'COMMIT']
}

/**
 * Fails in a transaction, as psql opens one with AUTOCOMMIT off, before a revision whose statements need to be outside of
 * one has begun. COMMIT fails where a program sends the script as one message.
 */
export function expectNoTransaction({ targetSchema, revision }: PlanStep): string {
  const why = `just-mig: ${revision} on ${targetSchema} has statements that run outside of a transaction, and one is open (psql: AUTOCOMMIT off); run it with psql -X`
  return block(`BEGIN
  IF statement_timestamp() <> transaction_timestamp() THEN
    ${raise(why)}
  END IF;
  -- Here fails a script that is sent as one message, which is a transaction: send it statement by statement.
  COMMIT;
END`)
}

/**
 * How far a revision with sections is: after each statement that can be checked comes a new part. The search_path may be the
 * revision's, in which another role may have planted operators.
 */
export function partsOf({ targetSchema, revision, direction }: PlanStep) {
  let parts = 0
  const value = (part: number) => quoteLiteral(`${direction} ${targetSchema} ${revision} ${part}`)
  const isMissing = (part: number) =>
    `coalesce(pg_catalog.current_setting('${doneSetting}', true), '') OPERATOR(pg_catalog.<>) ${value(part)}`
  const failed = `what came before in ${revision} on ${targetSchema} has failed`
  const expected = (part: number) =>
    `IF ${isMissing(part)} THEN\n    ${raise(`just-mig: ${failed}`)}\n  END IF;`
  const note = () => `PERFORM pg_catalog.set_config('${doneSetting}', ${value(parts)}, false);`
  return {
    begin: `SET ${doneSetting} TO ''`,
    /** Begins the next part. */
    next() {
      parts += 1
    },
    /** Says that the part is done, with the transaction that it is in; fails where the one before is not. */
    done: () =>
      parts === 1
        ? `SET ${doneSetting} TO ${value(parts)}`
        : block(`BEGIN\n  ${expected(parts - 1)}\n  ${note()}\nEND`),
    /** The same as a part of a block. */
    note: () => `${expected(parts - 1)}\n  ${note()}`,
    /** Says that the part is done where an index is valid: a concurrent build that has failed leaves one that is not. */
    indexDone: (index: string) =>
      block(`BEGIN
  ${expected(parts - 1)}
  IF EXISTS (SELECT FROM pg_catalog.pg_index WHERE indexrelid OPERATOR(pg_catalog.=) pg_catalog.to_regclass(${quoteLiteral(index)})::pg_catalog.oid AND indisvalid) THEN
    ${note()}
  ELSE
    ${stop(`index ${index} was not built`)}
  END IF;
END`),
    /** Outside of a transaction: ends the session unless the part is done. */
    stopUnlessDone: () => block(`BEGIN\n  IF ${isMissing(parts)} THEN\n    ${stop(failed)}\n  END IF;\nEND`),
    /** In a transaction, which fails unless the part is done. */
    expectDone: () => block(`BEGIN\n  ${expected(parts)}\nEND`),
  }
}

export type Parts = ReturnType<typeof partsOf>

/**
 * Raises unless the rows of the target schema are those that the step was planned from and the log's last entry says
 * the same, and unless the schema is there where it must be.
 */
export function guardOf(ledgerSchema: string, step: PlanStep, mustBeThere: boolean): string {
  const target = quoteLiteral(step.targetSchema)
  const rows = step.appliedBefore.map(quoteLiteral).join(', ')
  const found = `(SELECT coalesce(array_agg(revision ORDER BY revision COLLATE "C"), '{}') FROM ${quoteIdent(ledgerSchema)}.version WHERE target_schema = ${target})`
  const message = quoteLiteral(
    `just-mig: schema ${step.targetSchema} is not at ${step.appliedBefore.join(', ') || 'base'}, where this script starts: it is at `,
  )
  const there = mustBeThere
    ? `  IF NOT EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = ${target}) THEN
    ${raise(`just-mig: there is no schema ${step.targetSchema}`)}
  END IF;\n`
    : ''
  const logged = `(SELECT heads FROM ${quoteIdent(ledgerSchema)}.log WHERE target_schema = ${target} AND outcome = 'done' ORDER BY id DESC LIMIT 1)`
  const otherwise = quoteLiteral(`just-mig: the log says that schema ${step.targetSchema} is at `)
  return block(`BEGIN
${there}  IF ${found} <> ARRAY[${rows}]::text[] THEN
    RAISE EXCEPTION USING message = ${message} || ${found}::text;
  END IF;
  IF NOT (${logged} @> ARRAY[${rows}]::text[] AND ${logged} <@ ARRAY[${rows}]::text[]) THEN
    RAISE EXCEPTION USING message = ${otherwise} || ${logged}::text || ', and the version table says ' || ${found}::text;
  END IF;
END`)
}
