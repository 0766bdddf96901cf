export { readingOnce } from '../autogenerate/wanted/wanted.ts'
export { checkProject, historyDrift } from './check.ts'
export type { CheckResult, Drift, HistoryDrift, TargetStatements } from './result.ts'
export { checkTargets, targetsDrift } from './target-checks.ts'
