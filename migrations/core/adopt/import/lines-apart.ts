import {
  type ImportedHistory,
  type ImportedRevision,
  listOf,
  parentsOf,
  type RevisionsById,
  reachedFrom,
  revisionsById,
} from '../history.ts'

/**
 * A history whose revisions go to different lines, as lines: a parent in another line becomes one that is depended on,
 * so that all run in the order that they had, and the parents are the nearest revisions before in the own line.
 */
export function apart(history: ImportedHistory, lines: ReadonlyMap<string, string>): ImportedHistory {
  const byId = revisionsById(history.revisions)
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
    const inLine = [...missing, ...withoutAncestors(nearest.get(key) ?? [], byId)]
    const elsewhere = parents.filter((parent) => lines.get(parent) !== key)
    const [only = null] = inLine
    revisions.push({
      ...revision,
      downRevision: inLine.length > 1 ? inLine : only,
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
function withoutAncestors(ids: readonly string[], byId: RevisionsById): readonly string[] {
  if (ids.length < 2) return ids
  const parents = (id: string) => {
    const revision = byId.get(id)
    return revision === undefined ? [] : parentsOf(revision, byId)
  }
  return ids.filter((id) => !ids.some((other) => other !== id && reachedFrom([other], parents).has(id)))
}
