import type { CaseGraph } from './cases.ts'

export type Need = ReadonlyMap<string, ReadonlySet<string>>

/** What each revision needs, labels resolved: worked out without the code under test. */
export function needOf(graph: Pick<CaseGraph, 'revisions'>): Need {
  const labels = new Map(graph.revisions.flatMap(({ id, labels: names }) => names.map((name) => [name, id])))
  return new Map(
    graph.revisions.map(({ id, down, depends }) => [
      id,
      new Set([...down, ...depends.map((name) => labels.get(name) ?? name)]),
    ]),
  )
}

/** The revisions and all they need. */
export function standsOn(need: Need, ids: readonly string[]): Set<string> {
  const seen = new Set<string>()
  const todo = [...ids]
  for (let id = todo.pop(); id !== undefined; id = todo.pop()) {
    if (seen.has(id)) continue
    seen.add(id)
    todo.push(...(need.get(id) ?? []))
  }
  return seen
}
