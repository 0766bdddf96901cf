export { type AppliedState, readStates } from './applied/state.ts'
export {
  currentRevisions,
  type StatusRow,
  statusRows,
  type TenantCounts,
  tenantCounts,
} from './look/current.ts'
export { type EditedFile, editedFiles, withoutChecksum } from './look/edited.ts'
export { type LineStatus, type LineStatusOptions, lineStatuses } from './look/line-status.ts'
export { type StatusItem, targetStatus } from './look/status.ts'
export { type EndedHolder, unlockTargets } from './look/unlock.ts'
export { type NewFile, type NewFileRequest, newRevisionFile } from './new-revision-file.ts'
export { countedLosses, losesRows } from './plan/losses.ts'
export type { Plan, PlanRequest, PlanStep } from './plan/plan.ts'
export { planRun } from './plan/planner.ts'
export { appliedRows, expectGroups, planEvent, planTargets, type TargetPlan } from './plan/target-plan.ts'
export { fileChecksum, openProject, type Project, textChecksum } from './project.ts'
export { applyPlan, type RunResult, runTargets } from './run/apply.ts'
export { withBatches } from './run/batch-plan.ts'
export { type FailureGroup, failureGroups, tenantRunError } from './run/failures.ts'
export { type HeldDatabase, holdDatabase, revertedStep, takeHeld, takeWithin } from './run/held.ts'
export type { PoolOptions, PoolResult } from './run/pool.ts'
export { revisionSource } from './run/revision-body.ts'
export type { TargetFailure } from './run/tally.ts'
export { planRange, rangePlans, reviewTarget, scriptPlan } from './script/plan.ts'
export { offlineScript, type ScriptRequest } from './script/script.ts'
export { databaseUrl, type Session, type SessionOptions, usingSession } from './session/session.ts'
export { applyStamp, type StampPlan, type StampRequest, stampPlan } from './stamp/stamp.ts'
export { expectStamps, stampTargets, targetStampPlan } from './stamp/target-stamps.ts'
export { endStalledCalls } from './statement/users-call.ts'
export { byDatabase, databaseEnvironment } from './targets/databases.ts'
export {
  filteredLines,
  groupsOfRun,
  type LineGroup,
  lineGroups,
  oneTenantLine,
} from './targets/line-groups.ts'
export { listTenants } from './targets/list-tenants.ts'
export {
  allTenants,
  expectTenants,
  listsThemselves,
  singleTargets,
  targetSchemas,
  targetTenants,
} from './targets/target-schemas.ts'
export { type CreatedTenant, createTenant, makingTenant } from './tenants/create.ts'
export { dropTenant, forgetLeftovers, type TenantContents, tenantContents } from './tenants/drop.ts'
