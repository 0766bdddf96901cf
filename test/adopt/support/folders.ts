import { folderImporter } from '../../../migrations/core/adopt/importers.ts'
import { folderTools, type ImportResult } from '../../../migrations/core/adopt/index.ts'
import type { Environment } from '../../../migrations/core/environment/index.ts'
import type { Session } from '../../../migrations/core/runner/index.ts'

/** What `mig-import NAME PATH` does for a tool whose migrations are SQL files. */
export async function importFolder(
  name: string,
  session: Session,
  env: Environment,
  request: Parameters<ReturnType<typeof folderImporter>>[2],
): Promise<ImportResult> {
  const tool = folderTools.find((each) => each.name === name)
  if (tool === undefined) throw new Error(`there is no tool ${name}`)
  return folderImporter(tool)(session, env, request)
}
