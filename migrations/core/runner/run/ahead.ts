import { randomUUID } from 'node:crypto'
import type { ClientBase } from 'pg'
import { MigError } from '../../errors.ts'
import { isStepDone } from '../../ledger/index.ts'
import { type PipelinePart, type SentPart, sendTogether } from '../../postgres/index.ts'
import type { PlanStep } from '../plan/plan.ts'
import type { StepContext } from '../statement/step-context.ts'
import { type KnownStep, ledgerStepFor, type ReadyStep, readyStep } from './step.ts'

/** A step whose message can go to the server. */
interface Sendable {
  /** The uuid under which its outcome is looked up in the log. */
  readonly id: string
  readonly ready: ReadyStep
  readonly known: KnownStep
  readonly message: PipelinePart
}

/** A step that went to the server before its turn. */
export interface SentStep extends Sendable {
  readonly part: SentPart
}

/** What can be sent next. */
interface Prepared {
  readonly at: number
  readonly client: ClientBase
  readonly found: Promise<readonly Sendable[]>
}

/** How many revisions are read and compiled together. */
const read = 40

/** How many go to the server together at most: so many it may still do when the client is killed. */
const most = 16

/** Milliseconds; where what was sent together takes longer, one goes at a time again, as with anything that waits. */
const quick = 100

/**
 * Sends steps whose statements are known to the server before the ones before them are done, so that it never waits for us:
 * one, and while they are quick twice as many the next time. Each is still a transaction of its own, and after one that fails
 * the server skips the rest.
 * @param contextOf what a step runs with
 */
export function sendingAhead(
  { session, project, revisions, halfDone }: StepContext,
  contextOf: (step: PlanStep) => StepContext,
  steps: readonly PlanStep[],
) {
  const sent = new Map<number, SentStep>()
  let [size, readTo, sentAt] = [1, 0, 0]
  let next: Prepared | undefined

  /** Steps from a place on, as far as their statements are known. */
  async function sendable(at: number): Promise<readonly Sendable[]> {
    const found: Sendable[] = []
    for (const step of steps.slice(at, at + size)) {
      const each = isBegun(step) ? undefined : await sendableStep(contextOf(step), step)
      if (each === undefined) break
      found.push(each)
    }
    return found
  }

  const isBegun = (step: PlanStep) =>
    halfDone.some((row) => row.targetSchema === step.targetSchema && row.revision === step.revision)

  function prepare(at: number): Prepared {
    for (; readTo < Math.min(at + size, steps.length); readTo += read)
      revisions.prepare(steps.slice(readTo, readTo + read).map(({ file }) => file))
    const found = sendable(at)
    // Told when it is awaited, if it is.
    found.catch(() => undefined)
    next = { at, client: session.client, found }
    return next
  }

  async function send(at: number): Promise<void> {
    // After a lost connection what was prepared is for the old one.
    const { found } = next?.at === at && next.client === session.client ? next : prepare(at)
    const together = (await found).slice(0, size)
    next = undefined
    if (together.length === 0 || session.signal?.aborted) return
    const messages = together.map(({ message }) => message)
    for (const [place, part] of sendTogether(session.client, messages).entries()) {
      const of = together[place]
      if (of !== undefined) sent.set(at + place, { ...of, part })
    }
    sentAt = performance.now()
    size = Math.min(size * 2, most)
    // While the server works on these.
    if (at + together.length < steps.length) prepare(at + together.length)
  }

  return {
    /** The step at a place, where it has gone to the server; others may go with it now. */
    async take(at: number): Promise<SentStep | undefined> {
      if (sent.get(at)?.part.isSkipped() !== false) {
        sent.clear()
        if (performance.now() - sentAt > quick) size = 1
        await send(at)
      }
      const step = sent.get(at)
      sent.delete(at)
      return step
    },
    /** Whether the log says of a step that it is done, which went to the server with one before it, whose answer was lost. */
    async isDone(at: number): Promise<boolean> {
      const step = sent.get(at)
      return step !== undefined && (await isStepDone(session.client, project.env.ledgerSchema, step.id))
    },
    /** Waits for what the server has, where the run ends before. */
    async settled(): Promise<void> {
      await Promise.all([...sent.values()].map(({ part }) => part.answer()))
    },
  }
}

async function sendableStep(context: StepContext, step: PlanStep): Promise<Sendable | undefined> {
  const id = randomUUID()
  try {
    const attempt = { id, alone: true, again: false }
    const ready = await readyStep(context, step, attempt, ledgerStepFor(context, step, id))
    const known = ready.known()
    return known && { id, ready, known, message: await ready.run.message(known) }
  } catch (error) {
    // What is wrong with the file is told in its turn.
    if (error instanceof MigError) return undefined
    throw error
  }
}
