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
export type {
  Column,
  Constraint,
  CustomDirectives,
  CustomOperations,
  ObjectName,
  Operations,
  TableSpec,
} from './operations/index.ts'
export { type RevisionFile, type RevisionGraph, type RevisionSpec, revisionGraph } from './revisions/index.ts'
export {
  applyPlan,
  applyStamp,
  currentStandings,
  databaseUrl,
  type EndedHolder,
  type NewFile,
  newRevisionFile,
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
  type StatusItem,
  stampPlan,
  statusItems,
  stepFacts,
  unlock,
  usingSession,
} from './runner/index.ts'
