import type { LogEntry } from '../../ledger/index.ts'
import type { Project } from '../project.ts'
import type { Session } from '../session/session.ts'
import { singleTargets } from '../targets/target-schemas.ts'
import { type LineStatus, lineStatusReader } from './line-status.ts'

/** The state of one applied revision of one target schema. */
export interface StatusRow extends Pick<LineStatus, 'behind' | 'neverRun' | 'trouble' | 'halfDone'> {
  readonly line: string
  readonly targetSchema: string
  /** Null when nothing is applied. */
  readonly revision: string | null
  readonly message: string
  /**
   * `missing`: a revision that no file has; `absent`: no such schema; `emptied`: it has lost its objects; `disagrees`:
   * the log says something else.
   */
  readonly state: Exclude<LineStatus['state'], 'unreachable'>
  readonly last: LogEntry | undefined
}

/**
 * What is applied in each single line of the filter, and how far it is behind its heads. A row without a revision file
 * is `missing`, not an error.
 */
export async function currentRevisions(
  session: Session,
  project: Project,
  verbose: boolean,
): Promise<readonly StatusRow[]> {
  const { env } = project
  const look = lineStatusReader(project, { entries: verbose })
  return statusRows(project, await look(session, singleTargets(env, env.filter)))
}

/** The statuses with a row for each applied revision; one where nothing is, none where nobody knows. */
export function statusRows(
  { files }: Pick<Project, 'files'>,
  statuses: readonly LineStatus[],
): readonly StatusRow[] {
  return statuses.flatMap(({ target, revisions, entries, state, behind, neverRun, trouble, halfDone }) => {
    if (state === 'unreachable') return []
    const place = { line: target.line, targetSchema: target.schema }
    const common = { ...place, behind, neverRun, trouble, halfDone }
    if (revisions.length === 0) {
      const shown = state === 'absent' ? 'base' : state
      return [{ ...common, revision: null, message: '', state: shown, last: undefined }]
    }
    return revisions.map((revision): StatusRow => {
      const file = files.get(revision)
      const isKnownBesideMissing = state === 'missing' && file !== undefined
      const shown = isKnownBesideMissing ? (behind === 0 ? 'head' : 'behind') : state
      const last = entries.find((entry) => entry.revision === revision)
      return { ...common, revision, message: file?.message ?? '', state: shown, last }
    })
  })
}

/** How the tenants of a line spread over its revisions. */
export interface TenantCounts {
  readonly tenants: number
  /** With nothing applied. */
  readonly atBase: number
  /** In databases that cannot be asked. */
  readonly unreachable: number
  /** Applied head → tenants that have it. */
  readonly byRevision: ReadonlyMap<string, number>
  /** Revisions that were put below an applied one and have not run in some tenant. */
  readonly neverRun: ReadonlySet<string>
}

/** Counts the tenants of a line. Pure. */
export function tenantCounts(statuses: readonly LineStatus[]): TenantCounts {
  const answered = statuses.filter(({ state }) => state !== 'unreachable')
  const byRevision = new Map<string, number>()
  for (const id of answered.flatMap(({ revisions }) => revisions))
    byRevision.set(id, (byRevision.get(id) ?? 0) + 1)
  return {
    tenants: statuses.length,
    atBase: answered.filter(({ revisions }) => revisions.length === 0).length,
    unreachable: statuses.length - answered.length,
    byRevision,
    neverRun: new Set(answered.flatMap(({ neverRun }) => neverRun)),
  }
}
