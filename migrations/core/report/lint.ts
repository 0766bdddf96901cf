import { relative } from 'node:path'
import type { Finding, FindingLevel, LintResult } from '../lint/index.ts'
import { type CiAnnotation, placeOf } from './annotation.ts'
import type { LookLine } from './json-look.ts'
import { indentedRest } from './printable.ts'
import type { Style } from './style.ts'
import { table } from './table.ts'
import { oneLine } from './text.ts'
import { countOf, durationText } from './units.ts'

/** What revisions would do, as text. @param sizeText bytes in words, as lint's own messages have them */
export function lintText(
  { findings, effects, revisions }: LintResult,
  style: Style,
  sizeText: (bytes: number) => string,
): string {
  const rows = lockRows(effects)
  const locks = table(
    [
      { title: 'revision', value: ({ statement }) => statement.revision },
      { title: 'table', value: (row) => row.table },
      { title: 'lock', value: ({ lock }) => lock },
      { title: 'work', value: ({ work }) => work },
      { title: 'size', value: ({ size }) => (size === null ? null : sizeText(size.bytes)), align: 'right' },
      { title: 'rows', value: ({ size }) => size?.rows, align: 'right' },
      {
        title: 'held',
        value: ({ heldMs }) => (heldMs === null ? null : `~${durationText(heldMs)}`),
        align: 'right',
      },
      { title: 'statement', value: ({ statement }) => oneLine(statement.sql).slice(0, 60) },
    ],
    rows,
    { style, empty: 'no statement locks a table that was there before' },
  )
  const counted = (['error', 'warning', 'advice'] as const).map((level) =>
    countOf(findings.filter((finding) => finding.level === level).length, level),
  )
  const summary = `${countOf(revisions, 'revision')}: ${counted.join(', ').replaceAll('advices', 'advice')}`
  return [...findings.map((finding) => findingText(finding, style)), locks, summary].join('\n\n')
}

/** The locks of statements, one row for each table. */
function lockRows(effects: LintResult['effects']) {
  return effects.flatMap(({ statement, tables }) => tables.map((effect) => ({ statement, ...effect })))
}

/** What revisions would do, for `--json`. */
export function lintLines({ effects, findings }: LintResult): readonly LookLine[] {
  return [
    ...lockRows(effects).map(({ statement: { line, revision, sql }, ...effect }) => ({
      ...{ event: 'statement-lock' as const, line, revision, statement: sql },
      ...effect,
    })),
    ...findings.map(findingLine),
  ]
}

export function findingLine(finding: Finding): LookLine {
  return { event: 'finding', ...finding }
}

/** A finding as an annotation of its file. @param shown a path as GitHub knows it */
export function findingAnnotation(
  { level, rule, revision, message, help, place }: Finding,
  shown: (path: string) => string,
): CiAnnotation {
  return {
    level: ({ error: 'error', warning: 'warning', advice: 'notice' } as const)[level],
    title: `mig-lint ${rule} ${revision}`,
    message: help === undefined ? message : `${message}\n${help}`,
    ...placeOf(place, shown),
  }
}

function findingText(
  { level, rule, line, revision, message, help, statement, place }: Finding,
  style: Style,
): string {
  const paint: Readonly<Record<FindingLevel, (text: string) => string>> = {
    error: style.error,
    warning: style.warning,
    advice: style.dim,
  }
  const at = [relative(process.cwd(), place?.file ?? ''), place?.line].filter(Boolean).join(':')
  const lines = [
    `${paint[level](`${level} ${rule}`)} ${line} ${revision}`,
    ...(at === '' ? [] : [`  at ${at}`]),
    ...(statement === undefined ? [] : [`  ${oneLine(statement).slice(0, 200)}`]),
    `  ${oneLine(message)}`,
    ...(help === undefined ? [] : [`${style.help('help:')} ${indentedRest(help)}`]),
  ]
  return lines.join('\n')
}
