import type { Environment } from '../../environment/index.ts'
import type { Session } from '../../runner/index.ts'
import { type FolderImport, importFolder } from '../import/folder.ts'
import type { ImportResult } from '../import/import.ts'
import { readDrizzleLedgers } from '../import/ledgers.ts'
import { readDrizzleProject } from './project.ts'

/**
 * Imports drizzle-kit's migrations folder, and what `__drizzle_migrations` says.
 * @throws MigError `no-drizzle-project`, `drizzle-dialect`, `drizzle-file`, `unknown-version`, `skipped-migration`,
 *   and as `importHistory`.
 */
export async function importDrizzle(
  session: Session,
  env: Environment,
  request: FolderImport,
): Promise<ImportResult> {
  const tool = {
    table: '__drizzle_migrations',
    readProject: readDrizzleProject,
    readLedgers: readDrizzleLedgers,
  }
  return importFolder(session, env, tool, request)
}
