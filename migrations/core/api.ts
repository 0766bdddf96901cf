/**
 * What the package exports.
 *
 * For `env.ts` and the revisions: {@link EnvironmentOptions}, {@link tenants}, {@link Operations}.
 *
 * For an application or a test that runs migrations itself, with no state but what it is given:
 *
 *     const env = await loadEnvironment({ root: process.cwd() })
 *     const project = openProject(env)
 *     await usingSession(env, { emit: console.log }, async (session) => {
 *       const request = { direction: 'upgrade', target: 'head' } as const
 *       const plan = await planRun(session, project, request)
 *       await applyPlan(session, project, plan, request)
 *     })
 *
 * Every failure that a person should read is a {@link MigError} with a code, a help text and an exit code.
 */
export {
  type AppliedStep,
  type Environment,
  type EnvironmentOptions,
  type LoadOptions,
  loadEnvironment,
  type TenantSource,
  tenants,
} from './environment/index.ts'
export { type ErrorPlace, type ExitCode, exitCodes, MigError } from './errors.ts'
export type { EmitEvent, LockHolder, MigEvent, StepFacts } from './events.ts'
export type { AppliedRows, LogEntry } from './ledger/index.ts'
export type {
  Column,
  Constraint,
  CustomDirectives,
  CustomOperations,
  ObjectName,
  Operations,
  TableSpec,
} from './operations/index.ts'
export type { RevisionFile, RevisionGraph, RevisionSpec } from './revisions/index.ts'
export {
  applyPlan,
  applyStamp,
  currentStandings,
  offlineScript,
  openProject,
  type Plan,
  type PlanRequest,
  type PlanStep,
  type Project,
  planRange,
  planRun,
  type RunResult,
  type Session,
  type SessionOptions,
  type StampPlan,
  type StampRequest,
  type Standing,
  stampPlan,
  usingSession,
} from './runner/index.ts'
export {
  planTenants,
  runTenants,
  type TenantPlan,
  type TenantRequest,
  type TenantRunResult,
} from './runner/tenants/index.ts'
export { type CheckResult, type VerifyRequest, verifyProject } from './verify/index.ts'
