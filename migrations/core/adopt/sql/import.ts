import { existsSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import type { Environment } from '../../environment/index.ts'
import { MigError } from '../../errors.ts'
import { splitStatements } from '../../postgres/sql/statements.ts'
import type { Session } from '../../runner/index.ts'
import { readSource } from '../../source-file.ts'
import { revisionChain } from '../chain.ts'
import type { ImportedHistory } from '../history.ts'
import type { ForeignLedger } from '../import/applied.ts'
import { type ImportOptions, type ImportResult, importHistory, shownPath } from '../import/import.ts'
import { sqlBody } from '../sql-body.ts'

/**
 * Imports a schema file as the baseline of one line. Where the line's schema has objects already, the baseline
 * counts as applied, once the replay shows that both are the same.
 * @throws MigError `no-sql-file`, and as `importHistory`.
 */
export async function importSql(
  session: Session,
  env: Environment,
  request: ImportOptions & { readonly path: string },
): Promise<ImportResult> {
  const history = readSqlFile(resolve(env.root, request.path), shownPath(env))
  const schemas = env.filter.flatMap((key) => env.schemas[key] ?? [])
  const { rows } = await session.client.query<{ schema: string }>(
    `SELECT DISTINCT n.nspname AS schema FROM pg_namespace n JOIN pg_depend d ON d.refobjid = n.oid
      WHERE n.nspname = ANY ($1) AND d.refclassid = 'pg_namespace'::regclass AND d.deptype = 'n'`,
    [schemas],
  )
  const revisions = history.revisions.map(({ revision }) => revision)
  const ledgers = rows.map(({ schema }): ForeignLedger => ({ schema, table: '*', revisions }))
  return importHistory(session, env, { ...request, history, ledgers, ignoreTables: [] })
}

/**
 * Settings that pg_dump begins with. They would stay for the session; only `check_function_bodies` is needed, since
 * a dump has functions before the tables that they read.
 */
const dumpSettings = /^(SET\s+\w+\s*=|SELECT pg_catalog\.set_config\('search_path', '', false\)$)/i

/**
 * Reads a schema file, such as `pg_dump --schema-only` writes, as one baseline revision.
 * @throws MigError `no-sql-file`, and `psql-command` or `copy-from-stdin` with the line.
 */
function readSqlFile(file: string, show: (path: string) => string): ImportedHistory {
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
    throw new MigError('no-sql-file', `${show(file)} has no statement`, {
      help: `write it again: pg_dump --schema-only --no-owner --no-privileges --schema=SCHEMA > ${show(file)}`,
      place: { file },
    })
  }
  const name = basename(file)
  const item = { name, message: `baseline from ${name}`, createdAt: undefined, source: show(file), upgrade }
  return { tool: 'sql', revisions: revisionChain('sql', [item]) }
}
