import { resolve } from 'node:path'
import type { Environment } from '../../environment/index.ts'
import type { Session } from '../../runner/index.ts'
import { type ImportResult, importHistory } from '../import/import.ts'
import { readFlywayLedgers } from '../import/ledgers-of-files.ts'
import { type ImportOptions, shownPath } from '../import/options.ts'
import { readFlywayProject } from './project.ts'

/**
 * Imports a folder of Flyway's SQL scripts, and what `flyway_schema_history` says.
 * @throws MigError `no-flyway-project`, `flyway-script`, `failed-migration`, `unknown-version`, `skipped-migration`,
 *   and as `importHistory`.
 */
export async function importFlyway(
  session: Session,
  env: Environment,
  request: ImportOptions & { readonly path: string },
): Promise<ImportResult> {
  const { history, migrations } = readFlywayProject(resolve(env.root, request.path), shownPath(env))
  const ledgers = await readFlywayLedgers(session.client, migrations, request.ledger ?? {})
  const ignoreTables = [request.ledger?.table ?? 'flyway_schema_history']
  return importHistory(session, env, { ...request, history, ledgers, ignoreTables })
}
