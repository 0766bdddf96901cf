import { relative } from 'node:path'
import type { AppliedRows, LogEntry } from '../ledger/index.ts'
import type { RevisionSpec } from '../revisions/index.ts'
import type { Project, TenantCounts } from '../runner/index.ts'
import type { HistoryFlag, RevisionLine } from './json-look.ts'

/** What the database says of the revisions that are shown. */
export interface LedgerView {
  readonly applied: AppliedRows
  readonly entries: readonly LogEntry[]
  /** Revisions that were put below an applied one and have not run somewhere. */
  readonly neverRun: ReadonlySet<string>
  /** By tenant line; for those that are counted. */
  readonly tenants?: ReadonlyMap<string, TenantCounts>
}

/** Revisions with what the ledger knows of each. */
export function revisionLines(
  { env, graph, files }: Project,
  specs: readonly RevisionSpec[],
  { applied, entries, neverRun, tenants }: LedgerView,
): readonly RevisionLine[] {
  const heads = new Set(graph.heads())
  const current = new Set([...applied.values()].flat())
  return specs.map(({ revision, line = '', message = '', createdAt, irreversible, ...spec }) => {
    const path = files.get(revision)?.path
    const downRevision = listOf(spec.downRevision)
    const counts = tenants?.get(line)
    const flags: readonly (readonly [HistoryFlag, boolean])[] = [
      ['current', counts === undefined && current.has(revision)],
      ['head', heads.has(revision)],
      ['base', downRevision.length === 0],
      ['branch point', graph.children(revision).length > 1],
      ['merge point', downRevision.length > 1],
      ['irreversible', irreversible !== undefined],
      ['never run', neverRun.has(revision)],
    ]
    return {
      ...{ event: 'revision', revision, line, message, downRevision },
      ...{ dependsOn: listOf(spec.dependsOn), branchLabels: listOf(spec.branchLabels) },
      flags: flags.flatMap(([flag, isSet]) => (isSet ? [flag] : [])),
      ...tenantsAt(counts?.byRevision.get(revision)),
      path: path === undefined ? null : relative(env.root, path),
      createdAt: createdAt ?? null,
      irreversible,
      applied: entries
        .filter((entry) => entry.revision === revision && entry.direction !== 'downgrade')
        .map(({ targetSchema, at, who, host, direction, durationMs }) => {
          return { targetSchema, at, who, host, direction, durationMs }
        }),
    }
  })
}

/** Rows of the ledger that no file has, for the lines of the filter. */
export function missingLines({ env, files }: Project, ledger: LedgerView): readonly RevisionLine[] {
  return env.filter.flatMap((line) => {
    const counts = ledger.tenants?.get(line)?.byRevision
    const ids = counts === undefined ? ledger.applied.get(env.schemas[line] ?? '') : [...counts.keys()]
    return (ids ?? [])
      .filter((id) => !files.has(id))
      .map((revision) => ({
        ...{
          event: 'revision',
          revision,
          line,
          message: '',
          downRevision: [],
          dependsOn: [],
          branchLabels: [],
        },
        flags: counts === undefined ? (['current', 'missing file'] as const) : (['missing file'] as const),
        ...tenantsAt(counts?.get(revision)),
        ...{ path: null, createdAt: null, applied: [] },
      }))
  })
}

function tenantsAt(count: number | undefined): Pick<RevisionLine, 'tenants'> {
  return count === undefined ? {} : { tenants: count }
}

function listOf(value: string | readonly string[] | null | undefined): readonly string[] {
  return [value ?? []].flat().filter((each) => each !== '')
}
