/**
 * What to do about a failure that is the server's own and says nothing about the statement, by its SQLSTATE (manual,
 * appendix A); undefined for others.
 * @param message the server's, which tells two kinds of one code apart
 */
export function serverHelp(sqlState: unknown, message = ''): string | undefined {
  switch (sqlState) {
    case '53100':
      return 'the disk of the server is full: make room there (or move temp_tablespaces), then run the same command again'
    case '53200':
      return /shared memory/.test(message)
        ? 'raise max_locks_per_transaction of the server, or divide the revision: each object that it touches takes a lock'
        : 'the server has no memory left: lower work_mem or maintenance_work_mem for the role, or do the work in parts (op.backfill), then run the same command again'
    case '53300':
      return 'the server has no connection left: close some (SELECT * FROM pg_stat_activity shows whose they are), raise max_connections or the CONNECTION LIMIT of the role, then run the same command again'
    case '25006':
      return 'nothing can be written there: use the URL of the primary, or see default_transaction_read_only of the role and of the database'
    case '40001':
      return "another transaction changed the same rows: run the same command again; ALTER ROLE … SET default_transaction_isolation = 'read committed' makes it rare"
    case '22021':
    case '22P05':
      return /0x00|\\u0000/.test(message)
        ? 'text and jsonb hold no NUL byte: remove it from the value, or store it as bytea'
        : undefined
    case '57P01':
    case '57P02':
      return 'somebody ended the session, or the server stops or fails over: when it answers again, run the same command again; just mig-status shows what is half done'
    case '25P03':
      return 'the transaction was idle for too long: ALTER ROLE … SET idle_in_transaction_session_timeout = 0 for the role that migrates, or have the revision wait before its first statement'
    case '25P04':
      return 'the transaction took too long: ALTER ROLE … SET transaction_timeout = 0 for the role that migrates'
    case '57P05':
      return 'the session was idle for too long: ALTER ROLE … SET idle_session_timeout = 0 for the role that migrates'
    default:
      return undefined
  }
}
