export { planTenants, type TenantPlan, type TenantRequest, tenantPlanEvent } from './plan.ts'
export type { PoolOptions, TenantFailure } from './pool.ts'
export {
  type FailureGroup,
  failureGroups,
  runTenants,
  type TenantRunResult,
  tenantRunError,
} from './run.ts'
export { allTenants, type TenantTargetList, targetTenants } from './targets.ts'
export { filteredLines } from './view.ts'
