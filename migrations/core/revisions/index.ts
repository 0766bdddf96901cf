export { withLosses } from './files/announce.ts'
export { newRevisionId, revisionFileName } from './files/file-name.ts'
export { importedFrom, oneLineMessage } from './files/header-comment.ts'
export {
  type AnnouncedLosses,
  announces,
  type Loss,
  lossLine,
  lossText,
  qualifiedLoss,
  type SideLoss,
  withoutLossLines,
} from './files/losses.ts'
export { type PlainStatements, plainStatements, type SchemaNames } from './files/plain-statements.ts'
export { readRevisionFiles } from './files/read-files.ts'
export { lineToReplace, type RevisionFileContents, renderRevisionFile, sqlTemplate } from './files/render.ts'
export { isRowTest, type RowTest, readRowTest, rowTestPaths } from './files/row-test.ts'
export type { RevisionFile, RevisionSpec } from './files/spec.ts'
export { readSqlRevision, type TextSection } from './files/sql-sections.ts'
export { replaceFile, writeNewFile } from './files/write-file.ts'
export type { NewRevision } from './planning/new-revision.ts'
export { isNewId, isNewLabel } from './planning/new-revision.ts'
export type { PlannedStep } from './planning/plan-types.ts'
export { type RevisionGraph, revisionGraph } from './revision-graph.ts'
