import { splitStatements } from '../postgres/sql/statements.ts'
import type { BodyPart } from './history.ts'

/** Statements that PostgreSQL refuses inside a transaction block (manual, each command's notes). */
const outsideTransaction =
  /^(CREATE (UNIQUE )?INDEX CONCURRENTLY|DROP INDEX CONCURRENTLY|REINDEX\b.*\bCONCURRENTLY|ALTER TABLE\b.*\bDETACH PARTITION\b.*\bCONCURRENTLY|VACUUM|CREATE DATABASE|DROP DATABASE|ALTER SYSTEM|CREATE TABLESPACE|DROP TABLESPACE)\b/is

export function runsOutsideTransaction(sql: string): boolean {
  return outsideTransaction.test(sql)
}

/**
 * An SQL file as the body of a revision: the whole text where it can run in one transaction; otherwise its
 * statements, with those that need it outside the transaction. BEGIN and COMMIT of the file's own are left out,
 * since the runner sets them.
 * @throws MigError `psql-command`, `copy-from-stdin` as `splitStatements` does.
 */
export function sqlBody(text: string): readonly BodyPart[] {
  const statements = splitStatements(text).map((piece) => piece.text)
  const kept = statements.filter(
    (sql) => !/^(BEGIN|START TRANSACTION|COMMIT|END)(\s+(WORK|TRANSACTION))?$/i.test(sql),
  )
  if (kept.length === 0) return []
  const isPlain = kept.length === statements.length && !kept.some((sql) => outsideTransaction.test(sql))
  if (isPlain) return [{ kind: 'sql', sql: text.trim() }]
  return outsideTransactions(kept.map((sql) => ({ kind: 'sql', sql })))
}

/**
 * Parts with what cannot run in a transaction outside of it: statements that PostgreSQL refuses there, and what
 * stands between a COMMIT and a BEGIN of the file's own.
 */
export function outsideTransactions(parts: readonly BodyPart[]): readonly BodyPart[] {
  const settled: BodyPart[] = []
  let open: BodyPart[] | undefined
  const close = () => {
    if (open !== undefined && open.length > 0) settled.push({ kind: 'autocommit', parts: open })
    open = undefined
  }
  for (const part of parts) {
    const command = part.kind === 'sql' ? part.sql.trim().replace(/;$/, '') : ''
    if (/^COMMIT$/i.test(command)) open = []
    else if (/^BEGIN$/i.test(command)) close()
    else if (open !== undefined) open.push(...(part.kind === 'autocommit' ? part.parts : [part]))
    else settled.push(outsideTransaction.test(command) ? { kind: 'autocommit', parts: [part] } : part)
  }
  close()
  return settled
}
