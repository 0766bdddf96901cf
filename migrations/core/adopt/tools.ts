import { type Environment, nearest } from '../environment/index.ts'
import { MigError } from '../errors.ts'
import type { Session } from '../runner/index.ts'
import { type AlembicRequest, importAlembic } from './alembic/import.ts'
import { folderTools } from './folder-tools.ts'
import { findHistories, importedTools } from './found.ts'
import type { ImportResult } from './import/import.ts'
import { importProgram, type ProgramImport } from './programs/import.ts'
import { programTools } from './programs/tools.ts'
import { importSql } from './sql/import.ts'

/** What any import may be told; each takes what concerns its tool. */
export type ToolRequest = AlembicRequest & ProgramImport

export type Importer = (session: Session, env: Environment, request: ToolRequest) => Promise<ImportResult>

/** The import of a tool. @throws MigError `unknown-tool` */
export function importerOf(name: string): Importer {
  if (name === 'alembic') return importAlembic
  if (name === 'sql') return importSql
  const folder = folderTools.find((tool) => tool.name === name)
  if (folder !== undefined) return folder.import
  const program = programTools.find((tool) => tool.name === name)
  if (program !== undefined) return (session, env, request) => importProgram(session, env, program, request)
  const guess = nearest(name, importedTools)
  throw new MigError('unknown-tool', `there is no import from ${JSON.stringify(name)}`, {
    help:
      guess === undefined
        ? `the tools are ${importedTools.join(', ')}`
        : `did you mean just mig-import ${guess}?`,
  })
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
    { help: 'the folder of its project or migrations; just mig-import alone says what is found here' },
  )
}
