import type { TargetSchema } from '../environment/index.ts'
import { type LineGroup, type Project, type SessionOptions, usingSession } from '../runner/index.ts'
import { checkProject, historyDrift } from './check.ts'
import type { CheckOptions, CheckResult, HistoryDrift } from './result.ts'
import { checkTenants } from './tenants/check.ts'
import { tenantHistoryDrift } from './tenants/history-drift.ts'

/**
 * Compares the target schemas of a line group with the models: single lines by both observers, object by object;
 * tenants by fingerprint, in one pass per database, and closely only one of those that differ alike.
 * @throws MigError as loading the models does; `no-scratch`
 */
export function checkTargets(
  project: Project,
  { tenantLine }: LineGroup,
  targets: readonly TargetSchema[],
  sessions: SessionOptions,
  options: CheckOptions,
): Promise<CheckResult> {
  if (tenantLine !== null) return checkTenants(project, tenantLine, targets, sessions, options)
  return usingSession(project.env, sessions, (session) => checkProject(session, project, options))
}

/**
 * Compares the target schemas of a line group with what their applied revisions give.
 * @throws MigError `no-scratch`, and what a revision throws
 */
export async function targetsDrift(
  project: Project,
  { tenantLine }: LineGroup,
  targets: readonly TargetSchema[],
  sessions: SessionOptions,
  options: CheckOptions,
): Promise<HistoryDrift> {
  if (tenantLine !== null) return tenantHistoryDrift(project, tenantLine, targets, sessions, options)
  const drift = await usingSession(project.env, sessions, (session) =>
    historyDrift(session, project, options),
  )
  return { unknown: [], unanswered: [], drift }
}
