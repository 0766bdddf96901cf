import { randomUUID } from 'node:crypto'
import { MigError } from '../../errors.ts'
import type { PlanStep } from '../plan/plan.ts'
import type { StepContext } from '../statement/step-context.ts'
import { type ReadyStep, readyStep } from './step.ts'
import type { KnownStep } from './step-run.ts'

/** A step whose statements are known before the first of them runs. */
export type KnownReady = ReadyStep & { readonly known: KnownStep }

export function isKnown(ready: ReadyStep | undefined): ready is KnownReady {
  return ready?.known !== undefined
}

/** How many revisions are read and compiled together. */
const read = 40

/** Steps that are made ready before their turn, by their place in the run. */
export type UpcomingSteps = ReturnType<typeof upcomingSteps>

/**
 * The steps of a run as they come to be ready, each once, whoever asks: while the server works on others, or in its turn.
 * @param contextOf what a step runs with
 */
export function upcomingSteps(
  { session, revisions, halfDone }: Pick<StepContext, 'halfDone' | 'revisions' | 'session'>,
  contextOf: (step: PlanStep) => StepContext,
  steps: readonly PlanStep[],
) {
  const known = new Map<number, Promise<ReadyStep | undefined>>()
  let [client, readTo] = [session.client, 0]

  async function made(step: PlanStep): Promise<ReadyStep | undefined> {
    const { targetSchema, revision } = step
    if (halfDone.some((row) => row.targetSchema === targetSchema && row.revision === revision))
      return undefined
    try {
      return await readyStep(contextOf(step), step, { id: randomUUID(), alone: true, again: false })
    } catch (error) {
      // What is wrong with the file is told in its turn.
      if (error instanceof MigError) return undefined
      throw error
    }
  }

  return {
    /** Undefined where a step cannot be ready before its turn: it is half done, or its file is wrong. */
    at(place: number): Promise<ReadyStep | undefined> {
      const step = steps[place]
      if (step === undefined) return Promise.resolve(undefined)
      // After a lost connection what is ready is for the old one.
      if (client !== session.client) known.clear()
      client = session.client
      for (; readTo <= place; readTo += read)
        revisions.prepare(steps.slice(readTo, readTo + read).map(({ file }) => file))
      const found = known.get(place) ?? made(step)
      known.set(place, found)
      // Told when it is awaited, if it is.
      found.catch(() => undefined)
      return found
    },
    /** Lets go of a step that has had its turn. */
    forget: (place: number) => void known.delete(place),
  }
}
