export { githubAnnotation } from './annotation.ts'
export { type ErrorTextOptions, errorText, placeText, type RenderCaret } from './error.ts'
export { type EventTextOptions, eventText, holderText, type Level, levels, progressText } from './event.ts'
export {
  appliedText,
  type HistoryApplied,
  type HistoryFlag,
  type HistoryOptions,
  type HistoryRow,
  historyGraph,
} from './history.ts'
export {
  type BranchPointLine,
  type CurrentLine,
  type DatabaseLine,
  type DifferenceLine,
  type DoneLine,
  type EditedLine,
  type EnvironmentLine,
  type ErrorLine,
  errorLine,
  jsonLine,
  type LogLine,
  type ResultLine,
  type RevisionLine,
  type RowsLine,
  type SqlLine,
  type StampLine,
} from './json.ts'
export { junitXml } from './junit.ts'
export { directionArrow, planText } from './plan.ts'
export {
  nextProgress,
  noProgress,
  type ProgressLineOptions,
  type ProgressState,
  progressLine,
} from './progress.ts'
export { colourStyle, plainStyle, type Style } from './style.ts'
export { type Column, type TableOptions, table } from './table.ts'
export { failureSummary, tenantBars, tenantPlanText } from './tenants.ts'
export { cutText, oneLine, padText, textWidth, withoutPasswords } from './text.ts'
export { countOf, countText, durationText, relativeTime } from './units.ts'
