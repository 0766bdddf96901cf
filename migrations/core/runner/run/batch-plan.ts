import type { PlanStep } from '../plan/plan.ts'
import { projectOf } from '../plan/planner.ts'
import type { TargetPlan } from '../plan/target-plan.ts'
import type { Project } from '../project.ts'
import { type SessionOptions, usingSession } from '../session/session.ts'
import { databaseEnvironment } from '../targets/databases.ts'
import { batchedSchemas, stepsByTransaction } from './batch-members.ts'
import { revisionSource } from './revision-body.ts'

/**
 * The plan, whose steps say which of them will share a transaction, and with the files that were read to tell. Of tenants
 * in one state the database of the first is asked, and none where nothing is upgraded for the first time.
 * @throws MigError as `usingSession` does
 */
export async function withBatches(
  project: Project,
  plan: TargetPlan,
  sessions: SessionOptions,
): Promise<TargetPlan> {
  const { env } = project
  if (env.transaction !== 'batch') return plan
  const revisions = revisionSource(env.cacheDir)
  const alike: TargetPlan['alike'][number][] = []
  for (const { work, steps } of plan.alike) {
    const [{ unit, state }] = work
    const [own, { halfDone }] = [projectOf(project, unit), state]
    if (batchedSchemas({ project: own, halfDone }, steps).size === 0) {
      alike.push({ work, steps })
      continue
    }
    const transactions = await usingSession(databaseEnvironment(env, unit.databaseUrl), sessions, (session) =>
      stepsByTransaction(
        {
          ...{ session, revisions, project: own, missing: new Set(), halfDone },
          ...{ total: steps.length, targetSchemas: [], resumeEdited: false },
        },
        steps,
      ),
    )
    alike.push({ work, steps: numbered(transactions) })
  }
  return { ...plan, alike, revisions }
}

function numbered(transactions: readonly (readonly PlanStep[])[]): readonly PlanStep[] {
  let batch = 0
  return transactions.flatMap((steps) => {
    if (steps.length < 2) return steps
    batch += 1
    return steps.map((step) => ({ ...step, batch }))
  })
}
