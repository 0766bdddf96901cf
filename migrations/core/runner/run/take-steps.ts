import { randomUUID } from 'node:crypto'
import type { StepFacts } from '../../events.ts'
import { isConnectionLost } from '../../postgres/index.ts'
import { type PlanStep, stepFacts } from '../plan/plan.ts'
import { rollBack } from '../session/session.ts'
import { checkUnmoved, tryingAgain } from '../statement/retry.ts'
import type { StepContext } from '../statement/step-context.ts'
import { stepError } from '../statement/step-error.ts'
import { type SentStep, sendingAhead } from './ahead.ts'
import { runBatch } from './batch.ts'
import { type BatchMember, batchedSchemas, nextBatch } from './batch-members.ts'
import { expectDowngrades } from './revision-body.ts'
import { applyStep } from './step.ts'

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
  else if (batched.size > 0) await applyBatches(context, steps, batched)
  else await applyEach(context, steps, steps)
}

/** Runs some of the steps of a plan, each in a transaction. */
async function applyEach(
  context: StepContext,
  all: readonly PlanStep[],
  steps: readonly PlanStep[],
): Promise<void> {
  const contextOf = contextOfStep(context, all)
  const ahead = sendingAhead(context, contextOf, steps)
  const begin = steps[0] === undefined ? 0 : all.indexOf(steps[0])
  let wasLost = false
  try {
    for (const [at, step] of steps.entries()) {
      const of = { index: begin + at + 1, total: context.total, ...stepFacts(step) }
      if (wasLost && (await ahead.isDone(at))) {
        tellDone(context, of)
        continue
      }
      if (wasLost) await checkUnmoved(context, step)
      wasLost = (await applyAlone(contextOf(step), step, of, await ahead.take(at))) === 'lost'
    }
  } finally {
    await ahead.settled()
  }
}

/** Runs steps of the first upgrade of some schemas: those that share a transaction together, the others each by itself. */
async function applyBatches(
  context: StepContext,
  steps: readonly PlanStep[],
  batched: ReadonlySet<string>,
): Promise<void> {
  const { emit } = context.session
  const contextOf = contextOfStep(context, steps)
  const batchFrom = (at: number): Promise<readonly BatchMember[]> => {
    const left = steps.slice(at)
    const [first] = left
    if (first === undefined || !batched.has(first.targetSchema)) return Promise.resolve([])
    context.revisions.prepare(left.slice(0, readTogether).map(({ file }) => file))
    return nextBatch(contextOf(first), left)
  }
  let next: Promise<readonly BatchMember[] | undefined> | undefined
  for (let at = 0; at < steps.length; ) {
    const left = steps.slice(at)
    const [first] = left
    if (first === undefined) return
    const batch = (await next) ?? (await batchFrom(at))
    next = undefined
    const taken = left.slice(0, Math.max(batch.length, 1))
    const ran = await runBatch(contextOf(first), batch, () => {
      // A connection that is lost is told by the batch on its way.
      next = batchFrom(at + taken.length).catch(() => undefined)
    })
    if (ran === undefined) {
      await applyEach(context, steps, taken)
      next = undefined
    }
    for (const [place, statements] of (ran ?? []).entries()) {
      const step = taken[place] ?? first
      const of = { index: at + place + 1, total: context.total, ...stepFacts(step) }
      const { targetSchema, revision } = step
      emit({ event: 'step-start', ...of })
      for (const each of statements) emit({ event: 'statement', targetSchema, revision, ...each })
      emit({ event: 'step-done', ms: statements.reduce((sum, { ms }) => sum + ms, 0), ...of })
    }
    at += taken.length
  }
}

/** How many revisions are read before a batch of them is made. */
const readTogether = 300

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
  sent: SentStep | undefined,
): Promise<'lost' | undefined> {
  const { emit } = context.session
  emit({ event: 'step-start', ...of })
  const started = performance.now()
  const id = sent?.id ?? randomUUID()
  const committed = await tryingAgain(context, { step, id, first: step }, (again) =>
    applyStep(context, step, { id, alone: true, again, ...(again || sent === undefined ? {} : { sent }) }),
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
