import { type ImportedHistory, type ImportedRevision, listOf } from '../history.ts'
import { parentsOf } from './lines-given.ts'

type ById = ReadonlyMap<string, ImportedRevision>

/**
 * A history whose revisions go to different lines, as lines: a parent in another line becomes one that is depended on,
 * so that all run in the order that they had, and the parents are the nearest revisions before in the own line.
 */
export function apart(history: ImportedHistory, lines: ReadonlyMap<string, string>): ImportedHistory {
  const byId: ById = new Map(history.revisions.map((revision) => [revision.revision, revision]))
  const before = new Map<string, ReadonlyMap<string, readonly string[]>>()
  const revisions: ImportedRevision[] = []
  // Parents come first in an imported history.
  for (const revision of history.revisions) {
    const id = revision.revision
    const parents = parentsOf(revision, byId)
    const missing = listOf(revision.downRevision).filter((parent) => !byId.has(parent))
    const nearest = nearestByLine(parents, lines, before)
    before.set(id, nearest)
    const key = lines.get(id) ?? ''
    const own = [...missing, ...withoutAncestors(nearest.get(key) ?? [], byId)]
    const elsewhere = parents.filter((parent) => lines.get(parent) !== key)
    const [only = null] = own
    revisions.push({
      ...revision,
      downRevision: own.length > 1 ? own : only,
      dependsOn: [...new Set([...revision.dependsOn, ...elsewhere])],
    })
  }
  return { ...history, revisions }
}

/** For each line the nearest revisions at or before some parents. */
function nearestByLine(
  parents: readonly string[],
  lines: ReadonlyMap<string, string>,
  before: ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>,
): ReadonlyMap<string, readonly string[]> {
  const nearest = new Map<string, readonly string[]>()
  const add = (key: string, ids: readonly string[]) =>
    nearest.set(key, [...new Set([...(nearest.get(key) ?? []), ...ids])])
  for (const parent of parents) {
    const key = lines.get(parent) ?? ''
    add(key, [parent])
    for (const [other, ids] of before.get(parent) ?? []) if (other !== key) add(other, ids)
  }
  return nearest
}

/** Of some revisions those that none of the others comes after. */
function withoutAncestors(ids: readonly string[], byId: ById): readonly string[] {
  if (ids.length < 2) return ids
  return ids.filter((id) => !ids.some((other) => other !== id && isAncestor(id, other, byId)))
}

function isAncestor(id: string, of: string, byId: ById): boolean {
  const seen = new Set<string>()
  const open = [of]
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (at === id) return true
    const revision = byId.get(at)
    if (revision === undefined || seen.has(at)) continue
    seen.add(at)
    open.push(...parentsOf(revision, byId))
  }
  return false
}
