import type { ClientBase } from 'pg'
import type { TargetSchema } from '../../environment/index.ts'
import { groupBy } from '../../group-by.ts'
import {
  combinedDigest,
  digestOf,
  type LastEntry,
  type LoggedStep,
  readLoggedSteps,
  readRecords,
  type SchemaRecord,
} from '../../ledger/index.ts'
import type { Project } from '../project.ts'

/**
 * Why the rows of a target schema are not to be trusted. `disagrees`: the log says something else; `gone`: there is
 * no such schema; `emptied`: it had objects after the last step, and has none now.
 */
export type Trouble =
  | { readonly kind: 'disagrees'; readonly logged: ByLog; readonly last: LastEntry }
  | { readonly kind: 'gone' }
  | { readonly kind: 'emptied' }

/** What the log alone says of a target schema. */
interface ByLog {
  readonly heads: readonly string[]
  /** All that is applied. */
  readonly covered: readonly string[]
}

/** What is applied in a target schema, by the rows, the log and the catalog together. */
export interface AppliedState {
  readonly line: string
  readonly targetSchema: string
  readonly rows: readonly string[]
  /** Whether the schema is there. */
  readonly exists: boolean
  /** Null where rows, log and catalog agree. */
  readonly trouble: Trouble | null
  /** Below a row, and never run here: put there after the row was applied. */
  readonly neverRun: readonly string[]
  /** Applied by the log, below a row that no file has. */
  readonly alsoApplied: readonly string[]
  /** What the log says, where that is something else than the rows. */
  readonly byLog: ByLog | null
  /** `digestOf` what is applied. */
  readonly digest: string
}

type Graph = Pick<Project, 'graph' | 'files'>
/** What is read of a target schema in one database. */
type Targeted = Pick<TargetSchema, 'line' | 'schema'>

/**
 * Reads what is applied in target schemas: one query, and another for those whose log does not fit the files. Of
 * those that stand alike by rows and digest one is read.
 * @throws MigError `no-permission`, `foreign-ledger`
 */
export async function readStates(
  client: ClientBase,
  project: Project,
  targets: readonly Targeted[],
): Promise<ReadonlyMap<string, AppliedState>> {
  const names = targets.map(({ schema }) => schema)
  return statesOf(client, project, targets, await readRecords(client, project.env.ledgerSchema, names))
}

/** As `readStates`, from records that were read already. */
export async function statesOf(
  client: ClientBase,
  project: Project,
  targets: readonly Targeted[],
  records: ReadonlyMap<string, SchemaRecord>,
): Promise<ReadonlyMap<string, AppliedState>> {
  const implied = impliedBelow(project)
  const asked = targets.flatMap((target) => {
    const record = records.get(target.schema)
    return record === undefined ? [] : [{ target, record, like: likeness(record) }]
  })
  const examples = new Map<string, string>()
  for (const { target, record, like } of asked) {
    if (!examples.has(like) && needsLog(record, implied(target.line, record.rows), project))
      examples.set(like, target.schema)
  }
  const logged = await readLoggedSteps(client, project.env.ledgerSchema, [...examples.values()])
  const entries = groupBy(logged, ({ targetSchema }) => targetSchema)
  const known = new Map<string, AppliedState>()
  return new Map(
    asked.map(({ target, record, like }) => {
      const key = `${target.line} ${like}`
      const example = examples.get(like)
      const log = example === undefined ? undefined : (entries.get(example) ?? [])
      const state = known.get(key) ?? appliedState(project, target, record, log)
      known.set(key, state)
      return [target.schema, { ...state, line: target.line, targetSchema: target.schema }]
    }),
  )
}

/** Equal for target schemas of which the same can be said. Without a digest each has a log of its own. */
function likeness({ targetSchema, rows, last, exists, hasObjects, halfDone }: SchemaRecord): string {
  const own = last !== null && last.applied === null ? targetSchema : ''
  const word = last === null ? null : [last.heads, last.applied, last.objects]
  return JSON.stringify([own, rows, word, exists, hasObjects, halfDone])
}

