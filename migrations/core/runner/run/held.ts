import { randomUUID } from 'node:crypto'
import { toggledDigest } from '../../ledger/index.ts'
import type { PlanStep } from '../plan/plan.ts'
import { lockTargets, readyToRun } from '../session/locks.ts'
import { rollingBack } from '../session/session.ts'
import type { StepContext } from '../statement/step-context.ts'
import { singleTargets } from '../targets/target-schemas.ts'
import { applyStep } from './step.ts'
import { takeSteps } from './take-steps.ts'

/** A database that a session holds: nobody else works there, so that the ledger need not be asked what is next. */
export type HeldDatabase = Pick<StepContext, 'session' | 'project' | 'revisions'>

/** Makes the ledger, and takes the locks of all target schemas until the session ends. */
export async function holdDatabase({ session, project }: HeldDatabase): Promise<void> {
  await readyToRun(session, project.env)
  const schemas = [...new Set(singleTargets(project.env).map(({ schema }) => schema))].sort()
  await lockTargets(session, project.env, schemas)
}

/**
 * Takes the step that is next; that it is, the ledger's own statements see to.
 * @throws MigError from the step; what it has left open is rolled back
 */
export async function takeHeld(held: HeldDatabase, step: PlanStep): Promise<void> {
  await rollingBack(held.session, () => takeSteps(contextOf(held, step), [step]))
}

/**
 * As {@link takeHeld}, inside the transaction that is open on the session, for its owner to roll back. Deferred constraints
 * are checked after it, as a COMMIT would do.
 * @throws MigError `autocommit-in-run` for what no transaction can hold
 */
export async function takeWithin(held: HeldDatabase, step: PlanStep): Promise<void> {
  await rollingBack(held.session, async () => {
    await applyStep(contextOf(held, step), step, { id: randomUUID(), alone: false, again: false })
    await held.session.client.query('SET CONSTRAINTS ALL IMMEDIATE')
  })
}

/** The step that reverts one on the way up. */
export function revertedStep(step: PlanStep): PlanStep {
  return {
    ...step,
    direction: 'downgrade',
    appliedBefore: step.appliedAfter,
    appliedAfter: step.appliedBefore,
    digest: toggledDigest(step.digest, step.revision),
  }
}

function contextOf(held: HeldDatabase, { targetSchema }: PlanStep): StepContext {
  const none = { missing: new Set<string>(), halfDone: [], resumeEdited: false }
  return { ...held, ...none, targetSchemas: [targetSchema], total: 1 }
}
