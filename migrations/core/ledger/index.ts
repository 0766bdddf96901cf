export { combinedDigest, digestOf, toggledDigest } from './digest.ts'
export {
  holderSql,
  releaseLocks,
  stillLockedSql,
  takeLocks,
  targetLockHolders,
  tryAllLocks,
} from './lock.ts'
export { noteLooked } from './look.ts'
export {
  type BackfillCursor,
  forgetProgressStatement,
  type PendingStatement,
  type Progress,
  type ProgressRow,
  progressStatement,
  readProgress,
} from './progress.ts'
export {
  type AppliedRows,
  isStepDone,
  type LogEntry,
  readApplied,
  readLastEntries,
} from './read.ts'
export {
  type LastEntry,
  type LoggedStep,
  readLoggedSteps,
  readRecords,
  type SchemaRecord,
} from './record.ts'
export { createLedger, ledgerDdl, utcSql } from './tables.ts'
export {
  batchWrites,
  failureStatement,
  type LedgerStep,
  ledgerStatements,
  ledgerWrites,
} from './write.ts'
