import { listed, type TargetSchema } from '../../environment/index.ts'
import { MigError } from '../../errors.ts'
import type { StepFacts } from '../../events.ts'
import { type AppliedRows, digestOf, type LogEntry, toggledDigest } from '../../ledger/index.ts'
import type { PlannedStep, RevisionFile } from '../../revisions/index.ts'
import { type AppliedState, ofLine } from '../applied/state.ts'
import { checkTrusted, targetWords } from '../applied/trouble.ts'
import type { Project } from '../project.ts'
import { singleTargets } from '../targets/target-schemas.ts'
import { stepLosses } from './losses.ts'
import { namingTenants } from './tenant-project.ts'

/** One revision applied to, or removed from, one target schema. */
export interface PlanStep extends StepFacts {
  readonly file: RevisionFile
  /** Schemas in which names are found after the target schema and `public`. */
  readonly furtherSchemas?: readonly string[]
  /** The ledger's rows of the target schema before the step. */
  readonly appliedBefore: readonly string[]
  /** `digestOf` all that is applied in the target schema after the step. */
  readonly digest: string
}

/** A plan step without its file. */
export function stepFacts({
  file: _file,
  furtherSchemas: _furtherSchemas,
  appliedBefore: _appliedBefore,
  digest: _digest,
  ...facts
}: PlanStep): StepFacts {
  return facts
}

/** The ordered steps that a command will take, before any is taken. */
export interface Plan {
  readonly direction: 'upgrade' | 'downgrade'
  readonly target: string
  readonly steps: readonly PlanStep[]
  /** What the ledger said when the plan was made. */
  readonly applied: AppliedRows
}

export interface PlanRequest {
  readonly direction: 'upgrade' | 'downgrade'
  readonly target: string
  /** Schema keys; default: the environment's filter. */
  readonly lines?: readonly string[]
  /** Go on although the ledger has ids that no file has. */
  readonly allowMissing?: boolean
  /** Go on with a half-done revision although its file was edited after the statements that are done. */
  readonly resumeEdited?: boolean
  /** Tenants that go down before this plan is run, so what they stand on now is not an obstacle. */
  readonly tenantsGo?: readonly TargetSchema[]
}

/** What is applied, as the planner needs it. */
export interface LedgerState {
  readonly applied: AppliedRows
  /** By target schema; where none is given, what the files say of the rows. */
  readonly states?: ReadonlyMap<string, AppliedState>
  /** Successful log entries, newest first; only a downgrade needs them. */
  readonly entries: readonly Pick<LogEntry, 'direction' | 'revision' | 'targetSchema'>[]
  /** Heads of tenants that stay: so does what they depend on. */
  readonly tenantHeads?: readonly string[]
}

/**
 * The plan for a request on the single lines, from what the ledger says.
 * @throws MigError as `upgradePlan` and `downgradePlan` do; `ahead-of-code` when the ledger names a revision
 *   that no file has; `ledger-disagrees`, `no-schema` and `schema-emptied` when the rows of a line that is touched are
 *   not to be trusted.
 */
export function makePlan(project: Project, state: LedgerState, request: PlanRequest): Plan {
  const { graph, env } = project
  const lines = request.lines ?? env.filter
  const states = state.states ?? new Map<string, AppliedState>()
  const applied = knownRows(project, state, request.allowMissing ?? false)
  for (const line of lines) checkTrusted(env, states.get(env.schemas[line] ?? ''))
  const asked = {
    applied: [...applied, ...(state.tenantHeads ?? [])],
    target: request.target,
    lines,
    neverRun: [...states.values()].flatMap((each) => each.neverRun),
    alsoApplied: [...states.values()].flatMap((each) => each.alsoApplied),
  }
  const planned =
    request.direction === 'upgrade' ? graph.upgradePlan(asked) : plannedDowngrade(project, state, asked)
  const rows = new Map(
    Object.entries(env.schemas).map(([, schema]) => [schema, state.applied.get(schema) ?? []]),
  )
  const furtherSchemas = listed(env.options.searchPath)
  const digests = new Map<string, string>()
  const steps = planned.map((step): PlanStep => {
    const file = fileOf(project, step.revision)
    const targetSchema = schemaOf(project, file.line)
    checkTrusted(env, states.get(targetSchema))
    const appliedBefore = rows.get(targetSchema) ?? []
    const missing = appliedBefore.filter((id) => !project.files.has(id))
    const appliedAfter = [
      ...step.appliedAfter.filter((id) => project.files.get(id)?.line === file.line),
      ...missing,
    ].sort()
    rows.set(targetSchema, appliedAfter)
    const before = digests.get(targetSchema) ?? digestBefore(project, state, file.line, targetSchema)
    const digest = toggledDigest(before, step.revision)
    digests.set(targetSchema, digest)
    const below = rowAbove(project, states.get(targetSchema), step.revision)
    return {
      revision: step.revision,
      direction: step.direction,
      line: file.line,
      targetSchema,
      message: file.message,
      ...(step.neededBy === undefined ? {} : { neededBy: step.neededBy }),
      ...(below === undefined ? {} : { below }),
      ...(file.irreversible === undefined ? {} : { irreversible: file.irreversible }),
      ...stepLosses({ file, direction: step.direction, targetSchema }),
      ...(furtherSchemas.length === 0 ? {} : { furtherSchemas }),
      appliedBefore,
      appliedAfter,
      digest,
      file,
    }
  })
  return { direction: request.direction, target: request.target, steps, applied: state.applied }
}

