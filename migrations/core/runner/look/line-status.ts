import type { ClientBase } from 'pg'
import { type TargetSchema, tenantExclusion } from '../../environment/index.ts'
import { groupBy } from '../../group-by.ts'
import { type LogEntry, readLastEntries, readProgress, readRecords, utcSql } from '../../ledger/index.ts'
import { ledgerRows } from '../../ledger/read.ts'
import { readFingerprintHashes } from '../../postgres/index.ts'
import { quoteIdent } from '../../postgres/sql/quote.ts'
import { type AppliedState, statesOf } from '../applied/state.ts'
import { type HalfDone, halfDoneOf, isTenant, targetWords, troubleNote } from '../applied/trouble.ts'
import type { Project } from '../project.ts'
import type { Session, SessionOptions } from '../session/session.ts'
import { onEachDatabase, warnUnreachable } from '../targets/databases.ts'
import { singleTargets } from '../targets/target-schemas.ts'

/** The state of one target schema. */
export interface LineStatus {
  readonly target: TargetSchema
  /** The applied heads. */
  readonly revisions: readonly string[]
  /**
   * `missing`: a revision that no file has; `absent`: no such schema; `emptied`: it has lost its objects; `disagrees`:
   * the log says something else; `unreachable`: its database does not answer.
   */
  readonly state: 'head' | 'behind' | 'base' | 'missing' | 'absent' | 'emptied' | 'disagrees' | 'unreachable'
  /** Pending revisions of the line. */
  readonly behind: number
  /** Those of them that were put below an applied one. */
  readonly neverRun: readonly string[]
  /** What is wrong with the rows, and what to type about it. */
  readonly trouble: { readonly what: string; readonly help: string } | null
  /** The revision that it is in the middle of; the rows are as before it. */
  readonly halfDone: HalfDone | null
  /** The last entry of each revision, newest first; only where they are asked for. */
  readonly entries: readonly LogEntry[]
  /** When the log last says something of it. */
  readonly lastRun: Date | null
  /** Schema-relative: equal for equal structure. */
  readonly fingerprint: string | null
  /** Whether its structure is that of most target schemas at the same revisions; null when it was not compared. */
  readonly structure: 'majority' | 'differs' | null
}

export interface LineStatusOptions {
  /** Compare the structure of all in one pass; default false. */
  readonly structure?: boolean
  /** Owners and grants are structure too; default false. */
  readonly privileges?: boolean
  /** Read the log for the last run of each; default false. */
  readonly lastRun?: boolean
  /** Read the log for when each revision was applied; default false. */
  readonly entries?: boolean
  /** Go on also where no database answers; default false. */
  readonly evenIfSilent?: boolean
}

/**
 * The states of the target schemas of one line group, with a few queries per database for any number of schemas. Warns
 * about a database that does not answer, and returns the others.
 * @throws MigError as `readFingerprintHashes` does; the connection error if no database answers.
 */
export async function lineStatuses(
  project: Project,
  targets: readonly TargetSchema[],
  sessions: SessionOptions,
  options: LineStatusOptions = {},
): Promise<readonly LineStatus[]> {
  const found = new Map<TargetSchema, LineStatus>()
  const look = lineStatusReader(project, options)
  const warn = warnUnreachable(options.evenIfSilent ? Number.POSITIVE_INFINITY : targets.length, sessions)
  await onEachDatabase(
    project.env,
    targets,
    sessions,
    async (session, group) => {
      for (const status of await look(session, group)) found.set(status.target, status)
    },
    warn,
  )
  const statuses = targets.map((target) => found.get(target) ?? { ...unknownStatus, target })
  return options.structure ? withStructure(statuses) : statuses
}

type LineStatusReader = (session: Session, targets: readonly TargetSchema[]) => Promise<readonly LineStatus[]>

/** Reads where the target schemas of one database stand. Those that stand alike are judged once. */
export function lineStatusReader(project: Project, options: LineStatusOptions): LineStatusReader {
  const { env, files } = project
  const pending = pendingCounter(project)
  return async ({ client }, targets) => {
    const schemas = targets.map(({ schema }) => schema)
    const single = singleTargets(env).filter(({ schema }) => !schemas.includes(schema))
    const hasSingle = targets.some(({ line }) => !isTenant(env, line))
    const read = hasSingle ? [...targets, ...single] : targets
    const names = read.map(({ schema }) => schema)
    const records = await readRecords(client, env.ledgerSchema, names)
    const states = await statesOf(client, project, read, records)
    // A single line may stand on another; a tenant's revisions count for that tenant alone.
    const all = hasSingle ? [...states.values()] : undefined
    const halfDone = schemas.filter((schema) => records.get(schema)?.halfDone === true)
    const progress = halfDone.length === 0 ? [] : await readProgress(client, env.ledgerSchema, halfDone)
    const begun = new Map(progress.map((row) => [row.targetSchema, row]))
    const entries = groupBy(
      options.entries ? await readLastEntries(client, env.ledgerSchema, schemas) : [],
      (entry) => entry.targetSchema,
    )
    const lastRuns = options.lastRun ? await readLastRuns(client, env.ledgerSchema) : new Map()
    const hashes = options.structure
      ? await structureHashes(client, project, targets, states, options)
      : undefined
    return targets.map((target): LineStatus => {
      const { line, schema } = target
      const state = states.get(schema)
      const row = begun.get(schema)
      const behind = pending(line, state, all)
      return {
        target,
        revisions: state?.rows ?? [],
        state: stateOf(project, target, state, behind),
        behind,
        neverRun: state?.neverRun ?? [],
        trouble: state === undefined ? null : troubleNote(env, state),
        halfDone:
          row === undefined ? null : halfDoneOf(row, files, targetWords(env, { line, targetSchema: schema })),
        entries: entries.get(schema) ?? [],
        lastRun: lastRuns.get(schema) ?? null,
        fingerprint: hashes?.get(schema) ?? null,
        structure: null,
      }
    })
  }
}

