export { type FileNameRequest, revisionFileName, slugOf } from './file-name.ts'
export { type BranchPoint, type LinesOption, type RevisionGraph, revisionGraph } from './graph.ts'
export { oneLineMessage } from './header-comment.ts'
export type { HistoryOptions } from './history.ts'
export { newRevisionId } from './new-id.ts'
export type { NewRevision, NewRevisionRequest } from './new-revision.ts'
export type {
  Direction,
  DowngradeRequest,
  GraphRequest,
  PlannedStep,
  StampRequest,
  UpgradeRequest,
} from './plan-types.ts'
export { type RevisionLocation, readRevisionFiles } from './read-files.ts'
export { type RevisionFileContents, renderRevisionFile, sqlTemplate } from './render.ts'
export type { RevisionFile, RevisionSpec } from './spec.ts'
export { readSqlRevision, type SqlSections } from './sql-sections.ts'
export { writeNewFile } from './write-file.ts'
