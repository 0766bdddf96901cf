import { MigError } from '../../errors.ts'
import { digestOf, forgetProgressStatement, ledgerStatements } from '../../ledger/index.ts'
import type { RevisionFile } from '../../revisions/index.ts'
import { type AppliedState, headsOf, ofLine, readStates } from '../applied/state.ts'
import { stampTarget } from '../applied/trouble.ts'
import { fileChecksum, type Project } from '../project.ts'
import { holdingGuarded, readyToRun } from '../session/locks.ts'
import { type Session, whereFrom } from '../session/session.ts'
import { singleTargets } from '../targets/target-schemas.ts'

export interface StampRequest {
  /** One target, or several with spaces between them; with `fromLog` it does not count. */
  readonly target: string
  /** Write what the log says is applied. */
  readonly fromLog?: boolean
  /** Schema keys; default: the environment's filter. */
  readonly lines?: readonly string[]
  /** Empty the ledger of these lines first, ids without a file included. */
  readonly purge?: boolean
}

/**
 * The rows that a stamp would write, by target schema: those that change, and those that it confirms because the log
 * disagrees or a revision below them never ran.
 */
export interface StampPlan {
  readonly changes: readonly {
    readonly line: string
    readonly targetSchema: string
    readonly before: readonly string[]
    readonly after: readonly string[]
    /** All that the stamp says is applied. */
    readonly covered: readonly string[]
  }[]
}

/**
 * Plans a stamp from the ledger; changes nothing.
 * @throws MigError as `stampChanges` does
 */
export async function stampPlan(
  session: Session,
  project: Project,
  request: StampRequest,
): Promise<StampPlan> {
  const states = await readStates(session.client, project, singleTargets(project.env))
  return { changes: stampChanges(project, states, request) }
}

/**
 * What stamping would write in these states. Pure.
 * @throws MigError `overlapping-revisions`; `cant-locate-current` unless `purge`; for the target `multiple-heads`,
 *   `cant-locate`, `ambiguous-prefix`, `prefix-too-short`, `not-branch-member`, `outside-filter`
 */
export function stampChanges(
  project: Pick<Project, 'env' | 'graph' | 'files'>,
  states: ReadonlyMap<string, AppliedState>,
  request: StampRequest,
): StampPlan['changes'] {
  const { env, files } = project
  const lines = request.lines ?? env.filter
  const stamped = request.fromLog ? undefined : rowsAfter(project, states, lines, request)
  return lines.flatMap((line) => {
    const targetSchema = env.schemas[line]
    if (targetSchema === undefined) return []
    const state = states.get(targetSchema)
    const before = state?.rows ?? []
    if (stamped === undefined) {
      const byLog = state?.byLog ?? null
      return byLog === null
        ? []
        : [{ line, targetSchema, before, after: byLog.heads, covered: byLog.covered }]
    }
    const after = stamped.filter(
      (id) => files.get(id)?.line === line || (!files.has(id) && before.includes(id)),
    )
    const same = before.length === after.length && before.every((id) => after.includes(id))
    if (same && !isConfirmed(state)) return []
    checkApart(project, line, after)
    const missing = after.filter((id) => !files.has(id))
    const covered = [...ofLine(project, line, after), ...missing]
    return [{ line, targetSchema, before, after, covered }]
  })
}

/**
 * Rows of which one stands on another would stop the next upgrade.
 * @throws MigError `overlapping-revisions`
 */
function checkApart(project: Pick<Project, 'graph' | 'files'>, line: string, after: readonly string[]): void {
  const known = after.filter((id) => project.files.has(id))
  const heads = headsOf(project, line, known)
  const lower = known.find((id) => !heads.includes(id))
  if (lower === undefined) return
  throw new MigError(
    'overlapping-revisions',
    `a stamp of ${known.join(' and ')} would overlap: ${lower} is below another one`,
    { help: `leave ${lower} out: just mig-stamp ${stampTarget(heads)} ${line}`, facts: { revisions: known } },
  )
}

/** Whether a stamp of the rows as they are says something that the log does not. */
function isConfirmed(state: AppliedState | undefined): boolean {
  if (state === undefined) return false
  const { trouble, neverRun } = state
  return neverRun.length > 0 || (trouble !== null && trouble.kind !== 'gone')
}

/** The ledger's rows of all lines after a stamp of the target. */
function rowsAfter(
  { graph, files }: Pick<Project, 'graph' | 'files'>,
  states: ReadonlyMap<string, AppliedState>,
  lines: readonly string[],
  { target, purge = false }: StampRequest,
): readonly string[] {
  const known = [...states.values()].flatMap(({ rows }) => rows)
  return graph.stampedRows({
    applied: known.filter((id) => files.has(id) || !purge),
    target: target.trim().split(/[\s,]+/),
    lines,
    purge,
  })
}

/**
 * Writes the ledger rows of a stamp, under the locks and in one transaction, and deletes its half-done records. Runs
 * no revision.
 */
export async function applyStamp(
  session: Session,
  project: Project,
  request: StampRequest,
): Promise<StampPlan> {
  await readyToRun(session, project.env)
  return writeStamp(session, project, request, ({ path }) => fileChecksum(path))
}

/** As {@link applyStamp}, on a connection that is ready. @param checksumOf of a file */
export async function writeStamp(
  session: Session,
  project: Project,
  request: StampRequest,
  checksumOf: (file: RevisionFile) => string,
): Promise<StampPlan> {
  const { env } = project
  const targetSchemas = (request.lines ?? env.filter).flatMap((line) => env.schemas[line] ?? []).sort()
  return holdingGuarded(session, env, targetSchemas, async () => {
    const plan = await stampPlan(session, project, request)
    await session.client.query(stampScript(project, targetSchemas, plan, checksumOf))
    return plan
  })
}

/**
 * One transaction that writes the ledger's rows of a stamp and forgets what is half done on these target schemas.
 */
function stampScript(
  { env, files }: Pick<Project, 'env' | 'files'>,
  targetSchemas: readonly string[],
  { changes }: StampPlan,
  checksumOf: (file: RevisionFile) => string,
): string {
  const forget = targetSchemas.map((schema) => forgetProgressStatement(env.ledgerSchema, schema))
  const statements = changes.flatMap(({ line, targetSchema, before, after, covered }) => {
    const revision = after.find((id) => !before.includes(id)) ?? after.join(' ')
    const file = files.get(revision)
    const checksum = file === undefined ? null : checksumOf(file)
    return ledgerStatements(env.ledgerSchema, {
      ...{ direction: 'stamp', line, revision, targetSchema, before, after, checksum, host: whereFrom },
      ...{ digest: digestOf(covered), covered },
    })
  })
  return ['BEGIN', ...forget, ...statements, 'COMMIT'].join('; ')
}
