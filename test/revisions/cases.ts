import {
  type RevisionGraph,
  type RevisionSpec,
  revisionGraph,
} from '../../migrations/core/revisions/index.ts'

/** A graph with requests, as Alembic answered them. */
export interface CaseGraph {
  readonly id: string
  readonly revisions: readonly {
    readonly id: string
    readonly down: readonly string[]
    readonly depends: readonly string[]
    readonly labels: readonly string[]
  }[]
  readonly requests: readonly CaseRequest[]
}

export interface CaseStep {
  readonly revision: string
  readonly direction: 'up' | 'down'
  readonly heads: readonly string[]
}

export interface CaseRequest {
  readonly kind: string
  readonly current: readonly string[]
  readonly target: string | readonly string[]
  readonly purge?: boolean
  readonly splice?: boolean
  readonly form?: string
  readonly quirk?: readonly string[]
  readonly current_not_maximal?: boolean
  readonly expect: {
    readonly error?: string
    readonly steps?: readonly CaseStep[]
    readonly final?: readonly string[]
    readonly sane_final?: readonly string[]
    readonly rows_not_maximal?: boolean
    readonly revisions?: readonly string[]
    readonly heads?: readonly string[]
    readonly resolved_heads?: readonly string[]
    readonly branch_points?: readonly { readonly revision: string }[]
    readonly down?: readonly string[]
    readonly planned?: readonly string[]
    readonly order?: string
  }
}

/** The graph of a case, without lines. */
export function specsOf(graph: CaseGraph): readonly RevisionSpec[] {
  return graph.revisions.map(({ id, down, depends, labels }) => ({
    revision: id,
    downRevision: down.length === 1 ? (down[0] ?? null) : down.length === 0 ? null : down,
    dependsOn: depends,
    branchLabels: labels,
  }))
}

/** Our answer to a request, in the words of the cases; undefined for what the graph does not answer. */
export function answerOf(
  graph: () => RevisionGraph,
  request: CaseRequest,
): Record<string, unknown> | undefined {
  const { kind, current, target } = request
  switch (kind) {
    case 'upgrade':
      return stepsOf(graph().upgradePlan({ applied: current, target }))
    case 'downgrade':
      return stepsOf(graph().downgradePlan({ applied: current, target }))
    case 'stamp':
      return { final: graph().stampedRows({ applied: current, target, purge: request.purge ?? false }) }
    case 'history':
      return {
        revisions: graph()
          .history(typeof target === 'string' ? target : target.join(':'), { applied: current })
          .map((spec) => spec.revision),
      }
    case 'show':
      return { revisions: graph().resolveAll(String(target)) }
    case 'heads':
      return { heads: graph().heads(), resolved_heads: graph().realHeads(), bases: graph().bases() }
    case 'branches':
      return {
        branch_points: graph()
          .branchPoints()
          .map(({ revision }) => revision),
      }
    case 'merge':
      return { down: graph().merge(target, { splice: request.splice ?? false }) }
    case 'load':
      return { heads: graph().heads() }
    default:
      return undefined
  }
}

function stepsOf(steps: ReturnType<RevisionGraph['upgradePlan']>): Record<string, unknown> {
  return {
    steps: steps.map((step) => ({
      revision: step.revision,
      direction: step.direction === 'upgrade' ? 'up' : 'down',
      heads: step.appliedAfter,
    })),
  }
}

/** The graph of a case, built when first asked for, since an invalid one is an error. */
export function lazyGraph(graph: CaseGraph): () => RevisionGraph {
  let built: RevisionGraph | undefined
  return () => {
    built ??= revisionGraph(specsOf(graph))
    return built
  }
}
