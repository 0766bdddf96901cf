export { type AppliedState, readStates } from './applied/state.ts'
export { applyPlan, planRun, type RunResult } from './apply.ts'
export { byDatabase, databaseEnvironment } from './databases.ts'
export { countedLosses, losesRows, withLossCounts } from './losses.ts'
export { type NewFile, type NewFileRequest, newRevisionFile } from './new-revision-file.ts'
export type { Plan, PlanRequest, PlanStep } from './plan.ts'
export { fileChecksum, openProject, type Project, textChecksum } from './project.ts'
export { planRange } from './range.ts'
export {
  expectSingleDowngrade,
  isBesideTenants,
  planTargets,
  runTargets,
  type TargetPlan,
  withTargetLossCounts,
} from './run-targets.ts'
export { offlineScript, type ScriptRequest } from './script.ts'
export { rangePlan, scriptPlan } from './script-plan.ts'
export { databaseUrl, type Session, type SessionOptions, usingSession } from './session.ts'
export { applyStamp, type StampPlan, type StampRequest, stampPlan } from './stamp.ts'
export { currentStandings, type Standing, standingRows } from './standing.ts'
export { type StandingsOptions, type TargetStanding, targetStandings } from './standings.ts'
export { type StatusItem, statusItems, targetStatus } from './status.ts'
export { stepFacts } from './take-steps.ts'
export {
  allTenants,
  filteredLines,
  groupsOfRun,
  type LineGroup,
  lineGroups,
  listsThemselves,
  oneTenantLine,
  singleTargets,
  takenSchemas,
  targetSchemas,
  targetTenants,
} from './targets.ts'
export { type EndedHolder, unlock, unlockTargets } from './unlock.ts'
export { endStalledCalls } from './users-call.ts'
