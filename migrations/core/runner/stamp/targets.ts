import type { TargetSchema } from '../../environment/index.ts'
import { MigError } from '../../errors.ts'
import { createLedger, releaseLocks, tryEachLock } from '../../ledger/index.ts'
import { isConnectionLost } from '../../postgres/index.ts'
import { readStates } from '../applied/state.ts'
import { tenantProject } from '../plan/tenant-project.ts'
import type { Project } from '../project.ts'
import { asMigError, interrupted, type PoolOptions, type PoolResult } from '../run/pool.ts'
import { type RevisionSource, revisionSource } from '../run/revision-source.ts'
import { type Tally, tally } from '../run/tally.ts'
import { rollBack, type Session, type SessionOptions, usingSession } from '../session/session.ts'
import { byDatabase, databaseEnvironment } from '../targets/databases.ts'
import { expectTenants, type LineGroup } from '../targets/targets.ts'
import { applyStamp, type StampPlan, stampPlan, stampScript } from './stamp.ts'
import {
  type StampWork,
  stampedTargets,
  stampWork,
  type TenantStamp,
  type TenantStampRequest,
  tenantStamp,
} from './tenants.ts'

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
  request: TenantStampRequest,
  sessions: SessionOptions,
): Promise<StampPlan> {
  const { lines, isTenant } = group
  if (!isTenant)
    return usingSession(project.env, sessions, (session) =>
      stampPlan(session, project, { ...request, lines }),
    )
  const { changes, refused } = await stampWork(project, lines[0] ?? '', targets, request, sessions)
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
  request: TenantStampRequest,
  sessions: SessionOptions,
): Promise<void> {
  const tenants = await expectTenants(project.env, groups, sessions)
  // Tenant lines come after the single lines, which are planned in their turn.
  for (const [line = ''] of groups.slice(1).map(({ lines }) => lines)) {
    const own = tenants.filter((tenant) => tenant.line === line)
    await stampWork(project, line, own, request, sessions)
  }
}

/**
 * Stamps target schemas of one line group: single lines in one transaction, tenants many in one, under their locks.
 * Tenants that somebody else works on are waited for one by one, and a batch that fails is done again tenant by tenant,
 * so that the failure is that of the tenant which it is.
 * @throws MigError `interrupted`; as `planStamp` does for a target that fits no tenant. A tenant's failure is in the
 *   result.
 */
export async function stampTargets(
  project: Project,
  { lines, isTenant }: LineGroup,
  targets: readonly TargetSchema[],
  request: TenantStampRequest,
  options: StampOptions,
  sessions: SessionOptions,
): Promise<StampResult> {
  if (isTenant) return stampTenants(project, lines[0] ?? '', targets, request, options, sessions)
  const started = performance.now()
  const { changes } = await usingSession(project.env, sessions, (session) =>
    applyStamp(session, project, { ...request, lines }),
  )
  const ms = performance.now() - started
  return {
    ...{ done: 1, steps: changes.length, failures: [], gone: 0, left: 0, canaryFailed: false },
    ms,
    changes,
  }
}

async function stampTenants(
  project: Project,
  line: string,
  tenants: readonly TargetSchema[],
  request: TenantStampRequest,
  options: StampOptions,
  sessions: SessionOptions,
): Promise<StampResult> {
  const started = performance.now()
  const changes: StampPlan['changes'][number][] = []
  const work = await stampWork(project, line, tenants, request, sessions)
  const counts = tally(tenants.length, sessions.emit ?? (() => undefined))
  const run: StampRun = {
    ...{ project, line, request, work, counts, sessions },
    stampOf: tenantStamp(project, line, request),
    revisions: revisionSource(project.env.cacheDir),
    stamped: (made) => void changes.push(...made),
  }
  const most = options.maxFailures ?? (options.goOn ? Number.POSITIVE_INFINITY : 1)
  const canaries = tenants.slice(0, options.canary ?? 0)
  await stampAll(run, canaries, 1)
  const canaryFailed = counts.failures().length > 0
  if (!canaryFailed) await stampAll(run, tenants.slice(canaries.length), most)
  const failures = counts.failures()
  const { done, steps, gone } = counts.totals()
  const left = tenants.length - done - gone - failures.length
  return { done, steps, failures, gone, left, canaryFailed, ms: performance.now() - started, changes }
}

