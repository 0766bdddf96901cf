export { withLosses } from './announce.ts'
export { revisionFileName } from './file-name.ts'
export { type RevisionGraph, revisionGraph } from './graph.ts'
export { oneLineMessage } from './header-comment.ts'
export {
  type AnnouncedLosses,
  announces,
  type Loss,
  lossLine,
  lossText,
  qualifiedLoss,
  type SideLoss,
  withoutLossLines,
} from './losses.ts'
export { isNewId, isNewLabel } from './name-rules.ts'
export { newRevisionId } from './new-id.ts'
export type { NewRevision } from './new-revision.ts'
export type { PlannedStep } from './plan-types.ts'
export { readRevisionFiles } from './read-files.ts'
export { type RevisionFileContents, renderRevisionFile, sqlTemplate } from './render.ts'
export { isRowTest, type RowTest, readRowTest, rowTestPaths } from './row-test.ts'
export type { RevisionFile, RevisionSpec } from './spec.ts'
export { readSqlRevision, type TextSection } from './sql-sections.ts'
export { replaceFile, writeNewFile } from './write-file.ts'
