import { setTimeout as pause } from 'node:timers/promises'
import type { ClientBase } from 'pg'
import type { LockHolder } from '../../events.ts'
import { holderSql } from '../../ledger/index.ts'
import { backendPid, withoutQueryValues } from '../../postgres/index.ts'
import type { PlanStep } from '../plan/plan.ts'
import type { Session } from './session.ts'

const longestInterval = 1000

/** A statement that is being looked at from the second connection. */
export interface Watch {
  /** Who was seen to block it last. */
  readonly blockers: () => readonly LockHolder[]
  readonly stop: () => void
}

/**
 * Looks at what a connection does once it has done it for `delay` milliseconds: who blocks it
 * (pg_blocking_pids), and how far an index build is (pg_stat_progress_create_index, manual 27.4.2), told as
 * `progress`. Without a second connection nothing is seen.
 * @param interval milliseconds between looks
 */
export function watchStatement(
  session: Session,
  step: PlanStep,
  delay: number,
  interval: number = longestInterval,
): Watch {
  const pid = backendPid(session.client)
  let blockers: readonly LockHolder[] = []
  const { own } = session
  if (own === undefined || pid === undefined) return { blockers: () => blockers, stop: () => undefined }
  let stop = () => clearTimeout(timer)
  const timer = setTimeout(() => {
    const stopping = new AbortController()
    stop = () => stopping.abort()
    void look(own.observer, pid, stopping.signal).catch((error) => cannotLook(error, stopping.signal))
  }, delay)
  return { blockers: () => blockers, stop: () => stop() }

  async function look(
    observer: () => Promise<ClientBase>,
    watched: number,
    signal: AbortSignal,
  ): Promise<void> {
    const client = await observer()
    while (!signal.aborted) {
      blockers = await blockersOf(client, watched)
      const build = await indexBuild(client, watched)
      if (build !== undefined && !signal.aborted) tellBuild(session, step, build, blockers)
      await pause(interval, undefined, { signal })
    }
  }

  function cannotLook(error: unknown, signal: AbortSignal): void {
    if (signal.aborted) return
    const message = error instanceof Error ? error.message : String(error)
    session.emit({
      event: 'warning',
      code: 'no-observer',
      message: `blocking sessions are not shown: the second connection, which looks for them, failed: ${message}`,
      help: 'the run continues; see who blocks it: just mig-status in another terminal',
    })
  }
}

/** Who keeps a session waiting. */
export async function blockersOf(client: ClientBase, pid: number): Promise<readonly LockHolder[]> {
  const { rows } = await client.query<LockHolder>(
    `SELECT ${holderSql('coalesce(a.xact_start, a.backend_start)')}
     FROM pg_stat_activity AS a WHERE a.pid = ANY(pg_blocking_pids($1))`,
    [pid],
  )
  return rows.map(withoutQueryValues)
}

interface IndexBuild {
  readonly index: string
  readonly phase: string
  readonly done: string
  readonly total: string
  readonly unit: string
}

async function indexBuild(client: ClientBase, pid: number): Promise<IndexBuild | undefined> {
  const { rows } = await client.query<IndexBuild>(
    `SELECT coalesce(i.relname, p.command) AS index, p.phase,
            CASE WHEN p.tuples_total > 0 THEN p.tuples_done WHEN p.blocks_total > 0 THEN p.blocks_done ELSE p.lockers_done END AS done,
            CASE WHEN p.tuples_total > 0 THEN p.tuples_total WHEN p.blocks_total > 0 THEN p.blocks_total ELSE p.lockers_total END AS total,
            CASE WHEN p.tuples_total > 0 THEN 'rows' WHEN p.blocks_total > 0 THEN 'blocks' ELSE 'sessions' END AS unit
     FROM pg_stat_progress_create_index AS p LEFT JOIN pg_class AS i ON i.oid = p.index_relid WHERE p.pid = $1`,
    [pid],
  )
  return rows[0]
}

function tellBuild(
  session: Session,
  step: PlanStep,
  build: IndexBuild,
  blockers: readonly LockHolder[],
): void {
  const { revision, targetSchema } = step
  const by = blockers.map(({ pid, application, state }) => `pid ${pid} (${application}, ${state})`)
  const what = `index ${build.index}, ${build.phase}${by.length === 0 ? '' : `, held up by ${by.join(' and ')}`}`
  session.emit({
    event: 'progress',
    revision,
    targetSchema,
    what,
    done: Number(build.done),
    total: Number(build.total) || null,
    unit: build.unit,
    perSecond: null,
    secondsLeft: null,
  })
}
