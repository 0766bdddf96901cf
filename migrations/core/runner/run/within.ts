import { randomUUID } from 'node:crypto'
import type { Plan } from '../plan/plan.ts'
import type { Project } from '../project.ts'
import { holdingLocks } from '../session/locks.ts'
import type { Session } from '../session/session.ts'
import type { StepContext } from '../statement/step-context.ts'
import { revisionSource } from './revision-source.ts'
import { applyStep } from './step.ts'

/**
 * Takes the steps of a plan inside the transaction that is open on the session, for its owner to roll back. The ledger
 * and the target schemas must be there. After each step its deferred constraints are checked, as a COMMIT would do.
 * @throws MigError from a step; the transaction is rolled back then. `autocommit-in-run` for what no transaction can hold
 */
export async function applyWithin(session: Session, project: Project, plan: Plan): Promise<void> {
  const { env } = project
  const targetSchemas = [...new Set(plan.steps.map((step) => step.targetSchema))].sort()
  const context: StepContext = {
    ...{ session, project, targetSchemas, total: plan.steps.length, missing: new Set(), halfDone: [] },
    ...{ resumeEdited: false, revisions: revisionSource(env.cacheDir) },
  }
  await holdingLocks(session, env, targetSchemas, async () => {
    for (const step of plan.steps) {
      await applyStep(context, step, { id: randomUUID(), alone: false, again: false })
      await session.client.query('SET CONSTRAINTS ALL IMMEDIATE')
    }
  })
}
