import { existsSync } from 'node:fs'
import { basename } from 'node:path'
import { MigError } from '../../errors.ts'
import { splitStatements } from '../../postgres/sql/statements.ts'
import { readSource } from '../../source-file.ts'
import { revisionChain } from '../chain.ts'
import type { ImportedHistory } from '../history.ts'
import { sqlBody } from '../sql-body.ts'

/**
 * Settings that pg_dump begins with. They would stay for the session; only `check_function_bodies` is needed, since
 * a dump has functions before the tables that they read.
 */
const dumpSettings = /^(SET\s+\w+\s*=|SELECT pg_catalog\.set_config\('search_path', '', false\)$)/i

/**
 * Reads a schema file, such as `pg_dump --schema-only` writes, as one baseline revision.
 * @throws MigError `no-sql-file`, and `psql-command` or `copy-from-stdin` with the line.
 */
export function readSqlFile(file: string, show: (path: string) => string): ImportedHistory {
  if (!existsSync(file)) {
    throw new MigError('no-sql-file', `there is no file ${show(file)}`, {
      help: 'write one: pg_dump --schema-only --no-owner --no-privileges --schema=SCHEMA > schema.sql',
      place: { file },
    })
  }
  const text = readSource(file)
  const isDump = /^-- PostgreSQL database dump/m.test(text)
  const body = isDump
    ? splitStatements(text)
        .map((piece) => piece.text)
        .map((sql) => sql.replace(/^SET (?=check_function_bodies )/, 'SET LOCAL '))
        .filter((sql) => !dumpSettings.test(sql))
        .map((sql) => `${sql};`)
        .join('\n\n')
    : text
  const upgrade = sqlBody(body)
  if (upgrade.length === 0) {
    throw new MigError('no-sql-file', `${show(file)} has no statement`, { place: { file } })
  }
  const name = basename(file)
  const item = { name, message: `baseline from ${name}`, createdAt: undefined, source: show(file), upgrade }
  return { tool: 'sql', revisions: revisionChain('sql', [item]) }
}
