import { relative } from 'node:path'
import type { CheckOutcome } from '../verify/index.ts'
import { type CiAnnotation, placeOf } from './annotation.ts'
import { junitXml } from './junit.ts'
import { indentedRest } from './printable.ts'
import type { Style } from './style.ts'
import { table } from './table.ts'
import { countOf, durationText } from './units.ts'

export function verifyText(results: readonly CheckOutcome[], style: Style): string {
  const paint = { ok: style.good, failed: style.error, skipped: style.dim }
  const text = table(
    [
      { title: 'check', value: ({ check }) => check },
      { title: 'of', value: checkName },
      { title: 'result', value: ({ status }) => status, paint: (cell, { status }) => paint[status](cell) },
      { title: 'time', value: ({ ms }) => durationText(ms), align: 'right' },
      { title: 'found', value: ({ message }) => message.split('\n')[0] },
    ],
    results,
    { style },
  )
  const details = results.flatMap(({ status, message, help, ...result }) => {
    if (status !== 'failed') return []
    const place = result.place?.file === undefined ? '' : ` (${shownPath(result.place)})`
    const lines = [`${result.check} ${checkName(result)}`.trim() + place, indented(message)]
    return [
      [...lines, ...(help === undefined ? [] : [`${style.help('help:')} ${indentedRest(help)}`])].join('\n'),
    ]
  })
  const announced = results.flatMap(({ announced = [], place }) =>
    announced.length === 0 ? [] : [`announced in ${shownPath(place)}:\n${indented(announced.join('\n'))}`],
  )
  return [...announced, ...details, text, ...importedText(results, style)].join('\n\n')
}

/** What is accepted of imported revisions. */
function importedText(results: readonly CheckOutcome[], style: Style): readonly string[] {
  const silent = results.filter(({ unannounced = [] }) => unannounced.length > 0)
  const [first] = silent
  if (first === undefined) return []
  return [
    `${countOf(silent.length, 'imported revision')} whose losses are not in the header, first ${checkName(first)}: ${first.unannounced?.join(', ')}\n${style.help('help:')} just mig-verify --announce adds the lines, so that plans show them`,
  ]
}

/** The results as JUnit XML, for a CI server. */
export function verifyJunit(results: readonly CheckOutcome[]): string {
  const cases = results.map(({ check, status, message, ms, place, ...result }) => ({
    ...{ suite: check, name: checkName(result) || check, status, message, ms },
    ...(place?.file === undefined ? {} : { file: shownPath(place) }),
  }))
  return junitXml('mig-verify', cases)
}

/** What has failed as annotations of its files. @param shown a path as GitHub knows it */
export function verifyAnnotations(
  results: readonly CheckOutcome[],
  shown: (path: string) => string,
): readonly CiAnnotation[] {
  return results.flatMap(({ status, check, message, place, ...result }) => {
    if (status !== 'failed') return []
    const title = `mig-verify ${check} ${checkName(result)}`.trim()
    return [{ level: 'error', title, message, ...placeOf(place, shown) }]
  })
}

/** The line and revision that a check is of. */
function checkName({ line, revision }: Pick<CheckOutcome, 'line' | 'revision'>): string {
  return [line, revision].filter((part) => part !== undefined).join(' ')
}

function shownPath(place: CheckOutcome['place']): string {
  return place?.file === undefined ? '' : relative(process.cwd(), place.file)
}

const indented = (text: string): string => text.replace(/^(?=.)/gm, '  ')
