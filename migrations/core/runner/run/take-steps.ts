import { randomUUID } from 'node:crypto'
import type { StepFacts } from '../../events.ts'
import { isConnectionLost } from '../../postgres/index.ts'
import { type PlanStep, stepFacts } from '../plan/plan.ts'
import { rollBack } from '../session/session.ts'
import { checkUnmoved, tryingAgain } from '../statement/retry.ts'
import type { StepContext } from '../statement/step-context.ts'
import { stepError } from '../statement/step-error.ts'
import { sendingAhead } from './ahead.ts'
import { runBatch } from './batch.ts'
import { alikeFrom, batchedSchemas, batchFrom } from './batch-members.ts'
import { expectDowngrades } from './revision-body.ts'
import { applyStep, type StepAttempt } from './step.ts'
import { upcomingSteps } from './upcoming.ts'

/**
 * Runs the steps of a plan on locked target schemas: each in a transaction, or with `--transaction=run` all in one, or with
 * `--transaction=batch` as many in one as leave the same there.
 */
export async function takeSteps(context: StepContext, steps: readonly PlanStep[]): Promise<void> {
  const downgrades = steps.filter(({ direction }) => direction === 'downgrade')
  context.revisions.prepare(downgrades.map(({ file }) => file))
  await expectDowngrades(steps, (file) => context.revisions.load(file))
  const batched = batchedSchemas(context, steps)
  if (context.project.env.transaction === 'run') await applyTogether(context, steps)
  else await applyEach(context, steps, batched)
}

/**
 * Runs the steps of a plan, each in a transaction.
 * @param batched the schemas where those that do nothing but define objects share one
 */
async function applyEach(
  context: StepContext,
  steps: readonly PlanStep[],
  batched: ReadonlySet<string>,
): Promise<void> {
  const contextOf = contextOfStep(context, steps)
  const upcoming = upcomingSteps(context, contextOf, steps)
  const ahead = sendingAhead(context, upcoming)
  /** The steps before it are not in a batch. */
  let end = batched.size === 0 ? steps.length : 0
  let wasLost = false
  async function alone(at: number, step: PlanStep): Promise<void> {
    const of = { index: at + 1, total: context.total, ...stepFacts(step) }
    if (wasLost && (await ahead.isDone(at))) return tellDone(context, of)
    if (wasLost) await checkUnmoved(context, step)
    const sent = await ahead.take(at, end)
    const ready = sent?.ready ?? (await upcoming.at(at))
    wasLost = (await applyAlone(contextOf(step), step, of, { ready, part: sent?.part })) === 'lost'
  }
  try {
    for (let [at, step] = [0, steps[0]]; step !== undefined; step = steps[at]) {
      const batch = at < end ? [] : await batchFrom(context.session, upcoming, { steps, batched, at })
      end = Math.max(end, at + Math.max(batch.length, 1))
      const isRun = await runBatch(contextOf(step), batch, at, () => {
        // While the server works on these; an error is told in its turn.
        alikeFrom(upcoming, { steps, batched, at: end }).catch(() => undefined)
      })
      if (!isRun) await alone(at, step)
      else wasLost = false
      for (const next = isRun ? end : at + 1; at < next; at += 1) upcoming.forget(at)
    }
  } finally {
    await ahead.settled()
  }
}

/** Only the first step on a target schema may have to make it; later ones would be told that it is there. */
function contextOfStep(context: StepContext, steps: readonly PlanStep[]): (step: PlanStep) => StepContext {
  const schemas = new Set<string>()
  const first = new Set<PlanStep>()
  for (const step of steps) {
    if (!schemas.has(step.targetSchema)) first.add(step)
    schemas.add(step.targetSchema)
  }
  const later: StepContext = { ...context, missing: new Set() }
  return (step) => (first.has(step) ? context : later)
}

/** @returns `lost` where the log says that it is done, which the connection did not any more */
async function applyAlone(
  context: StepContext,
  step: PlanStep,
  of: Told,
  early: Pick<StepAttempt, 'part' | 'ready'>,
): Promise<'lost' | undefined> {
  const { emit } = context.session
  emit({ event: 'step-start', ...of })
  const started = performance.now()
  const id = early.ready?.id ?? randomUUID()
  const committed = await tryingAgain(context, { step, id, first: step }, (again) =>
    applyStep(context, step, { id, alone: true, again, ...(again ? {} : early) }),
  )
  if (committed?.threw !== undefined) throw committed.threw
  emit({ event: 'step-done', ms: committed?.ms ?? performance.now() - started, ...of })
  return committed === undefined ? 'lost' : undefined
}

type Told = StepFacts & { readonly index: number; readonly total: number }

/** Tells of a step that the server has done before its turn came. */
function tellDone({ session: { emit } }: StepContext, of: Told): void {
  emit({ event: 'step-start', ...of })
  emit({ event: 'step-done', ms: 0, ...of })
}

/** `--transaction=run`: all steps, or none. */
async function applyTogether(context: StepContext, steps: readonly PlanStep[]): Promise<void> {
  const [first, last] = [steps[0], steps.at(-1)]
  if (first === undefined || last === undefined) return
  const id = randomUUID()
  await tryingAgain(context, { step: last, id, first }, (again) => tryTogether(context, steps, id, again))
}

async function tryTogether(
  context: StepContext,
  steps: readonly PlanStep[],
  id: string,
  again: boolean,
): Promise<void> {
  const { session, total } = context
  const { emit } = session
  const contextOf = contextOfStep(context, steps)
  let committing = false
  await session.client.query('BEGIN')
  try {
    for (const [at, step] of steps.entries()) {
      const of = { index: at + 1, total, ...stepFacts(step) }
      emit({ event: 'step-start', ...of })
      const started = performance.now()
      await applyStep(contextOf(step), step, { id, alone: false, again })
      emit({ event: 'step-done', ms: performance.now() - started, ...of })
    }
    committing = true
    await session.client.query('COMMIT')
  } catch (cause) {
    if (!isConnectionLost(cause)) await rollBack(session)
    const last = steps.at(-1)
    throw committing && last !== undefined
      ? stepError(last, cause, session.signal, { committed: 0, committing, begun: false })
      : cause
  }
}
