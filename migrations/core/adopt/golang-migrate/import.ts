import type { Environment } from '../../environment/index.ts'
import type { Session } from '../../runner/index.ts'
import { type FolderImport, importFolder } from '../import/folder.ts'
import type { ImportResult } from '../import/import.ts'
import { readNumberedLedgers } from '../import/ledgers-of-files.ts'
import { readNumberedProject } from './project.ts'

/**
 * Imports a folder of golang-migrate, and what `schema_migrations` says.
 * @throws MigError `no-golang-migrate-project`, `golang-migrate-file`, `failed-migration`, `unknown-version`, and as
 *   `importHistory`.
 */
export async function importGolangMigrate(
  session: Session,
  env: Environment,
  request: FolderImport,
): Promise<ImportResult> {
  const tool = {
    table: 'schema_migrations',
    readProject: readNumberedProject,
    readLedgers: readNumberedLedgers,
  }
  return importFolder(session, env, tool, request)
}
