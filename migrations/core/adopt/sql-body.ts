import { splitStatements } from '../postgres/statements.ts'
import type { BodyPart } from './history.ts'

/** Statements that PostgreSQL refuses inside a transaction block (manual, each command's notes). */
const outsideTransaction =
  /^(CREATE (UNIQUE )?INDEX CONCURRENTLY|DROP INDEX CONCURRENTLY|REINDEX\b.*\bCONCURRENTLY|ALTER TABLE\b.*\bDETACH PARTITION\b.*\bCONCURRENTLY|VACUUM|CREATE DATABASE|DROP DATABASE|ALTER SYSTEM|CREATE TABLESPACE|DROP TABLESPACE)\b/is

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
  const parts: BodyPart[] = []
  for (const sql of kept) {
    const part: BodyPart = { kind: 'sql', sql }
    parts.push(outsideTransaction.test(sql) ? { kind: 'autocommit', parts: [part] } : part)
  }
  return parts
}
