export interface JunitCase {
  readonly suite: string
  readonly name: string
  readonly status: 'ok' | 'failed' | 'skipped'
  readonly message: string
  /** The file that the case is about. */
  readonly file?: string
  /** Milliseconds. */
  readonly ms: number
}

/**
 * Results as JUnit XML, in the form that CI servers read: a `testsuite` per suite, in the order of the cases.
 * Characters that XML 1.0 cannot hold (section 2.2) become U+FFFD.
 */
export function junitXml(title: string, cases: readonly JunitCase[]): string {
  const suites = [...new Set(cases.map(({ suite }) => suite))].map((suite) => {
    const own = cases.filter((each) => each.suite === suite)
    return [
      `  <testsuite name="${attribute(suite)}" ${counts(own)}>`,
      ...own.map(caseXml),
      '  </testsuite>',
    ].join('\n')
  })
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${attribute(title)}" ${counts(cases)}>`,
    ...suites,
    '</testsuites>',
    '',
  ].join('\n')
}

function counts(cases: readonly JunitCase[]): string {
  const count = (status: JunitCase['status']) => cases.filter((each) => each.status === status).length
  const ms = cases.reduce((sum, each) => sum + each.ms, 0)
  return `tests="${cases.length}" failures="${count('failed')}" skipped="${count('skipped')}" errors="0" time="${seconds(ms)}"`
}

function caseXml({ suite, name, status, message, file, ms }: JunitCase): string {
  const place = file === undefined ? '' : ` file="${attribute(file)}"`
  const head = `    <testcase classname="${attribute(suite)}" name="${attribute(name)}"${place} time="${seconds(ms)}"`
  const [first = ''] = message.split('\n')
  if (status === 'ok') return `${head}><system-out>${text(message)}</system-out></testcase>`
  if (status === 'skipped') return `${head}><skipped message="${attribute(first)}"/></testcase>`
  return `${head}><failure message="${attribute(first)}">${text(message)}</failure></testcase>`
}

const seconds = (ms: number): string => (ms / 1000).toFixed(3)

function text(value: string): string {
  return value
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
}

function attribute(value: string): string {
  return text(value)
    .replaceAll('"', '&quot;')
    .replaceAll('\n', '&#10;')
    .replaceAll('\t', '&#9;')
    .replaceAll('\r', '&#13;')
}
