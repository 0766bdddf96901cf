import { relative } from 'node:path'
import type {
  AppliedRows,
  AppliedState,
  LogEntry,
  Project,
  RevisionSpec,
  TenantCounts,
} from '../../migrations/core/index.ts'
import type { HistoryFlag, HistoryRow, RevisionLine } from '../../migrations/core/report/index.ts'

/** What the database says of the revisions that are shown. */
export interface LedgerView {
  readonly applied: AppliedRows
  readonly entries: readonly LogEntry[]
  /** Revisions that were put below an applied one and have not run somewhere. */
  readonly neverRun: ReadonlySet<string>
  /** By tenant line; for those that are counted. */
  readonly tenants?: ReadonlyMap<string, TenantCounts>
}

/** Revisions as the history graph draws them, with what the ledger knows of each. */
export function historyRows(
  project: Project,
  specs: readonly RevisionSpec[],
  ledger: LedgerView,
): readonly HistoryRow[] {
  const { graph, files } = project
  const heads = new Set(graph.heads())
  const current = new Set([...ledger.applied.values()].flat())
  return specs.map((spec) => {
    const file = files.get(spec.revision)
    const parents = listOf(spec.downRevision)
    const counts = ledger.tenants?.get(spec.line ?? '')
    const flags: HistoryFlag[] = [
      ...(counts === undefined && current.has(spec.revision) ? (['current'] as const) : []),
      ...(heads.has(spec.revision) ? (['head'] as const) : []),
      ...(parents.length === 0 ? (['base'] as const) : []),
      ...(graph.children(spec.revision).length > 1 ? (['branch point'] as const) : []),
      ...(parents.length > 1 ? (['merge point'] as const) : []),
      ...(spec.irreversible === undefined ? [] : (['irreversible'] as const)),
      ...(ledger.neverRun.has(spec.revision) ? (['never run'] as const) : []),
    ]
    return {
      revision: spec.revision,
      line: spec.line ?? '',
      message: spec.message ?? '',
      parents,
      dependsOn: listOf(spec.dependsOn),
      labels: listOf(spec.branchLabels),
      flags,
      ...tenantsAt(counts?.byRevision.get(spec.revision)),
      ...(file === undefined ? {} : { path: relative(project.env.root, file.path) }),
      createdAt: spec.createdAt,
      irreversible: spec.irreversible,
      applied: ledger.entries
        .filter((entry) => entry.revision === spec.revision && entry.direction !== 'downgrade')
        .map(({ targetSchema, at, who, host, durationMs }) => ({
          targetSchema,
          at,
          by: host === null ? who : `${who} (${host})`,
          durationMs,
        })),
    }
  })
}

/** What of a history was put below applied revisions and has not run in a single line or some tenant. */
export function neverRunIn(
  states: ReadonlyMap<string, AppliedState>,
  tenants: ReadonlyMap<string, TenantCounts>,
): ReadonlySet<string> {
  const single = [...states.values()].flatMap(({ neverRun }) => neverRun)
  return new Set([...single, ...[...tenants.values()].flatMap(({ neverRun }) => [...neverRun])])
}

/** Rows of the ledger that no file has, for the lines of the filter. */
export function missingRows(project: Project, { applied, tenants }: LedgerView): readonly HistoryRow[] {
  return project.env.filter.flatMap((line) => {
    const counts = tenants?.get(line)?.byRevision
    const ids = counts === undefined ? applied.get(project.env.schemas[line] ?? '') : [...counts.keys()]
    return (ids ?? [])
      .filter((id) => !project.files.has(id))
      .map((revision) => ({
        ...tenantsAt(counts?.get(revision)),
        revision,
        line,
        message: '',
        parents: [],
        dependsOn: [],
        labels: [],
        flags: counts === undefined ? (['current', 'missing file'] as const) : (['missing file'] as const),
      }))
  })
}

function tenantsAt(count: number | undefined): Pick<HistoryRow, 'tenants'> {
  return count === undefined ? {} : { tenants: count }
}

/** A history row as `--json` shows it. */
export function revisionLine(row: HistoryRow, ledger: LedgerView): RevisionLine {
  const {
    revision,
    line,
    message,
    parents,
    dependsOn,
    labels,
    flags,
    path,
    createdAt,
    irreversible,
    tenants,
  } = row
  const applied = ledger.entries
    .filter((entry) => entry.revision === revision && entry.direction !== 'downgrade')
    .map(({ targetSchema, at, who, host, direction, durationMs }) => ({
      targetSchema,
      at,
      who,
      host,
      direction,
      durationMs,
    }))
  return {
    event: 'revision',
    revision,
    line,
    message,
    downRevision: parents,
    dependsOn,
    branchLabels: labels,
    flags,
    ...tenantsAt(tenants),
    path: path ?? null,
    createdAt: createdAt ?? null,
    irreversible,
    applied,
  }
}

export function listOf(value: string | readonly string[] | null | undefined): readonly string[] {
  if (value === null || value === undefined || value === '') return []
  return typeof value === 'string' ? [value] : value
}
