/** What `env.ts`, the revisions and the recipes import. */
export {
  nearest,
  readVariables,
  type TenantPlace,
  type TenantTargets,
} from './environment/index.ts'
export { interruptExitCode } from './errors.ts'
export * from './in-process.ts'
export { readApplied, readLastEntries } from './ledger/index.ts'
export { lossText, revisionGraph } from './revisions/index.ts'
export {
  type AppliedState,
  allTenants,
  countedLosses,
  databaseUrl,
  type EndedHolder,
  endStalledCalls,
  expectSingleDowngrade,
  isBesideTenants,
  listsThemselves,
  losesRows,
  type NewFile,
  newRevisionFile,
  oneTenantLine,
  rangePlan,
  readStates,
  type StandingsOptions,
  type StatusItem,
  scriptPlan,
  singleTargets,
  standingRows,
  statusItems,
  stepFacts,
  targetStatus,
  targetTenants,
  unlock,
  unlockTargets,
  withLossCounts,
  withTargetLossCounts,
} from './runner/index.ts'
export {
  type CreatedTenant,
  createTenant,
  dropTenant,
  type FailureGroup,
  failureGroups,
  stampTargets,
  type TenantContents,
  type TenantCounts,
  type TenantEdit,
  type TenantFailure,
  targetStampPlan,
  tenantContents,
  tenantCounts,
  tenantPlanEvent,
} from './runner/tenants/index.ts'
export { toolVersion } from './tool-version.ts'
