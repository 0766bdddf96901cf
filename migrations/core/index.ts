/** What `env.ts`, the revisions and the recipes import. */
export {
  nearest,
  readVariables,
  type Tenant,
  type TenantPlace,
  type TenantTargets,
} from './environment/index.ts'
export { interruptExitCode } from './errors.ts'
export * from './in-process.ts'
export { readApplied, readLastEntries } from './ledger/index.ts'
export { lossText, revisionGraph } from './revisions/index.ts'
export {
  type AppliedState,
  countedLosses,
  databaseUrl,
  type EndedHolder,
  endStalledCalls,
  losesRows,
  type NewFile,
  newRevisionFile,
  readStates,
  type StatusItem,
  singleTargets,
  statusItems,
  stepFacts,
  unlock,
  withLossCounts,
} from './runner/index.ts'
export {
  allTenants,
  type CreatedTenant,
  createTenant,
  dropTenant,
  type FailureGroup,
  failureGroups,
  filteredLines,
  type PoolOptions,
  type StandingsOptions,
  stampTenants,
  type TenantContents,
  type TenantCounts,
  type TenantEdit,
  type TenantFailure,
  type TenantStanding,
  type TenantTargetList,
  targetTenants,
  tenantContents,
  tenantCounts,
  tenantPlanEvent,
  tenantRangePlan,
  tenantRunError,
  tenantScriptPlan,
  tenantStampPlan,
  tenantStandings,
  tenantStatus,
  unlockTenants,
  withTenantLossCounts,
} from './runner/tenants/index.ts'
export { toolVersion } from './tool-version.ts'
