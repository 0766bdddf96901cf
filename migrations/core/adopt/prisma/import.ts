import { resolve } from 'node:path'
import type { Environment } from '../../environment/index.ts'
import type { Session } from '../../runner/index.ts'
import { type ImportResult, importHistory } from '../import/import.ts'
import { readPrismaLedgers } from '../import/ledgers.ts'
import { type ImportOptions, shownPath } from '../import/options.ts'
import { readPrismaProject } from './project.ts'

/**
 * Imports Prisma's migrations folder, and what `_prisma_migrations` says.
 * @throws MigError `no-prisma-project`, `prisma-provider`, `failed-migration`, `unknown-version`,
 *   `skipped-migration`, and as `importHistory`.
 */
export async function importPrisma(
  session: Session,
  env: Environment,
  request: ImportOptions & { readonly path: string },
): Promise<ImportResult> {
  const { history, migrations } = readPrismaProject(resolve(env.root, request.path), shownPath(env))
  const ledgers = await readPrismaLedgers(session.client, migrations, request.ledger ?? {})
  const ignoreTables = [request.ledger?.table ?? '_prisma_migrations']
  return importHistory(session, env, { ...request, history, ledgers, ignoreTables })
}
