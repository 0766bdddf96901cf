import { needOf, standsOn } from './case-model.ts'
import type { CaseGraph, CaseRequest, CaseStep } from './cases.ts'

type Answer = Record<string, unknown>

/** Codes of ours that say another thing than Alembic's for the same refusal are fine; success is not. */
export function judge(graph: CaseGraph, request: CaseRequest, answer: Answer): string | undefined {
  const { expect: wanted } = request
  const planned = answer.steps as readonly CaseStep[] | undefined
  if (wanted.error !== undefined) {
    if ('error' in answer) return undefined
    const same = sameSet(planned?.map((step) => step.revision) ?? [], wanted.planned ?? [])
    return wanted.error === 'internal_version_table' && same ? undefined : `no error, but ${wanted.error}`
  }
  if ('error' in answer)
    return wanted.order === 'nondeterministic' ? undefined : `error ${String(answer.error)}`
  if (planned !== undefined) return judgeSteps(graph, request, planned)
  if ('final' in answer) return judgeStamp(graph, request, answer.final as readonly string[])
  if ('down' in answer) return judgeSet(answer.down, wanted.down)
  if ('resolved_heads' in answer) {
    return judgeSet(answer.heads, wanted.heads) ?? judgeSet(answer.resolved_heads, wanted.resolved_heads)
  }
  if ('branch_points' in answer) {
    const points = wanted.branch_points?.map((point) => point.revision)
    return judgeSet(answer.branch_points, points)
  }
  if ('revisions' in answer) return judgeList(graph, request, answer.revisions as readonly string[])
  return undefined
}

function judgeSteps(graph: CaseGraph, request: CaseRequest, got: readonly CaseStep[]): string | undefined {
  const { expect: wanted, current } = request
  const ids = got.map((step) => step.revision)
  const wantedIds = wanted.steps?.map((step) => step.revision) ?? []
  if (!sameSet(ids, wantedIds)) return `steps ${ids.join(' ')} instead of ${wantedIds.join(' ')}`
  if (wanted.order === undefined && ids.join() !== wantedIds.join()) return `order ${ids.join(' ')}`
  return validOrder(graph, current, got)
}

/** Each step up has what it needs, nothing stands on a step down, and the rows are the maximal applied. */
export function validOrder(
  graph: CaseGraph,
  current: readonly string[],
  steps: readonly CaseStep[],
): string | undefined {
  const need = needOf(graph)
  const applied = standsOn(need, current)
  for (const { revision, direction, heads } of steps) {
    const needs = [...(need.get(revision) ?? [])]
    if (direction === 'up') {
      if (applied.has(revision)) return `${revision} is applied twice`
      if (!needs.every((id) => applied.has(id))) return `${revision} comes before what it needs`
      applied.add(revision)
    } else {
      if (!applied.delete(revision)) return `${revision} is not applied`
      if ([...applied].some((id) => need.get(id)?.has(revision))) return `something stands on ${revision}`
    }
    const below = new Set([...applied].flatMap((id) => [...(need.get(id) ?? [])]))
    const rows = [...applied].filter((id) => !below.has(id))
    if (!sameSet(rows, heads))
      return `rows after ${revision}: ${heads.join(' ')} instead of ${rows.join(' ')}`
  }
  return undefined
}

/** docs/explanation/differences-from-alembic.md: a stamp keeps the rows that it names, where no other target relates to them. */
function judgeStamp(graph: CaseGraph, request: CaseRequest, got: readonly string[]): string | undefined {
  const wanted = request.expect.final ?? []
  const need = needOf(graph)
  const relate = (a: string, b: string) => standsOn(need, [a]).has(b) || standsOn(need, [b]).has(a)
  const isKept = (id: string) => request.current.includes(id) && !wanted.some((other) => relate(id, other))
  return judgeSet(
    got.filter((id) => wanted.includes(id) || !isKept(id)),
    wanted,
  )
}

function judgeList(graph: CaseGraph, request: CaseRequest, got: readonly string[]): string | undefined {
  const wanted = request.expect.revisions ?? []
  if (!sameSet(got, wanted)) return `${got.join(' ')} instead of ${wanted.join(' ')}`
  if (got.join() === wanted.join() || request.kind === 'show' || request.expect.order !== undefined)
    return undefined
  const need = needOf(graph)
  const late = got.find((id, at) =>
    [...(need.get(id) ?? [])].some((below) => got.slice(0, at).includes(below)),
  )
  return late === undefined ? 'another order' : `${late} is listed below what it needs`
}

function judgeSet(got: unknown, wanted: readonly string[] | undefined): string | undefined {
  const ids = Array.isArray(got) ? got.map(String) : []
  return sameSet(ids, wanted ?? []) ? undefined : `${ids.join(' ')} instead of ${wanted?.join(' ')}`
}

function sameSet(a: readonly string[], b: readonly string[]): boolean {
  return [...a].sort().join() === [...b].sort().join()
}
