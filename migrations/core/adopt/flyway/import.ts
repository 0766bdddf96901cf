import type { Environment } from '../../environment/index.ts'
import type { Session } from '../../runner/index.ts'
import { type FolderImport, importFolder } from '../import/folder.ts'
import type { ImportResult } from '../import/import.ts'
import { readFlywayLedgers } from '../import/ledgers-of-files.ts'
import { readFlywayProject } from './project.ts'

/**
 * Imports a folder of Flyway's SQL scripts, and what `flyway_schema_history` says.
 * @throws MigError `no-flyway-project`, `flyway-script`, `failed-migration`, `unknown-version`, `skipped-migration`,
 *   and as `importHistory`.
 */
export async function importFlyway(
  session: Session,
  env: Environment,
  request: FolderImport,
): Promise<ImportResult> {
  const tool = {
    table: 'flyway_schema_history',
    readProject: readFlywayProject,
    readLedgers: readFlywayLedgers,
  }
  return importFolder(session, env, tool, request)
}
