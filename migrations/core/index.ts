export {
  type AppliedStep,
  type Environment,
  type EnvironmentOptions,
  type LoadOptions,
  loadEnvironment,
  nearest,
  readVariables,
} from './environment/index.ts'
export { type ErrorPlace, type ExitCode, exitCodes, MigError } from './errors.ts'
export type { EmitEvent, LockHolder, MigEvent, StepFacts } from './events.ts'
export { type AppliedRows, type LogEntry, readApplied, readLastEntries, toolVersion } from './ledger/index.ts'
export type { Operations } from './operations/index.ts'
export { type RevisionFile, type RevisionGraph, type RevisionSpec, revisionGraph } from './revisions/index.ts'
export {
  applyPlan,
  applyStamp,
  currentStandings,
  databaseUrl,
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
  type Standing,
  stampPlan,
  stepFacts,
  usingSession,
} from './runner/index.ts'
