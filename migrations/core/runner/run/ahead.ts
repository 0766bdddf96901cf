import { isStepDone } from '../../ledger/index.ts'
import { type PipelinePart, type SentPart, sendTogether } from '../../postgres/index.ts'
import type { StepContext } from '../statement/step-context.ts'
import type { ReadyStep } from './step.ts'
import { isKnown, type KnownReady, type UpcomingSteps } from './upcoming.ts'

/** A step that went to the server before its turn. */
interface SentStep {
  readonly ready: ReadyStep
  readonly part: SentPart
}

/** How many go to the server together at most: so many it may still do when the client is killed. */
const most = 16

/** Milliseconds; where what was sent together takes longer, one goes at a time again, as with anything that waits. */
const quick = 100

/**
 * Sends steps whose statements are known to the server before the ones before them are done, so that it never waits for us:
 * one, and while they are quick twice as many the next time. Each is still a transaction of its own, and after one that fails
 * the server skips the rest. The last of them waits for the disk: should the server itself crash before, some are gone with
 * their rows of the ledger.
 */
export function sendingAhead({ session, project }: StepContext, upcoming: UpcomingSteps) {
  const sent = new Map<number, SentStep>()
  let [size, sentAt] = [1, 0]

  /** Steps from a place on, as far as their statements are known. */
  async function sendable(at: number, end: number): Promise<readonly KnownReady[]> {
    const found: KnownReady[] = []
    for (let place = at; place < Math.min(at + size, end); place += 1) {
      const ready = await upcoming.at(place)
      if (!isKnown(ready)) break
      found.push(ready)
    }
    return found
  }

  async function send(at: number, end: number): Promise<void> {
    const together = await sendable(at, end)
    if (together.length === 0 || session.signal?.aborted) return
    const messages: PipelinePart[] = []
    for (const [place, { run, known }] of together.entries())
      messages.push(await run.message(known, place < together.length - 1))
    for (const [place, part] of sendTogether(session.client, messages).entries()) {
      const ready = together[place]
      if (ready !== undefined) sent.set(at + place, { ready, part })
    }
    sentAt = performance.now()
    size = Math.min(size * 2, most)
    // While the server works on these; an error is told in its turn.
    sendable(at + together.length, end).catch(() => undefined)
  }

  return {
    /**
     * The step at a place, where it has gone to the server; others may go with it now.
     * @param end the place that none goes to the server from
     */
    async take(at: number, end: number): Promise<SentStep | undefined> {
      if (sent.get(at)?.part.isSkipped() !== false) {
        sent.clear()
        if (performance.now() - sentAt > quick) size = 1
        await send(at, end)
      }
      const step = sent.get(at)
      sent.delete(at)
      return step
    },
    /** Whether the log says of a step that it is done, which went to the server with one before it, whose answer was lost. */
    async isDone(at: number): Promise<boolean> {
      const step = sent.get(at)
      return step !== undefined && (await isStepDone(session.client, project.env.ledgerSchema, step.ready.id))
    },
    /** Waits for what the server has, where the run ends before. */
    async settled(): Promise<void> {
      await Promise.all([...sent.values()].map(({ part }) => part.answer()))
    },
  }
}
