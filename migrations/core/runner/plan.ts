import { MigError } from '../errors.ts'
import type { StepFacts } from '../events.ts'
import { type AppliedRows, type LogEntry, readApplied, readLastEntries } from '../ledger/index.ts'
import type { PlannedStep, RevisionFile } from '../revisions/index.ts'
import { stepLosses } from './losses.ts'
import type { Project } from './project.ts'
import type { Session } from './session.ts'
import { namingTenants, tenantHeads } from './tenants/standing-on.ts'

/** One revision applied to, or removed from, one target schema. */
export interface PlanStep extends StepFacts {
  readonly file: RevisionFile
  /** The ledger's rows of the target schema before the step. */
  readonly appliedBefore: readonly string[]
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
  /** Go on with a half-done revision although its file was edited behind the statements that are done. */
  readonly resumeEdited?: boolean
  /** The tenants go down before this plan is run, so what they stand on now is no obstacle. */
  readonly tenantsGo?: boolean
}

/** What is applied, as the planner needs it. */
export interface LedgerState {
  readonly applied: AppliedRows
  /** Successful log entries, newest first; only a downgrade needs them. */
  readonly entries: readonly Pick<LogEntry, 'direction' | 'revision' | 'targetSchema'>[]
  /** Heads of tenants: what they depend on stays. */
  readonly tenantHeads?: readonly string[]
}

/** Reads what a plan needs to know of the ledger. */
export async function readLedgerState(
  session: Session,
  project: Project,
  direction: 'upgrade' | 'downgrade',
): Promise<LedgerState> {
  const { env } = project
  const applied = await readApplied(session.client, env.ledgerSchema)
  const entries =
    direction === 'upgrade'
      ? []
      : await readLastEntries(session.client, env.ledgerSchema, Object.values(env.schemas))
  return {
    applied,
    entries,
    tenantHeads: direction === 'upgrade' ? [] : await tenantHeads(session.client, project),
  }
}

/**
 * The plan for a request on the single lines, from what the ledger says.
 * @throws MigError as `planUpgrade` and `planDowngrade` do; `ahead-of-code` when the ledger names a revision
 *   that no file has.
 */
export function makePlan(project: Project, state: LedgerState, request: PlanRequest): Plan {
  const { graph, env } = project
  const lines = request.lines ?? env.filter
  const applied = knownRows(project, state.applied, request.allowMissing ?? false)
  const standing = request.tenantsGo ? [] : (state.tenantHeads ?? [])
  const asked = { applied: [...applied, ...standing], target: request.target, lines }
  const planned =
    request.direction === 'upgrade' ? graph.planUpgrade(asked) : plannedDowngrade(project, state, asked)
  const rows = new Map(
    Object.entries(env.schemas).map(([, schema]) => [schema, state.applied.get(schema) ?? []]),
  )
  const steps = planned.map((step): PlanStep => {
    const file = fileOf(project, step.revision)
    const targetSchema = schemaOf(project, file.line)
    const appliedBefore = rows.get(targetSchema) ?? []
    const missing = appliedBefore.filter((id) => !project.files.has(id))
    const appliedAfter = [
      ...step.appliedAfter.filter((id) => project.files.get(id)?.line === file.line),
      ...missing,
    ].sort()
    rows.set(targetSchema, appliedAfter)
    return {
      revision: step.revision,
      direction: step.direction,
      line: file.line,
      targetSchema,
      message: file.message,
      ...(step.neededBy === undefined ? {} : { neededBy: step.neededBy }),
      ...(file.irreversible === undefined ? {} : { irreversible: file.irreversible }),
      ...stepLosses({ file, direction: step.direction, targetSchema }),
      appliedBefore,
      appliedAfter,
      file,
    }
  })
  return { direction: request.direction, target: request.target, steps, applied: state.applied }
}

function plannedDowngrade(
  project: Project,
  state: LedgerState,
  asked: { readonly applied: readonly string[]; readonly target: string; readonly lines: readonly string[] },
): readonly PlannedStep[] {
  try {
    return project.graph.planDowngrade({ ...asked, recentlyApplied: recentlyApplied(project, state) })
  } catch (error) {
    throw namingTenants(project, error)
  }
}

/** The rows of the single lines that files stand behind. */
function knownRows(project: Project, applied: AppliedRows, allowMissing: boolean): readonly string[] {
  const known: string[] = []
  for (const [key, schema] of Object.entries(project.env.schemas)) {
    for (const id of applied.get(schema) ?? []) {
      if (project.files.has(id)) known.push(id)
      else if (!allowMissing) throw aheadOfCode(key, schema, id)
    }
  }
  return known
}

function aheadOfCode(key: string, schema: string, id: string): MigError {
  return new MigError(
    'ahead-of-code',
    `schema ${schema} is at ${id}, which no revision file of line ${key} has`,
    {
      help: `check out the branch that has it, see what you have with just mig-history ${key}, go on with --allow-missing, or start over with just mig-stamp --purge <revision> ${key}`,
      facts: { line: key, targetSchema: schema, revision: id },
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
      `line ${line} is a tenant line, and the plan of a single line leads to it`,
      {
        help: 'a revision of a single line cannot depend on one of a tenant line: take it out of dependsOn',
        facts: { line },
      },
    )
  }
  return schema
}
