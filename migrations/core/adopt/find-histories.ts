import { statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { readSource } from '../source-file.ts'
import { folderTools } from './folders/tools.ts'
import { isSettings, type ProgramTool, programTools } from './programs/tools.ts'
import { filesBelow } from './project-files.ts'

export interface FoundHistory {
  readonly tool: string
  /** What to give as the path, relative to the folder that was searched. */
  readonly path: string
}

/** The histories of other tools in a folder, by the names of their files alone. */
export function findHistories(root: string): readonly FoundHistory[] {
  const found = filesBelow(root).flatMap((file): readonly FoundHistory[] => [
    ...(basename(file) === 'alembic.ini' ? [{ tool: 'alembic', path: above(file, 1) }] : []),
    ...folderTools.flatMap(({ name: tool, sign: [pattern, up] = [/$^/, 0] }) =>
      pattern.test(file) ? [{ tool, path: above(file, up) }] : [],
    ),
    ...programTools.flatMap((tool) =>
      hasProgram(tool, join(root, file)) ? [{ tool: tool.name, path: above(file, 1) }] : [],
    ),
  ])
  return [...new Map(found.map((each) => [`${each.tool} ${each.path}`, each])).values()]
}

/** The files of settings of the tools that are programs, by their names alone. */
export function findSettings(root: string): readonly string[] {
  return filesBelow(root)
    .map((file) => join(root, file))
    .filter((file) => programTools.some((tool) => isSettings(tool, file)) && statSync(file).isFile())
}

/** The file of its settings, or, for a tool that needs none, that the project has the package of its commands. */
function hasProgram(tool: ProgramTool, file: string): boolean {
  if (isSettings(tool, file)) return true
  if (tool.needs !== undefined || basename(file) !== 'package.json' || !statSync(file).isFile()) return false
  return readSource(file).includes(`"${tool.package}"`)
}

function above(file: string, levels: number): string {
  return file.split('/').slice(0, -levels).join('/') || '.'
}
