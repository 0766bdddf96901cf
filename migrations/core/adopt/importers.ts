import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { type Environment, nearest } from '../environment/index.ts'
import { MigError } from '../errors.ts'
import type { Session } from '../runner/index.ts'
import { type AlembicRequest, importAlembic } from './alembic/import.ts'
import { findHistories } from './find-histories.ts'
import { type FolderTool, readFolder } from './folders/files.ts'
import { folderTools } from './folders/tools.ts'
import { type ImportOptions, type ImportResult, importHistory, shownPath } from './import/import.ts'
import { readListLedgers } from './import/ledgers.ts'
import { importProgram, type ProgramImport } from './programs/import.ts'
import { programTools } from './programs/tools.ts'
import { importSql } from './sql/import.ts'

/** What any import may be told; each takes what concerns its tool. */
export type ToolRequest = AlembicRequest & ProgramImport

type Importer<Request = ToolRequest> = (
  session: Session,
  env: Environment,
  request: Request,
) => Promise<ImportResult>

const importers: ReadonlyMap<string, Importer> = new Map<string, Importer>([
  ['alembic', importAlembic],
  ...folderTools.map((tool) => [tool.name, folderImporter(tool)] as const),
  ...programTools.map(
    (tool) =>
      [tool.name, (session, env, request) => importProgram(session, env, tool, request)] as [
        string,
        Importer,
      ],
  ),
  ['sql', importSql],
])

export const importedTools: readonly string[] = [...importers.keys()]

/** The import of a tool. @throws MigError `unknown-tool` */
export function importerOf(name: string): Importer {
  const found = importers.get(name)
  if (found !== undefined) return found
  const guess = nearest(name, importedTools)
  throw new MigError('unknown-tool', `there is no import from ${JSON.stringify(name)}`, {
    help:
      guess === undefined
        ? `the tools are ${importedTools.join(', ')}`
        : `did you mean just mig-import ${guess}?`,
  })
}

/** The import of a folder of SQL files, and of what the tool's ledger says. @throws what `readFolder` and `importHistory` throw */
export function folderImporter(tool: FolderTool): Importer<ImportOptions & { readonly path: string }> {
  return async (session, env, request) => {
    const [given, show] = [resolve(env.root, request.path), shownPath(env)]
    if (!existsSync(given)) {
      throw new MigError('no-project', `there is no ${show(given)}`, {
        help: 'list what is found here: just mig-import',
      })
    }
    const { history, migrations } = readFolder(tool, given, show)
    const ledgers = await readListLedgers(session.client, migrations, tool.ledger, request.ledger)
    const ignoreTables = [request.ledger?.table ?? tool.ledger.table]
    return importHistory(session, env, { ...request, history, ledgers, ignoreTables })
  }
}

/** The path of the only history of a tool that is found below a folder. @throws MigError `missing-argument` */
export function historyPath(tool: string, root: string): string {
  const found = findHistories(root).filter((each) => each.tool === tool)
  const [first, ...others] = found
  if (first !== undefined && others.length === 0) return first.path
  const paths = found.map(({ path }) => path).join(', ')
  throw new MigError(
    'missing-argument',
    `mig-import ${tool} needs a path${paths === '' ? '' : `: there are ${paths}`}`,
    { help: 'give the folder of its project or migrations; list what is found here: just mig-import' },
  )
}