function stateOf(
  { env, files }: Pick<Project, 'env' | 'files'>,
  { line }: TargetSchema,
  state: AppliedState | undefined,
  behind: number,
): LineStatus['state'] {
  const rows = state?.rows ?? []
  // The run makes the schema of a single line, so one that is not there yet is nothing to tell.
  const isAbsent = isTenant(env, line) ? state?.exists !== true : state?.trouble?.kind === 'gone'
  if (isAbsent) return 'absent'
  if (rows.some((id) => !files.has(id))) return 'missing'
  if (state?.trouble?.kind === 'emptied' || state?.trouble?.kind === 'disagrees') return state.trouble.kind
  if (behind === 0) return 'head'
  return rows.length === 0 ? 'base' : 'behind'
}

const unknownStatus: Omit<LineStatus, 'target'> = {
  ...{ revisions: [], state: 'unreachable', behind: 0, neverRun: [], trouble: null, halfDone: null },
  ...{ entries: [], lastRun: null, fingerprint: null, structure: null },
}

/** Marks who has the structure that most target schemas at the same revisions have. Pure. */
function withStructure(statuses: readonly LineStatus[]): readonly LineStatus[] {
  const counts = new Map<string, Map<string, number>>()
  const keyOf = ({ revisions }: LineStatus) => revisions.join(' ')
  for (const status of statuses) {
    if (status.fingerprint === null) continue
    const hashes = counts.get(keyOf(status)) ?? new Map<string, number>()
    hashes.set(status.fingerprint, (hashes.get(status.fingerprint) ?? 0) + 1)
    counts.set(keyOf(status), hashes)
  }
  const majority = new Map(
    [...counts].map(([key, hashes]) => [key, [...hashes].toSorted((a, b) => b[1] - a[1])[0]?.[0]]),
  )
  return statuses.map((status) => ({
    ...status,
    structure:
      status.fingerprint === null
        ? null
        : status.fingerprint === majority.get(keyOf(status))
          ? 'majority'
          : 'differs',
  }))
}

function structureHashes(
  client: ClientBase,
  { env }: Project,
  targets: readonly TargetSchema[],
  states: ReadonlyMap<string, AppliedState>,
  { privileges = false }: LineStatusOptions,
): Promise<ReadonlyMap<string, string>> {
  const [first] = targets
  return readFingerprintHashes(client, {
    schemas: targets.flatMap(({ schema }) => (states.get(schema)?.exists === true ? [schema] : [])),
    exclude: tenantExclusion(env, first?.line ?? ''),
    ...{ ignoreGeneratedNames: true, privileges, owners: privileges },
  })
}

async function readLastRuns(client: ClientBase, ledgerSchema: string): Promise<ReadonlyMap<string, Date>> {
  const rows = await ledgerRows<{ schema: string; at: string }>(
    client,
    ledgerSchema,
    `SELECT target_schema AS schema, ${utcSql('max(at)')} AS at FROM ${quoteIdent(ledgerSchema)}.log GROUP BY target_schema`,
  )
  return new Map(rows.map(({ schema, at }) => [schema, new Date(at)]))
}

/**
 * Counts the revisions of a line that are not applied yet, once for all that stand alike.
 * @param all what else counts as applied; default: the state alone
 */
function pendingCounter(
  project: Project,
): (line: string, state: AppliedState | undefined, all?: readonly AppliedState[]) => number {
  const { graph, files } = project
  const known = new Map<string, number>()
  const count = (line: string, states: readonly AppliedState[]) => {
    const done = new Set(graph.applied(states.flatMap(({ rows }) => rows.filter((id) => files.has(id)))))
    for (const { neverRun, alsoApplied } of states) {
      for (const id of alsoApplied) done.add(id)
      for (const id of neverRun) done.delete(id)
    }
    const needed = graph.ancestors(graph.realHeads({ lines: [line] }))
    return needed.filter((id) => files.get(id)?.line === line && !done.has(id)).length
  }
  return (line, state, all = state === undefined ? [] : [state]) => {
    const key = JSON.stringify([
      line,
      all.map(({ rows, neverRun, alsoApplied }) => [rows, neverRun, alsoApplied]),
    ])
    const pending = known.get(key) ?? count(line, all)
    known.set(key, pending)
    return pending
  }
}
