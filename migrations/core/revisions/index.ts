export { type BranchPoint, type LinesOption, type RevisionGraph, revisionGraph } from './graph.ts'
export type { HistoryOptions } from './history.ts'
export type { NewRevision, NewRevisionRequest } from './new-revision.ts'
export type {
  Direction,
  DowngradeRequest,
  GraphRequest,
  PlannedStep,
  StampRequest,
  UpgradeRequest,
} from './plan-types.ts'
export type { RevisionFile, RevisionSpec } from './spec.ts'
