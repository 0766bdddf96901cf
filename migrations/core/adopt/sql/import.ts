import { resolve } from 'node:path'
import type { Environment } from '../../environment/index.ts'
import type { Session } from '../../runner/index.ts'
import type { ForeignLedger } from '../import/applied.ts'
import { type ImportResult, importHistory } from '../import/import.ts'
import { type ImportOptions, shownPath } from '../import/options.ts'
import { readSqlFile } from './file.ts'

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