function digestBefore(project: Project, state: LedgerState, line: string, targetSchema: string): string {
  const rows = state.applied.get(targetSchema) ?? []
  return state.states?.get(targetSchema)?.digest ?? digestOf([...ofLine(project, line, rows), ...rows])
}

/** The applied row above a revision that was put below it. */
function rowAbove({ graph }: Project, state: AppliedState | undefined, revision: string): string | undefined {
  if (!state?.neverRun.includes(revision)) return undefined
  return state.rows.find((row) => graph.ancestors([row]).includes(revision))
}

interface Asked {
  readonly applied: readonly string[]
  readonly target: string
  readonly lines: readonly string[]
  readonly neverRun: readonly string[]
  readonly alsoApplied: readonly string[]
}

function plannedDowngrade(project: Project, state: LedgerState, asked: Asked): readonly PlannedStep[] {
  try {
    return project.graph.downgradePlan({ ...asked, recentlyApplied: recentlyApplied(project, state) })
  } catch (error) {
    throw namingTenants(project, error)
  }
}

/** The rows of the single lines that have files. */
function knownRows(
  project: Project,
  { applied, states }: LedgerState,
  allowMissing: boolean,
): readonly string[] {
  const known: string[] = []
  for (const target of singleTargets(project.env)) {
    const rows = applied.get(target.schema) ?? []
    const own = rows.filter((id) => project.files.has(id))
    const missing = rows.find((id) => !project.files.has(id))
    const alsoApplied = states?.get(target.schema)?.alsoApplied ?? []
    const isKnown = own.length > 0 || alsoApplied.length > 0
    if (missing !== undefined && !(allowMissing && isKnown)) {
      const fromLog = (states?.get(target.schema)?.byLog ?? null) !== null
      const done = new Set([...ofLine(project, target.line, own), ...alsoApplied])
      const isPending = [...project.files.values()].some(
        ({ line, revision }) => line === target.line && !done.has(revision),
      )
      throw aheadOfCode(project, target, missing, {
        allowMissing,
        mayRunBeside: isKnown && isPending,
        fromLog,
      })
    }
    known.push(...own)
  }
  return known
}

interface MissingRow {
  /** Whether `--allow-missing` was given. */
  readonly allowMissing: boolean
  /** Whether it is known what is applied below the row, and something else is pending. */
  readonly mayRunBeside: boolean
  /** Whether the log says something else. */
  readonly fromLog: boolean
}

function aheadOfCode(
  { env }: Project,
  { line, schema: targetSchema }: TargetSchema,
  id: string,
  { allowMissing, mayRunBeside, fromLog }: MissingRow,
): MigError {
  const unclear = allowMissing
    ? '; the log lacks what is applied below it, so --allow-missing is not possible'
    : ''
  const beside = mayRunBeside ? 'run what is pending all the same with --allow-missing, ' : ''
  const words = targetWords(env, { line, targetSchema })
  const byLog = fromLog ? `if the log is right: just mig-stamp --from-log ${words}; or ` : ''
  return new MigError(
    'ahead-of-code',
    `schema ${targetSchema} is at ${id}, and no file of line ${line} has that revision${unclear}`,
    {
      help: `${byLog}check out the branch, or deploy the image, that has it; list what you have with just mig-history ${line}, ${beside}or start over with just mig-stamp --purge <revision> ${words}`,
      facts: { line, targetSchema, revision: id },
    },
  )
}

/** Applied ids, newest first, by the log; ids without an entry come last, in the order of the history. */
function recentlyApplied(project: Project, state: LedgerState): readonly string[] {
  const keyOf = new Map(Object.entries(project.env.schemas).map(([key, schema]) => [schema, key]))
  const seen = state.entries.flatMap((entry) =>
    entry.direction === 'downgrade' ||
    project.files.get(entry.revision)?.line !== keyOf.get(entry.targetSchema)
      ? []
      : [entry.revision],
  )
  return [...new Set(seen)]
}

function fileOf(project: Project, revision: string): RevisionFile {
  const file = project.files.get(revision)
  if (file === undefined) throw new Error(`the plan names ${revision}, which no file has`)
  return file
}

function schemaOf(project: Project, line: string): string {
  const schema = project.env.schemas[line]
  if (schema === undefined) {
    throw new MigError(
      'tenant-line',
      `line ${line} is a tenant line, and the plan of a single line needs it`,
      {
        help: 'a revision of a single line cannot depend on a tenant line: remove it from dependsOn',
        facts: { line },
      },
    )
  }
  return schema
}
