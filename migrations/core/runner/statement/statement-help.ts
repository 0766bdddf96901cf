import { statementKind } from './statement-kind.ts'

const rowsAreWrong = {
  help: 'a row of the database does not allow it (--show-data shows its values): change such rows before the statement, or in a revision before this one, then run the same command again',
}

/** What to do about an SQLSTATE, where the statement says more than the code. */
export function helpFor(error: unknown, sql = ''): { readonly help?: string } {
  switch (sqlStateOf(error)) {
    case '25001':
      return {
        help: 'it must run outside a transaction: await op.autocommit(() => op.execute(`…`)) around it',
      }
    case '2D000':
      return {
        help: 'what commits by itself must run outside a transaction: in a TypeScript revision, await op.autocommit(() => op.execute(`CALL …`))',
      }
    case '25P02':
      return {
        help: 'an earlier statement failed, and the revision caught the error: let it throw, or use SAVEPOINT and ROLLBACK TO',
      }
    case '42501':
      return { help: 'ask the owner to grant it to the role, or use another role in MIG_DATABASE_URL' }
    case '57014':
      return {
        help: "it was canceled, or took longer than statement_timeout; raise that in the revision: export const statementTimeout = '10min'",
      }
    case '23514':
      return isHelper(error)
        ? {
            help: 'a row has NULL in the column: fill it first, with op.backfill, then run the same command again',
          }
        : rowsAreWrong
    case '23502':
    case '23503':
    case '23505':
    case '23P01':
      return rowsAreWrong
    case '55P04':
      return {
        help: 'a new enum value must be committed before it is used: add it in op.autocommit, or in a revision before this one',
      }
    case '0A000':
      return statementKind(sql).kind === 'create-index'
        ? {
            help: 'build it in parts: CREATE INDEX … ON ONLY the partitioned table, CONCURRENTLY on each partition, then ALTER INDEX … ATTACH PARTITION',
          }
        : {}
    default:
      return {}
  }
}

/** Is it over the CHECK that stands while `op.safe.setNotNull` runs? */
function isHelper(error: unknown): boolean {
  const name = error instanceof Error && 'constraint' in error ? error.constraint : undefined
  return typeof name === 'string' && name.startsWith('just_mig_')
}

/** The SQLSTATE of a driver's error. */
export function sqlStateOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}