/** The rows and what stands below them in their line, worked out once for all that are alike. */
function impliedBelow(project: Graph) {
  const known = new Map<string, ReadonlySet<string>>()
  return (line: string, rows: readonly string[]): ReadonlySet<string> => {
    const key = `${line} ${rows.join(' ')}`
    const own = known.get(key) ?? ofLine(project, line, rows)
    known.set(key, own)
    return own
  }
}

/** Everything below some heads in their line, by the files; ids without a file do not count. */
export function ofLine({ graph, files }: Graph, line: string, heads: readonly string[]): ReadonlySet<string> {
  const all = graph.applied(heads.filter((id) => files.has(id)))
  return new Set([...all].filter((id) => files.get(id)?.line === line))
}

function needsLog({ rows, last }: SchemaRecord, implied: ReadonlySet<string>, { files }: Graph): boolean {
  if (last === null) return false
  const isMissing = rows.some((id) => !files.has(id))
  return isMissing || last.applied !== digestOf(implied) || loggedHeads(last, rows) !== null
}

/** What is applied in one target schema. Pure. @param entries of the log, where the record alone does not tell */
function appliedState(
  project: Graph,
  { line, schema: targetSchema }: Targeted,
  record: SchemaRecord,
  entries: readonly LoggedStep[] | undefined,
): AppliedState {
  const { files } = project
  const { rows, last, exists } = record
  const implied = ofLine(project, line, rows)
  // A half-done revision may have dropped all that there was.
  const isEmptied = exists && !record.hasObjects && last?.objects === true && !record.halfDone
  // Whoever dropped a schema and deleted its rows has started over.
  const startsOver = rows.length === 0 && (!exists || isEmptied)
  // A stamp may come before the schema does.
  const isGone = !exists && rows.length > 0 && last?.objects !== false
  const gone: Trouble | null = isGone ? { kind: 'gone' } : null
  const plain = { line, targetSchema, rows, exists, neverRun: [], alsoApplied: [], byLog: null }
  if (last === null || startsOver) {
    return { ...plain, trouble: gone, digest: digestOf([...implied, ...rows]) }
  }
  const own = (ids: Iterable<string>) => [...ids].filter((id) => files.get(id)?.line === line)
  const logged = loggedRevisions(project, line, entries ?? [])
  const skipped = entries === undefined ? [] : skippedBelow(project, implied, logged, last)
  const beside = entries === undefined ? [] : own(logged).filter((id) => !implied.has(id))
  const named = loggedHeads(last, rows)
  const isMissing = rows.some((id) => !files.has(id))
  const differs = named !== null || (!isMissing && last.applied !== null && beside.length > 0)
  const byLog = differs ? wordOfLog(project, line, last, named ?? rows, logged) : null
  if (isMissing) {
    const digest = digestOf([...implied, ...logged, ...rows])
    return { ...plain, trouble: gone, alsoApplied: beside, byLog, digest }
  }
  const disagrees: Trouble | null = byLog === null ? null : { kind: 'disagrees', logged: byLog, last }
  const trouble: Trouble | null = gone ?? (isEmptied ? { kind: 'emptied' } : disagrees)
  const digest = digestOf([...implied].filter((id) => !skipped.includes(id)))
  return { ...plain, trouble, neverRun: skipped, byLog, digest }
}

function skippedBelow(
  { graph }: Graph,
  implied: ReadonlySet<string>,
  logged: ReadonlySet<string>,
  { applied }: LastEntry,
): readonly string[] {
  const below = (id: string) => graph.ancestors([id]).filter((need) => need !== id)
  return neverRun({ implied, logged, digest: applied, below })
}

