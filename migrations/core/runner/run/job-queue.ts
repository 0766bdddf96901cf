import type { TargetSchema } from '../../environment/index.ts'
import { groupBy } from '../../group-by.ts'
import type { Session } from '../session/session.ts'

/**
 * What became of a tenant: how many steps were taken, that another runner has it, that the connection broke before
 * anything was begun, or that it was dropped meanwhile.
 */
export type Outcome = { readonly steps: number } | 'busy' | 'lost' | 'gone'

/** A piece of work on one target schema. */
export interface TargetJob {
  readonly target: TargetSchema
  readonly run: (session: Session) => Promise<Outcome>
}

/** How often a tenant is taken up again whose connection broke before anything was done to it. */
export const mostLosses = 3

/** The jobs that are still to be taken, by database. */
export type JobQueue = ReturnType<typeof jobQueue>

export function jobQueue(jobs: readonly TargetJob[]) {
  const grouped = groupBy(jobs, ({ target }) => target.databaseUrl)
  // Taken from the end, which costs nothing.
  const queues = new Map([...grouped].map(([database, own]) => [database, own.toReversed()]))
  const workers = new Map<string | null, number>()
  const busy = new Set<TargetJob>()
  const lost = new Map<TargetJob, number>()
  const queueOf = (database: string | null) => queues.get(database) ?? []
  return {
    /** A database that has jobs left to take; undefined when none has. */
    database(): string | null | undefined {
      const open = [...queues].filter(([, queue]) => queue.length > 0)
      const load = ([name, queue]: readonly [string | null, TargetJob[]]) =>
        queue.length / ((workers.get(name) ?? 0) + 1)
      const [best] = open.toSorted((a, b) => load(b) - load(a))
      if (best === undefined) return undefined
      workers.set(best[0], (workers.get(best[0]) ?? 0) + 1)
      return best[0]
    },
    take: (database: string | null) => queueOf(database).pop(),
    takeAll: (database: string | null) => queueOf(database).splice(0).toReversed(),
    /** Gives back a job whose connection broke before it was begun; false when that has come too often. */
    giveBack(job: TargetJob): boolean {
      const losses = (lost.get(job) ?? 0) + 1
      lost.set(job, losses)
      if (losses <= mostLosses) queueOf(job.target.databaseUrl).push(job)
      return losses <= mostLosses
    },
    /** Gives back a job whose tenant somebody else has. */
    putBack(job: TargetJob) {
      busy.add(job)
      queueOf(job.target.databaseUrl).unshift(job)
    },
    settled: (job: TargetJob) => void busy.delete(job),
    allBusy: (database: string | null) => queueOf(database).every((job) => busy.has(job)),
  }
}

/** Runners that share begin at different places, so that they do not knock at the same doors. */
export function rotated<Item>(items: readonly Item[]): readonly Item[] {
  const at = Math.floor(Math.random() * items.length)
  return [...items.slice(at), ...items.slice(0, at)]
}
