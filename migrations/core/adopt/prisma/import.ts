import type { Environment } from '../../environment/index.ts'
import type { Session } from '../../runner/index.ts'
import { type FolderImport, importFolder } from '../import/folder.ts'
import type { ImportResult } from '../import/import.ts'
import { readPrismaLedgers } from '../import/ledgers.ts'
import { readPrismaProject } from './project.ts'

/**
 * Imports Prisma's migrations folder, and what `_prisma_migrations` says.
 * @throws MigError `no-prisma-project`, `prisma-provider`, `failed-migration`, `unknown-version`,
 *   `skipped-migration`, and as `importHistory`.
 */
export async function importPrisma(
  session: Session,
  env: Environment,
  request: FolderImport,
): Promise<ImportResult> {
  const tool = { table: '_prisma_migrations', readProject: readPrismaProject, readLedgers: readPrismaLedgers }
  return importFolder(session, env, tool, request)
}