/** The heads by the log and all that is applied below them; a log that was pruned names its last heads alone. */
function wordOfLog(
  project: Graph,
  line: string,
  last: LastEntry,
  named: readonly string[],
  logged: ReadonlySet<string>,
): ByLog {
  const missing = named.filter((id) => !project.files.has(id))
  const heads = [...headsOf(project, line, [...ofLine(project, line, named), ...logged]), ...missing].sort()
  const implied = ofLine(project, line, heads)
  const skipped = skippedBelow(project, implied, logged, last)
  const covered = [...implied].filter((id) => !skipped.includes(id))
  return { heads, covered: [...new Set([...covered, ...logged, ...missing])] }
}

/** The heads that the log says, where they are not the rows; null where they are. */
function loggedHeads(last: LastEntry, rows: readonly string[]): readonly string[] | null {
  if (last.heads !== null) return sameSet(last.heads, rows) ? null : last.heads
  const isRow = rows.includes(last.revision)
  if (last.direction === 'upgrade' && !isRow) return [last.revision]
  if (last.direction === 'downgrade' && isRow) return rows.filter((id) => id !== last.revision)
  return null
}

function sameSet(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((id) => other.includes(id))
}

/** The revisions of a set that nothing else in it stands on; those without a file do not count. */
export function headsOf(project: Graph, line: string, ids: readonly string[]): readonly string[] {
  const known = [...new Set(ids)].filter((id) => project.files.get(id)?.line === line)
  const covered = new Set(
    known.flatMap((id) => [...ofLine(project, line, [id])].filter((each) => each !== id)),
  )
  return known.filter((id) => !covered.has(id)).sort()
}

/** What is known of the revisions of one target schema when its log does not fit the files. */
interface Clues {
  /** The rows and all below them, by the files. */
  readonly implied: ReadonlySet<string>
  /** Applied, by the log. */
  readonly logged: ReadonlySet<string>
  /** The digest of all that was applied after the last step; null in an older log. */
  readonly digest: string | null
  /** The revisions below one, itself left out. */
  readonly below: (revision: string) => readonly string[]
}

/** So many that the log lacks are tried one by one and in pairs; a log that was pruned may lack thousands. */
const mostTried = 400

/**
 * The revisions below a row that never ran: the log does not have them although it is not that its beginning was
 * deleted. The digest of the last step decides; a log of an older version has none, and there one counts that stands
 * on a revision which the log has, since that would have been deleted first.
 */
function neverRun(clues: Clues): readonly string[] {
  const { implied, logged, digest } = clues
  const lacking = [...implied].filter((id) => !logged.has(id))
  if (lacking.length === 0) return []
  const impliedOnLogged = lacking.filter((id) => clues.below(id).some((need) => logged.has(need)))
  if (digest === null) return impliedOnLogged
  const others = [...logged].filter((id) => !implied.has(id))
  const missing = combinedDigest(digest, digestOf(implied))
  // What was squashed away is in the digest until the next step.
  const wanted = new Set([missing, combinedDigest(missing, digestOf(others))])
  for (const candidate of candidates(lacking, impliedOnLogged)) {
    if (wanted.has(digestOf(candidate))) return candidate
  }
  return impliedOnLogged
}

function* candidates(
  lacking: readonly string[],
  impliedOnLogged: readonly string[],
): Generator<readonly string[]> {
  yield []
  yield lacking
  yield impliedOnLogged
  if (lacking.length > mostTried) return
  for (const one of lacking) yield [one]
  for (const [at, one] of lacking.entries()) for (const other of lacking.slice(at + 1)) yield [one, other]
}

/**
 * What the log says is applied in a target schema: what its last stamp covers, and the steps after that. The stamp of an
 * older version names its revision alone.
 */
function loggedRevisions(project: Graph, line: string, entries: readonly LoggedStep[]): ReadonlySet<string> {
  const stamp = entries.findLast(({ direction }) => direction === 'stamp')
  const { covered, heads, revision: named } = stamp ?? { covered: [], heads: [], revision: '' }
  const applied = new Set(covered ?? ofLine(project, line, heads ?? named.split(' ')))
  for (const { direction, revision } of entries) {
    if (direction === 'upgrade') applied.add(revision)
    else if (direction === 'downgrade') applied.delete(revision)
  }
  return applied
}