interface StampRun {
  readonly project: Project
  readonly line: string
  readonly request: TenantStampRequest
  readonly work: StampWork
  readonly stampOf: TenantStamp
  readonly revisions: RevisionSource
  readonly counts: Tally
  readonly sessions: SessionOptions
  readonly stamped: (changes: StampPlan['changes']) => void
}

/** @param most so many failures end it */
async function stampAll(run: StampRun, tenants: readonly TargetSchema[], most: number): Promise<void> {
  const { project, work, counts, sessions } = run
  const enough = () => counts.failures().length >= most
  for (const tenant of tenants) {
    const error = work.refused.get(tenant)
    if (error !== undefined && !enough()) counts.failed(tenant, error, 0)
    else if (error === undefined && !work.behind.has(tenant)) counts.done(tenant, 0, 0)
  }
  for (const [databaseUrl, group] of byDatabase(tenants.filter((tenant) => work.behind.has(tenant)))) {
    if (enough()) return
    const left = new Set(group)
    try {
      await usingSession(databaseEnvironment(project.env, databaseUrl), sessions, (session) =>
        stampDatabase(run, session, left, enough),
      )
    } catch (error) {
      if (sessions.signal?.aborted) throw interrupted(sessions.signal, counts)
      if (!(error instanceof MigError)) throw error
      // The database cannot be reached any more, so none of its tenants can.
      for (const tenant of left) counts.failed(tenant, error, 0)
    }
  }
}

/** @param left the tenants to stamp; each goes out of it when it is known what became of it */
async function stampDatabase(
  run: StampRun,
  session: Session,
  left: Set<TargetSchema>,
  enough: () => boolean,
): Promise<void> {
  await createLedger(session.client, run.project.env.ledgerSchema)
  const tenants = [...left]
  for (let at = 0; at < tenants.length; at += batchSize) {
    const batch = tenants.slice(at, at + batchSize)
    for (const tenant of await stampBatch(run, session, batch)) left.delete(tenant)
    for (const tenant of batch) {
      if (!left.has(tenant)) continue
      if (enough()) return
      await stampOne(run, session, tenant)
      left.delete(tenant)
    }
  }
}

/** Stamps those tenants of a batch whose locks are free, in one transaction, and returns them; none if it fails. */
async function stampBatch(
  run: StampRun,
  session: Session,
  batch: readonly TargetSchema[],
): Promise<readonly TargetSchema[]> {
  const { project, counts, stampOf, revisions } = run
  const { client, signal } = session
  const { ledgerSchema } = project.env
  const started = performance.now()
  signal?.throwIfAborted()
  const locked = new Set(
    await tryEachLock(
      client,
      ledgerSchema,
      batch.map(({ schema }) => schema),
    ),
  )
  const free = batch.filter(({ schema }) => locked.has(schema))
  let lost = false
  try {
    const states = await readStates(client, project, stampedTargets(project, free))
    const made = free.map((tenant) => ({ tenant, changes: stampOf(tenant, states) }))
    const changes = made.flatMap((each) => each.changes)
    await client.query(stampScript(project, [...locked], { changes }, revisions.checksum))
    run.stamped(changes)
    const ms = (performance.now() - started) / Math.max(1, free.length)
    for (const { tenant, changes: own } of made) counts.done(tenant, own.length, ms)
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

/** Stamps a tenant by itself, and waits for its lock. */
async function stampOne(run: StampRun, session: Session, tenant: TargetSchema): Promise<void> {
  const { project, line, request, counts } = run
  const started = performance.now()
  try {
    const asked = { ...request, lines: [line] }
    const { changes } = await applyStamp(session, tenantProject(project, tenant), asked)
    run.stamped(changes)
    counts.done(tenant, changes.length, performance.now() - started)
  } catch (error) {
    if (isConnectionLost(error) || session.signal?.aborted) throw error
    counts.failed(tenant, asMigError(error), performance.now() - started)
  }
}
