import {
  type AppliedRows,
  type LogEntry,
  type ProgressRow,
  readApplied,
  readLastEntries,
  readProgress,
} from '../ledger/index.ts'
import { type HalfDone, halfDoneOf } from './half-done.ts'
import type { Project } from './project.ts'
import type { Session } from './session.ts'

/** Where one revision row of one target schema stands. */
export interface Standing {
  readonly line: string
  readonly targetSchema: string
  /** Null when nothing is applied. */
  readonly revision: string | null
  readonly message: string
  readonly state: 'head' | 'behind' | 'base' | 'missing'
  /** Pending revisions of the line in this target schema. */
  readonly behind: number
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
  const applied = await readApplied(session.client, env.ledgerSchema)
  const schemas = env.filter.flatMap((line) => env.schemas[line] ?? [])
  const entries = verbose ? await readLastEntries(session.client, env.ledgerSchema, schemas) : []
  const progress = await readProgress(session.client, env.ledgerSchema, schemas)
  return env.filter.flatMap((line) => lineStandings(project, { applied, entries, progress }, line))
}

interface LedgerRows {
  readonly applied: AppliedRows
  readonly entries: readonly LogEntry[]
  readonly progress: readonly ProgressRow[]
}

function lineStandings(
  project: Project,
  { applied, entries, progress }: LedgerRows,
  line: string,
): readonly Standing[] {
  const targetSchema = project.env.schemas[line]
  if (targetSchema === undefined) return []
  const rows = applied.get(targetSchema) ?? []
  const behind = pendingOf(project, applied, line)
  const begun = progress.find((row) => row.targetSchema === targetSchema)
  const halfDone = begun === undefined ? null : halfDoneOf(begun)
  const common = { line, targetSchema, behind, halfDone }
  if (rows.length === 0) {
    const state = behind === 0 ? 'head' : 'base'
    return [{ ...common, revision: null, message: '', state, last: undefined }]
  }
  return rows.map((revision): Standing => {
    const file = project.files.get(revision)
    const last = entries.find((entry) => entry.targetSchema === targetSchema && entry.revision === revision)
    const state = file === undefined ? 'missing' : behind === 0 ? 'head' : 'behind'
    return { ...common, revision, message: file?.message ?? '', state, last }
  })
}

/** How many revisions of a line are not applied yet. */
function pendingOf(project: Project, applied: AppliedRows, line: string): number {
  const known = Object.values(project.env.schemas).flatMap((schema) =>
    (applied.get(schema) ?? []).filter((id) => project.files.has(id)),
  )
  const { graph, files } = project
  const done = graph.applied(known)
  const needed = graph.ancestors(graph.realHeads({ lines: [line] }))
  return needed.filter((id) => files.get(id)?.line === line && !done.has(id)).length
}
