import { roleOf } from '../../environment/index.ts'
import type { LedgerStep, Progress } from '../../ledger/index.ts'
import { quoteIdent } from '../../postgres/index.ts'
import type { PlanStep } from '../plan/plan.ts'
import type { Project } from '../project.ts'
import type { RevisionBody, RevisionSource } from '../run/revision-body.ts'
import type { Session } from '../session/session.ts'
import { type RoleOfRevision, schemaOwner } from './own-sql.ts'

/** What one attempt at a step begins with. */
export interface StepStart extends RoleOfRevision {
  /** False with one transaction for the whole run. */
  readonly ownTransaction: boolean
  readonly checksum: string
  /** What an earlier attempt has left, to go on from. */
  readonly progress: Progress | undefined
  /** Milliseconds. */
  readonly lockTimeout: number
  readonly statementTimeout: number
  /** Whether the revision itself set its lock timeout, which then holds for index builds too. */
  readonly explicitLockTimeout: boolean
  /** Run first in the first transaction. */
  readonly opening: readonly string[]
}

/** What the steps of one run share. */
export interface StepContext {
  readonly session: Session
  readonly project: Project
  readonly total: number
  /** Target schemas that did not exist when the run began. */
  readonly missing: ReadonlySet<string>
  /** The target schemas whose locks the run holds. */
  readonly targetSchemas: readonly string[]
  /** What earlier runs have left half done, as it was when this one began. */
  readonly halfDone: readonly Progress[]
  /** Go on with a half-done revision although its file was edited. */
  readonly resumeEdited: boolean
  readonly revisions: RevisionSource
}

type StartContext = Pick<StepContext, 'session' | 'project' | 'revisions' | 'missing'>

/** What a first attempt at a step begins with, in a transaction of its own. */
export function startOf(context: StartContext, step: PlanStep, body: RevisionBody): StepStart {
  const { session, project, revisions, missing } = context
  const { env } = project
  const role = roleOf(env, step.line, step.targetSchema)
  return {
    ownTransaction: true,
    checksum: revisions.checksum(step.file),
    progress: undefined,
    lockTimeout: body.lockTimeout ?? env.lockTimeout,
    statementTimeout: body.statementTimeout ?? env.statementTimeout,
    explicitLockTimeout: body.lockTimeout !== undefined,
    role,
    login: session.role ?? 'none',
    opening: creatingStatements(step, env.createSchema, missing, role),
  }
}

/**
 * Makes the target schema of a step where it is missing and the step may; it belongs to the role that its revisions run
 * as.
 */
export function creatingStatements(
  { direction, targetSchema }: PlanStep,
  createSchema: boolean,
  missing: ReadonlySet<string>,
  role: string | undefined,
): readonly string[] {
  if (direction === 'downgrade' || !createSchema || !missing.has(targetSchema)) return []
  return [`CREATE SCHEMA IF NOT EXISTS ${quoteIdent(targetSchema)}${schemaOwner(role)}`]
}

/** The ledger's view of a plan step, before file and host are known. */
export function ledgerStepOf(step: PlanStep): Omit<LedgerStep, 'checksum' | 'host'> {
  const { direction, line, revision, targetSchema, appliedBefore, appliedAfter, digest } = step
  return { direction, line, revision, targetSchema, before: appliedBefore, after: appliedAfter, digest }
}
