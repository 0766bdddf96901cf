export { type TenantCounts, tenantCounts } from './counts.ts'
export { type CreatedTenant, createTenant, newTenant } from './create.ts'
export { dropTenant, type TenantContents, tenantContents } from './drop.ts'
export { type TenantEdit, tenantEdits } from './edited.ts'
export { tenantExcludes, tenantExclusion } from './exclusion.ts'
export { forgetLeftovers } from './forget.ts'
export { withTenantLossCounts } from './losses.ts'
export { byDatabase, planTenants, type TenantPlan, type TenantRequest, tenantPlanEvent } from './plan.ts'
export type { PoolOptions, TenantFailure } from './pool.ts'
export {
  type FailureGroup,
  failureGroups,
  runTenants,
  type TenantRunResult,
  tenantRunError,
} from './run.ts'
export { tenantRangePlan, tenantScriptPlan } from './script.ts'
export { stampTenants, tenantStampPlan } from './stamp.ts'
export {
  type StandingsOptions,
  type TenantStanding,
  tenantStandings,
} from './standings.ts'
export { tenantStatus, unlockTenants } from './status.ts'
export { allTenants, type TenantTargetList, takenSchemas, targetTenants } from './targets.ts'
export { filteredLines, tenantEnvironment } from './view.ts'
