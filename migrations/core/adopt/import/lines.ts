import type { Environment, Line } from '../../environment/index.ts'
import { MigError } from '../../errors.ts'
import { groupBy } from '../../group-by.ts'
import { foldersOf, type ImportedHistory, type ImportedRevision, listOf } from '../history.ts'
import { apart } from './lines-apart.ts'
import { type LineChoice, mappedLines } from './lines-given.ts'

/** Revision id → schema key. */
export type LineOfRevision = ReadonlyMap<string, string>

/**
 * Which line each revision goes to, and the history as it is then. With `given`, what stands there decides for each
 * revision; otherwise, with one key in the filter, it takes all, and with several, each part of the graph that hangs together
 * goes to the key that is one of its branch labels, or a folder that its files are in.
 * @throws MigError `which-line` for a part that names no key, or several, and as `mappedLines`.
 */
export function inLines(
  history: ImportedHistory,
  env: Environment,
  given: readonly LineChoice[] = [],
): { readonly history: ImportedHistory; readonly lines: LineOfRevision } {
  if (given.length === 0) return { history, lines: linesOfRevisions(history, env) }
  const lines = mappedLines(history, env, given)
  return { history: apart(history, lines), lines }
}

function linesOfRevisions(history: ImportedHistory, env: Environment): LineOfRevision {
  const [only, ...others] = env.filter
  const lines = new Map<string, string>()
  if (only !== undefined && others.length === 0) {
    for (const { revision } of history.revisions) lines.set(revision, only)
    return lines
  }
  const candidates = env.lines.filter((line) => env.filter.includes(line.key))
  for (const part of connectedParts(history.revisions)) {
    const keys = [...new Set(part.flatMap((revision) => keysNamed(revision, candidates)))]
    const [key] = keys
    if (key === undefined || keys.length > 1) throw whichLine(part, keys, env)
    for (const { revision } of part) lines.set(revision, key)
  }
  return lines
}

function keysNamed(revision: ImportedRevision, lines: readonly Line[]): readonly string[] {
  const folders = foldersOf(revision)
  return lines
    .filter(({ key, schema }) =>
      [key, ...(schema === null ? [] : [schema])].some(
        (name) => revision.branchLabels.includes(name) || folders.includes(name),
      ),
    )
    .map((line) => line.key)
}

/** The parts of the graph that parents join; what depends on another part stays apart from it. */
function connectedParts(revisions: readonly ImportedRevision[]): readonly (readonly ImportedRevision[])[] {
  const root = new Map<string, string>(revisions.map(({ revision }) => [revision, revision]))
  const find = (id: string): string => {
    let at = id
    for (let up = root.get(at); up !== undefined && up !== at; up = root.get(at)) at = up
    root.set(id, at)
    return at
  }
  for (const { revision, downRevision } of revisions) {
    for (const parent of listOf(downRevision)) if (root.has(parent)) root.set(find(revision), find(parent))
  }
  return [...groupBy(revisions, ({ revision }) => find(revision)).values()]
}

function whichLine(part: readonly ImportedRevision[], keys: readonly string[], env: Environment): MigError {
  const first = part[0]
  const what = `the history that begins with ${first?.revision} (${first?.source})`
  const message =
    keys.length === 0
      ? `${what} belongs to an unknown line: no branch label or folder of it is one of ${env.filter.join(', ')}`
      : `${what} has branch labels or folders of several schema keys: ${keys.join(', ')}`
  return new MigError('which-line', message, {
    help: `give the one schema key that it belongs to as the last argument: ${env.filter.join(' or ')}; or assign each part: --line NAME=KEY, by branch label, folder or revision`,
    facts: { revisions: part.map(({ revision }) => revision), keys },
  })
}
