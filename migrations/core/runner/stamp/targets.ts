import type { TargetSchema } from '../../environment/index.ts'
import { MigError } from '../../errors.ts'
import { createLedger, releaseLocks, tryEachLock } from '../../ledger/index.ts'
import { isConnectionLost } from '../../postgres/index.ts'
import { readStates } from '../applied/state.ts'
import { projectOf, targetsOf, type Unit } from '../plan/planner.ts'
import type { Project } from '../project.ts'
import { asMigError, interrupted, type PoolOptions, type PoolResult } from '../run/pool.ts'
import { type RevisionSource, revisionSource } from '../run/revision-source.ts'
import { type Tally, tally } from '../run/tally.ts'
import { rollBack, type Session, type SessionOptions, usingSession } from '../session/session.ts'
import { byDatabase, databaseEnvironment } from '../targets/databases.ts'
import { expectTenants, type LineGroup } from '../targets/targets.ts'
import { applyStamp, type StampPlan, type StampRequest, stampScript } from './stamp.ts'
import {
  type StampWork,
  stampedTargets,
  stampWork,
  type TargetStampRequest,
  type UnitStamp,
  unitStamp,
} from './work.ts'

/** Tenants in one transaction: few round trips, and few locks held at once. */
const batchSize = 200

/** How a stamp resumes after a failure. */
export type StampOptions = Pick<PoolOptions, 'canary' | 'goOn' | 'maxFailures'>

/** What stamping did, and what it wrote. */
export interface StampResult extends PoolResult, StampPlan {}

/**
 * What stamping would write, by two queries per database; nothing is changed.
 * @throws MigError as `stampPlan` does
 */
export async function targetStampPlan(
  project: Project,
  group: LineGroup,
  targets: readonly TargetSchema[],
  request: TargetStampRequest,
  sessions: SessionOptions,
): Promise<StampPlan> {
  const { changes, refused } = await stampWork(project, group, targets, request, sessions)
  for (const error of refused.values()) throw error
  return { changes }
}

/**
 * Plans the stamps of all groups before the first is written, so that what a later one refuses is refused then.
 * @throws MigError as `expectTenants` does, and for a request that fits no tenant of a line
 */
export async function expectStamps(
  project: Project,
  groups: readonly LineGroup[],
  request: TargetStampRequest,
  sessions: SessionOptions,
): Promise<void> {
  const tenants = await expectTenants(project.env, groups, sessions)
  // Tenant lines come after the single lines, which are planned in their turn.
  for (const group of groups.slice(1)) {
    const own = tenants.filter(({ line }) => line === group.tenantLine)
    await stampWork(project, group, own, request, sessions)
  }
}

/**
 * Stamps target schemas of one line group: single lines in one transaction, tenants many in one, under their locks.
 * Those that somebody else works on are waited for one by one, and a batch that fails is done again one by one, so that
 * the failure is that of the tenant which it is.
 * @throws MigError `interrupted`; as `planStamp` does for a target that fits none. A tenant's failure is in the result,
 *   that of single lines is thrown.
 */
export async function stampTargets(
  project: Project,
  group: LineGroup,
  targets: readonly TargetSchema[],
  request: TargetStampRequest,
  options: StampOptions,
  sessions: SessionOptions,
): Promise<StampResult> {
  const started = performance.now()
  const changes: StampPlan['changes'][number][] = []
  const work = await stampWork(project, group, targets, request, sessions)
  const { units } = work
  const isAlone = group.tenantLine === null
  const emit = isAlone ? undefined : sessions.emit
  const counts = tally(units.length, emit ?? (() => undefined))
  const run: StampRun = {
    ...{ project, request: { ...request, lines: group.lines }, isAlone, work, counts, sessions },
    stampOf: unitStamp(project, group, request),
    revisions: revisionSource(project.env.cacheDir),
    stamped: (made) => void changes.push(...made),
  }
  const most = options.maxFailures ?? (options.goOn ? Number.POSITIVE_INFINITY : 1)
  const canaries = units.slice(0, options.canary ?? 0)
  await stampAll(run, canaries, 1)
  const canaryFailed = counts.failures().length > 0
  if (!canaryFailed) await stampAll(run, units.slice(canaries.length), most)
  const failures = counts.failures()
  const { done, steps, gone } = counts.totals()
  const left = units.length - done - gone - failures.length
  return { done, steps, failures, gone, left, canaryFailed, ms: performance.now() - started, changes }
}

