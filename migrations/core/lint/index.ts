export type { StatementEffect } from './effects.ts'
export { type Finding, type FindingLevel, levels } from './finding.ts'
export { type LintResult, lintProject } from './lint.ts'
export { sizeText } from './lock-rules.ts'
