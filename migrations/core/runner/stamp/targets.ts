import type { TargetSchema } from '../../environment/index.ts'
import { projectOf, type Unit } from '../plan/planner.ts'
import type { Project } from '../project.ts'
import { readyToRun } from '../run/apply.ts'
import { type PoolOptions, type PoolResult, runPool, singleResult, type TargetJob } from '../run/pool.ts'
import { revisionSource } from '../run/revision-source.ts'
import { type Session, type SessionOptions, usingSession } from '../session/session.ts'
import { expectTenants, type LineGroup } from '../targets/targets.ts'
import { type StampPlan, writeStamp } from './stamp.ts'
import { stampWork, type TargetStampRequest } from './work.ts'

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
 * Stamps target schemas of one line group: single lines in one transaction, each tenant in its own, several at a time.
 * @throws MigError `interrupted`; as `planStamp` does for a target that fits none. A tenant's failure is in the result,
 *   that of single lines is thrown.
 */
export async function stampTargets(
  project: Project,
  group: LineGroup,
  targets: readonly TargetSchema[],
  request: TargetStampRequest,
  options: PoolOptions,
  sessions: SessionOptions,
): Promise<StampResult> {
  const started = performance.now()
  const changes: StampPlan['changes'][number][] = []
  const { units, behind, refused } = await stampWork(project, group, targets, request, sessions)
  const { checksum } = revisionSource(project.env.cacheDir)
  const stamp = async (session: Session, unit: Unit) => {
    const asked = { ...request, lines: group.lines }
    const made = await writeStamp(session, projectOf(project, unit), asked, checksum)
    changes.push(...made.changes)
    return { steps: made.changes.length }
  }
  if (group.tenantLine === null) {
    for (const unit of behind)
      await usingSession(project.env, sessions, async (session) => {
        await readyToRun(session, project)
        await stamp(session, unit)
      })
    return { ...singleResult(units.length, changes.length, started), changes }
  }
  const jobs = units.flatMap((target): readonly TargetJob[] => {
    const error = refused.get(target)
    if (error !== undefined) return [{ target, run: () => Promise.reject(error) }]
    return behind.has(target) ? [{ target, run: (session) => stamp(session, target) }] : []
  })
  const result = await runPool(project, jobs, options, sessions)
  return { ...result, done: result.done + units.length - jobs.length, changes }
}
