import { readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { folderTools } from './folder-tools.ts'
import { type ProgramTool, programTools } from './programs/tools.ts'

export interface FoundHistory {
  readonly tool: string
  /** What to give as the path, relative to the folder that was searched. */
  readonly path: string
}

/** What shows that a folder has a history. Files of one form may be of several tools: the most used one is told. */
const signs: readonly (readonly [tool: string, sign: RegExp, up: number])[] = [
  ['alembic', /(^|\/)alembic\.ini$/, 1],
  ['drizzle', /(^|\/)meta\/_journal\.json$/, 2],
  ['prisma', /(^|\/)migrations\/\d{14}_[^/]+\/migration\.sql$/, 2],
  ['flyway', /(^|\/)V\d[\d._]*__[^/]+\.sql$/, 1],
  ['golang-migrate', /(^|\/)\d+_[^/]+\.up\.sql$/, 1],
  ['diesel', /(^|\/)\d[\d-]*_[^/]+\/up\.sql$/, 2],
  ['supabase', /(^|\/)supabase\/migrations\/\d+_[^/]+\.sql$/, 1],
]

export const importedTools: readonly string[] = [
  'alembic',
  ...folderTools.map(({ name }) => name),
  ...programTools.map(({ name }) => name),
  'sql',
]

const passed = /^(node_modules|dist|build|coverage|venv|env|site-packages|__pycache__|\..*)$/
const deepest = 6

/** The histories of other tools in a folder, by the names of their files alone. */
export function findHistories(root: string): readonly FoundHistory[] {
  const files = filesBelow(root, 0).map((file) => relative(root, file).replaceAll('\\', '/'))
  const found = files.flatMap((file): readonly FoundHistory[] => [
    ...signs.flatMap(([tool, sign, up]) => (sign.test(file) ? [{ tool, path: above(file, up) }] : [])),
    ...programTools.flatMap((tool) =>
      hasProgram(tool, root, file) ? [{ tool: tool.name, path: above(file, 1) }] : [],
    ),
  ])
  return [...new Map(found.map((each) => [`${each.tool} ${each.path}`, each])).values()]
}

/** The file of its settings, or, for a tool that needs none, that the project has its package. */
function hasProgram({ settings, needs, name }: ProgramTool, root: string, file: string): boolean {
  if (settings.test(basename(file)) && !/\.d\.[cm]?ts$/.test(file)) return true
  if (needs !== undefined || basename(file) !== 'package.json') return false
  return readFileSync(join(root, file), 'utf8').includes(`"${name}"`)
}

function above(file: string, levels: number): string {
  let path = file
  for (let level = 0; level < levels; level += 1) path = dirname(path)
  return path
}

function filesBelow(folder: string, depth: number): readonly string[] {
  if (depth > deepest) return []
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => a.name.localeCompare(b.name))
    .flatMap((entry) => {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) return passed.test(entry.name) ? [] : filesBelow(path, depth + 1)
      return entry.isFile() ? [path] : []
    })
}
