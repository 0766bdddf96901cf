import { definesOnly } from '../../postgres/statement/index.ts'
import type { PlanStep } from '../plan/plan.ts'
import type { StepContext } from '../statement/step-context.ts'
import { isKnown, type KnownReady, type UpcomingSteps, upcomingSteps } from './upcoming.ts'

/** So many statements share a transaction at most: the server has to hold the locks of all of them. */
const mostStatements = 500

/** The target schemas that are upgraded for the first time and may take revisions together. */
export function batchedSchemas(
  { project, halfDone }: Pick<StepContext, 'project' | 'halfDone'>,
  steps: readonly PlanStep[],
): ReadonlySet<string> {
  if (project.env.transaction !== 'batch' || halfDone.length > 0) return new Set()
  const isFirst = ({ direction, appliedBefore }: PlanStep) =>
    direction === 'upgrade' && appliedBefore.length === 0
  return new Set(steps.filter(isFirst).map(({ targetSchema }) => targetSchema))
}

/** A place in a run. */
interface Place {
  readonly steps: readonly PlanStep[]
  /** See {@link batchedSchemas}. */
  readonly batched: ReadonlySet<string>
  readonly at: number
}

/**
 * The steps from a place on, as far as they are on one target schema that may take them together and do nothing but define
 * objects: these leave the same in one transaction as in many.
 */
export async function alikeFrom(
  upcoming: UpcomingSteps,
  { steps, batched, at }: Place,
): Promise<readonly KnownReady[]> {
  const batch: KnownReady[] = []
  let count = 0
  for (const [place, step] of steps.slice(at).entries()) {
    if (step.targetSchema !== steps[at]?.targetSchema || !batched.has(step.targetSchema)) break
    const ready = await upcoming.at(at + place)
    if (!isKnown(ready) || !definesAlone(ready)) break
    count += ready.known.statements.reduce((sum, { pieces }) => sum + pieces.length, 0)
    if (count > mostStatements) break
    batch.push(ready)
  }
  return batch
}

/** As {@link alikeFrom}; none where it is only one, or where something in the database makes a difference. */
export async function batchFrom(
  session: StepContext['session'],
  upcoming: UpcomingSteps,
  place: Place,
): Promise<readonly KnownReady[]> {
  const batch = await alikeFrom(upcoming, place)
  return batch.length < 2 || (await seesTransactions(session)) ? [] : batch
}

/** Steps of a plan by the transactions that they will be in, in their order; the server may refuse what is meant. */
export async function stepsByTransaction(
  context: StepContext,
  steps: readonly PlanStep[],
): Promise<readonly (readonly PlanStep[])[]> {
  const batched = batchedSchemas(context, steps)
  const upcoming = upcomingSteps(context, () => context, steps)
  const transactions: (readonly PlanStep[])[] = []
  for (let at = 0; at < steps.length; ) {
    const batch = await batchFrom(context.session, upcoming, { steps, batched, at })
    const taken = steps.slice(at, at + Math.max(batch.length, 1))
    transactions.push(taken)
    at += taken.length
  }
  return transactions
}

function definesAlone({ step, known }: KnownReady): boolean {
  return known.statements.every(({ pieces }) =>
    pieces.every(({ text }) => definesOnly(text, step.targetSchema)),
  )
}

/** What initdb makes has lower oids (FirstNormalObjectId); information_schema has a domain with such a default. */
const firstOwn = '16384::pg_catalog.oid'

/**
 * Whether something would see that statements share a transaction: an event trigger, which runs for each of them, or a
 * domain whose default is computed, as now(), for the rows of a table that gets a column of it.
 */
async function seesTransactions(session: StepContext['session']): Promise<boolean> {
  const { rows } = await session.client.query<{ found: boolean }>(
    `SELECT EXISTS (SELECT FROM pg_catalog.pg_event_trigger WHERE evtenabled OPERATOR(pg_catalog.<>) 'D')
       OR EXISTS (SELECT FROM pg_catalog.pg_type WHERE typtype OPERATOR(pg_catalog.=) 'd' AND oid OPERATOR(pg_catalog.>=) ${firstOwn}
                   AND NOT pg_catalog.starts_with(typdefaultbin::pg_catalog.text, '{CONST ')) AS found`,
  )
  return rows[0]?.found !== false
}
