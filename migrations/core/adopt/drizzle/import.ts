import { resolve } from 'node:path'
import type { Environment } from '../../environment/index.ts'
import type { Session } from '../../runner/index.ts'
import { type ImportResult, importHistory } from '../import/import.ts'
import { readDrizzleLedgers } from '../import/ledgers.ts'
import { type ImportOptions, shownPath } from '../import/options.ts'
import { readDrizzleProject } from './project.ts'

/**
 * Imports drizzle-kit's migrations folder, and what `__drizzle_migrations` says.
 * @throws MigError `no-drizzle-project`, `drizzle-dialect`, `drizzle-file`, `unknown-version`, `skipped-migration`,
 *   and as `importHistory`.
 */
export async function importDrizzle(
  session: Session,
  env: Environment,
  request: ImportOptions & { readonly path: string },
): Promise<ImportResult> {
  const { history, migrations } = readDrizzleProject(resolve(env.root, request.path), shownPath(env))
  const ledgers = await readDrizzleLedgers(session.client, migrations, request.ledger ?? {})
  const ignoreTables = [request.ledger?.table ?? '__drizzle_migrations']
  return importHistory(session, env, { ...request, history, ledgers, ignoreTables })
}