interface StampRun {
  readonly project: Project
  readonly request: StampRequest
  /** Whether it is on single lines, whose failure is thrown. */
  readonly isAlone: boolean
  readonly work: StampWork
  readonly stampOf: UnitStamp
  readonly revisions: RevisionSource
  readonly counts: Tally
  readonly sessions: SessionOptions
  readonly stamped: (changes: StampPlan['changes']) => void
}

/** @param most so many failures end it */
async function stampAll(run: StampRun, units: readonly Unit[], most: number): Promise<void> {
  const { project, work, counts, sessions, isAlone } = run
  const enough = () => counts.failures().length >= most
  for (const unit of units) {
    const error = work.refused.get(unit)
    if (error !== undefined && !enough()) counts.failed(unit, error, 0)
    else if (error === undefined && !work.behind.has(unit)) counts.done(unit, 0, 0)
  }
  for (const [databaseUrl, group] of byDatabase(units.filter((unit) => work.behind.has(unit)))) {
    if (enough()) return
    const left = new Set(group)
    try {
      await usingSession(databaseEnvironment(project.env, databaseUrl), sessions, (session) =>
        stampDatabase(run, session, left, enough),
      )
    } catch (error) {
      if (isAlone) throw error
      if (sessions.signal?.aborted) throw interrupted(sessions.signal, counts)
      if (!(error instanceof MigError)) throw error
      // The database cannot be reached any more, so none of its tenants can.
      for (const unit of left) counts.failed(unit, error, 0)
    }
  }
}

/** @param left the units to stamp; each goes out of it when it is known what became of it */
async function stampDatabase(
  run: StampRun,
  session: Session,
  left: Set<Unit>,
  enough: () => boolean,
): Promise<void> {
  await createLedger(session.client, run.project.env.ledgerSchema)
  const units = [...left]
  for (let at = 0; at < units.length; at += batchSize) {
    const batch = units.slice(at, at + batchSize)
    for (const unit of await stampBatch(run, session, batch)) left.delete(unit)
    for (const unit of batch) {
      if (!left.has(unit)) continue
      if (enough()) return
      await stampOne(run, session, unit)
      left.delete(unit)
    }
  }
}

/** Stamps those units of a batch whose locks are free, in one transaction, and returns them; none if it fails. */
async function stampBatch(run: StampRun, session: Session, batch: readonly Unit[]): Promise<readonly Unit[]> {
  const { project, counts, stampOf, revisions } = run
  const { client, signal } = session
  const { ledgerSchema } = project.env
  const started = performance.now()
  signal?.throwIfAborted()
  const schemas = (units: readonly Unit[]) => units.flatMap(targetsOf).map(({ schema }) => schema)
  const locked = new Set(await tryEachLock(client, ledgerSchema, schemas(batch)))
  const free = batch.filter((unit) => targetsOf(unit).every(({ schema }) => locked.has(schema)))
  let lost = false
  try {
    const states = await readStates(client, project, stampedTargets(project, free))
    const made = free.map((unit) => ({ unit, changes: stampOf(unit, states) }))
    const changes = made.flatMap((each) => each.changes)
    await client.query(stampScript(project, schemas(free), { changes }, revisions.checksum))
    run.stamped(changes)
    const ms = (performance.now() - started) / Math.max(1, free.length)
    for (const { unit, changes: own } of made) counts.done(unit, own.length, ms)
    return free
  } catch (error) {
    lost = isConnectionLost(error)
    if (lost || signal?.aborted) throw error
    await rollBack(session)
    return []
  } finally {
    if (!lost) await releaseLocks(client, ledgerSchema, [...locked])
  }
}

/** Stamps a unit by itself, and waits for its locks. */
async function stampOne(run: StampRun, session: Session, unit: Unit): Promise<void> {
  const { project, request, isAlone, counts } = run
  const started = performance.now()
  try {
    const { changes } = await applyStamp(session, projectOf(project, unit), request)
    run.stamped(changes)
    counts.done(unit, changes.length, performance.now() - started)
  } catch (error) {
    if (isAlone || isConnectionLost(error) || session.signal?.aborted) throw error
    counts.failed(unit, asMigError(error), performance.now() - started)
  }
}
