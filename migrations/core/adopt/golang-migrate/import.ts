import { resolve } from 'node:path'
import type { Environment } from '../../environment/index.ts'
import type { Session } from '../../runner/index.ts'
import { type ImportResult, importHistory } from '../import/import.ts'
import { readNumberedLedgers } from '../import/ledgers-of-files.ts'
import { type ImportOptions, shownPath } from '../import/options.ts'
import { readNumberedProject } from './project.ts'

/**
 * Imports a folder of golang-migrate, and what `schema_migrations` says.
 * @throws MigError `no-golang-migrate-project`, `golang-migrate-file`, `failed-migration`, `unknown-version`, and as
 *   `importHistory`.
 */
export async function importGolangMigrate(
  session: Session,
  env: Environment,
  request: ImportOptions & { readonly path: string },
): Promise<ImportResult> {
  const { history, migrations } = readNumberedProject(resolve(env.root, request.path), shownPath(env))
  const ledgers = await readNumberedLedgers(session.client, migrations, request.ledger ?? {})
  const ignoreTables = [request.ledger?.table ?? 'schema_migrations']
  return importHistory(session, env, { ...request, history, ledgers, ignoreTables })
}
