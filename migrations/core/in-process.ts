/** What an application, a test and the recipes share: settings, plans, runs, and the types of a revision. */
export {
  type AppliedStep,
  type Environment,
  type EnvironmentOptions,
  type LoadOptions,
  loadEnvironment,
  mikroOrm,
  prisma,
  sequelize,
  type TargetSchema,
  type TenantSource,
  tenants,
  typeorm,
} from './environment/index.ts'
export { type ErrorPlace, type ExitCode, exitCodes, MigError } from './errors.ts'
export type { EmitEvent, LockHolder, MigEvent, StepFacts, StepLoss } from './events.ts'
export type { AppliedRows, LogEntry } from './ledger/index.ts'
export type {
  Column,
  Constraint,
  ObjectName,
  Operations,
  TableSpec,
} from './operations/index.ts'
export type { RevisionFile, RevisionGraph, RevisionSpec } from './revisions/index.ts'
export {
  applyPlan,
  applyStamp,
  currentRevisions,
  groupsOfRun,
  type LineGroup,
  type LineStatus,
  lineGroups,
  lineStatuses,
  offlineScript,
  openProject,
  type Plan,
  type PlanRequest,
  type PlanStep,
  type PoolOptions,
  type PoolResult,
  type Project,
  planRange,
  planRun,
  planTargets,
  type RunResult,
  runTargets,
  type Session,
  type SessionOptions,
  type StampPlan,
  type StampRequest,
  type StatusRow,
  stampPlan,
  type TargetPlan,
  targetSchemas,
  tenantRunError,
  usingSession,
} from './runner/index.ts'
export { type Ddl, sql } from './sources/ddl.ts'
