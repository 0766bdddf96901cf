export { type CiAnnotation, githubAnnotation } from './annotation.ts'
export { changesShown, firstRevisionWarning, lossesShown } from './autogen.ts'
export { checkShown, driftShown, equalText } from './check.ts'
export { currentTenantsText, currentText, tenantLine, tenantListText } from './current.ts'
export { type ErrorTextOptions, type ErrorValues, errorText, type RenderCaret } from './error.ts'
export { type EventLevel, type EventTextOptions, eventText, levels } from './event.ts'
export { type HistoryTextOptions, historyGraph, tenantsText } from './history.ts'
export { importableText, importText } from './import.ts'
export { initLine, initText } from './init.ts'
export {
  type DoneLine,
  type EnvironmentLine,
  type ErrorLine,
  errorLine,
  jsonLine,
  listLines,
  nothingLine,
  type ResultLine,
} from './json.ts'
export type {
  BranchPointLine,
  CurrentLine,
  DifferenceLine,
  EditedLine,
  FileLine,
  LogLine,
  RevisionLine,
} from './json-look.ts'
export type { DatabaseLine, RowsLine, SqlLine, StampLine } from './json-made.ts'
export { findingAnnotation, findingLine, lintLines, lintText } from './lint.ts'
export { lossLines } from './plan.ts'
export { printable } from './printable.ts'
export {
  nextProgress,
  noProgress,
  type ProgressLineOptions,
  type ProgressState,
  progressLine,
} from './progress.ts'
export { type LedgerView, missingLines, revisionLines } from './revision-lines.ts'
export { nothingToDoText, resultText } from './run.ts'
export { stampText } from './stamp.ts'
export { colourStyle, plainStyle, type Style } from './style.ts'
export { type TableOptions, type TextColumn, table } from './table.ts'
export { oneLine } from './text.ts'
export { countOf, countText, durationText } from './units.ts'
export { verifyAnnotations, verifyJunit, verifyText } from './verify.ts'
