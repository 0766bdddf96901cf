import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Environment } from '../../environment/index.ts'
import { MigError } from '../../errors.ts'
import type { Session } from '../../runner/index.ts'
import { type ImportResult, importHistory } from '../import/import.ts'
import { readAlembicLedgers } from '../import/ledgers.ts'
import { type ImportOptions, shownPath } from '../import/options.ts'
import { pythonModules } from '../python/modules.ts'
import { type OfflineSql, readOfflineSql } from './offline-sql.ts'
import { type AlembicFolders, environmentScope, findAlembicFolders, readAlembicProject } from './project.ts'

export interface AlembicRequest extends ImportOptions {
  /** The folder with `alembic.ini`, the script folder, or a folder of revision files. */
  readonly path: string
  /** Files with what `alembic upgrade … --sql` and `alembic downgrade … --sql` wrote. */
  readonly offlineSql?: readonly string[]
  /** The section of alembic.ini, as `alembic --name` takes it. */
  readonly section?: string
  /** Folders besides the project's own that Python imports modules from, as `site-packages`. */
  readonly pythonPath?: readonly string[]
}

/**
 * Imports an Alembic project: its revision files, and what its version tables say.
 * @throws MigError `no-alembic-project`, `bad-python`, `bad-alembic-revision`, `bad-offline-sql`, and as
 *   `importHistory`.
 */
export async function importAlembic(
  session: Session,
  env: Environment,
  request: AlembicRequest,
): Promise<ImportResult> {
  const folders = findAlembicFolders(resolve(env.root, request.path), request.section)
  const pythonPath = (request.pythonPath ?? []).map((folder) => resolve(env.root, folder))
  const place = { ...versionTableOf(folders, pythonPath), ...request.ledger }
  const offline = readOfflineFiles(env, request.offlineSql ?? [], place.table)
  const history = readAlembicProject({ folders, offline, show: shownPath(env), pythonPath })
  const ledgers = await readAlembicLedgers(session.client, place)
  return importHistory(session, env, {
    ...request,
    history,
    ledgers,
    ignoreTables: [place.table ?? 'alembic_version'],
  })
}

function readOfflineFiles(env: Environment, files: readonly string[], table: string | undefined): OfflineSql {
  const sections = files.flatMap((file) => {
    const path = resolve(env.root, file)
    if (!existsSync(path)) {
      throw new MigError('bad-offline-sql', `there is no file ${file}`, {
        help: 'write it with Alembic: alembic upgrade base:heads --sql > upgrade.sql',
        place: { file },
      })
    }
    return [...readOfflineSql(readFileSync(path, 'utf8'), file, table)]
  })
  return new Map(sections)
}

/** `version_table=…` of `context.configure` in `env.py`: a plain text, or a name that stands for one. */
function versionTableOf(folders: AlembicFolders, pythonPath: readonly string[]): { readonly table?: string } {
  const file = folders.scriptLocation === undefined ? undefined : join(folders.scriptLocation, 'env.py')
  if (file === undefined || !existsSync(file)) return {}
  const [, text, name] =
    /\bversion_table\s*=\s*(?:["'](\w+)["']|([A-Za-z_]\w*)\b(?!\s*[.(]))/.exec(readFileSync(file, 'utf8')) ??
    []
  if (text !== undefined) return { table: text }
  const value =
    name === undefined
      ? undefined
      : environmentScope(folders, pythonModules([...folders.importedFrom, ...pythonPath])).values.get(name)
  return value?.kind === 'text' ? { table: value.text } : {}
}
