import { type LogEntry, type ProgressRow, readLastEntries, readProgress } from '../ledger/index.ts'
import { type AppliedState, readStates } from './applied/state.ts'
import { troubleNote } from './applied/trouble.ts'
import { type HalfDone, halfDoneOf } from './half-done.ts'
import { singleTargets } from './plan.ts'
import type { Project } from './project.ts'
import type { Session } from './session.ts'

/** Where one revision row of one target schema stands. */
export interface Standing {
  readonly line: string
  readonly targetSchema: string
  /** Null when nothing is applied. */
  readonly revision: string | null
  readonly message: string
  /**
   * `missing`: a revision that no file has; `absent`: no such schema; `emptied`: it has lost its objects; `disagrees`:
   * the log says something else.
   */
  readonly state: 'head' | 'behind' | 'base' | 'missing' | 'absent' | 'emptied' | 'disagrees'
  /** Pending revisions of the line in this target schema. */
  readonly behind: number
  /** Those of them that were put below an applied one. */
  readonly neverRun: readonly string[]
  /** What is wrong with the rows, and what to type about it. */
  readonly trouble: { readonly what: string; readonly help: string } | null
  readonly last: LogEntry | undefined
  /** The revision that the target schema is in the middle of; the rows are as before it. */
  readonly halfDone: HalfDone | null
}

/**
 * What is applied in each single line of the filter, with how far it is behind its heads. A row that no file has
 * is `missing`, not an error.
 */
export async function currentStandings(
  session: Session,
  project: Project,
  verbose: boolean,
): Promise<readonly Standing[]> {
  const { env } = project
  const states = await readStates(session.client, project, singleTargets(env))
  const schemas = env.filter.flatMap((line) => env.schemas[line] ?? [])
  const entries = verbose ? await readLastEntries(session.client, env.ledgerSchema, schemas) : []
  const progress = await readProgress(session.client, env.ledgerSchema, schemas)
  return env.filter.flatMap((line) => lineStandings(project, { states, entries, progress }, line))
}

interface LedgerRows {
  readonly states: ReadonlyMap<string, AppliedState>
  readonly entries: readonly LogEntry[]
  readonly progress: readonly ProgressRow[]
}

function lineStandings(
  project: Project,
  { states, entries, progress }: LedgerRows,
  line: string,
): readonly Standing[] {
  const targetSchema = project.env.schemas[line]
  if (targetSchema === undefined) return []
  const applied = states.get(targetSchema)
  const rows = applied?.rows ?? []
  const behind = pendingOf(project, states, line)
  const begun = progress.find((row) => row.targetSchema === targetSchema)
  const halfDone = begun === undefined ? null : halfDoneOf(begun, project.files)
  const trouble = applied === undefined ? null : troubleNote(project.env, applied)
  const kind = applied?.trouble?.kind
  const troubled = kind === undefined ? undefined : kind === 'gone' ? 'absent' : kind
  const common = { line, targetSchema, behind, neverRun: applied?.neverRun ?? [], trouble, halfDone }
  if (rows.length === 0) {
    const state = troubled ?? (behind === 0 ? 'head' : 'base')
    return [{ ...common, revision: null, message: '', state, last: undefined }]
  }
  return rows.map((revision): Standing => {
    const file = project.files.get(revision)
    const last = entries.find((entry) => entry.targetSchema === targetSchema && entry.revision === revision)
    const state = file === undefined ? 'missing' : (troubled ?? (behind === 0 ? 'head' : 'behind'))
    return { ...common, revision, message: file?.message ?? '', state, last }
  })
}

/** How many revisions of a line are not applied yet. */
function pendingOf(project: Project, states: ReadonlyMap<string, AppliedState>, line: string): number {
  const { graph, files } = project
  const all = [...states.values()]
  const done = new Set(graph.applied(all.flatMap(({ rows }) => rows.filter((id) => files.has(id)))))
  for (const { neverRun, alsoApplied } of all) {
    for (const id of alsoApplied) done.add(id)
    for (const id of neverRun) done.delete(id)
  }
  const needed = graph.ancestors(graph.realHeads({ lines: [line] }))
  return needed.filter((id) => files.get(id)?.line === line && !done.has(id)).length
}
