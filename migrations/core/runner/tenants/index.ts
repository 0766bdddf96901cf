export { type TenantCounts, tenantCounts } from './counts.ts'
export { type CreatedTenant, createTenant, newTenant } from './create.ts'
export { dropTenant, type TenantContents, tenantContents } from './drop.ts'
export { type TenantEdit, tenantEdits } from './edited.ts'
export { tenantExcludes, tenantExclusion } from './exclusion.ts'
export { forgetLeftovers } from './forget.ts'
export { withTenantLossCounts } from './losses.ts'
export { planTenants, type TenantPlan, type TenantRequest, tenantPlanEvent } from './plan.ts'
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
