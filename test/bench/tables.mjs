// The results as text and as Markdown.
import { percent } from './statistics.mjs'

/**
 * @typedef {import('./statistics.mjs').Summary} Summary
 * @typedef {import('./results.mjs').Result} Result
 * @typedef {import('./results.mjs').Compared} Compared
 */

/**
 * @typedef {object} Table
 * @property {string} title
 * @property {readonly string[]} head
 * @property {readonly (readonly string[])[]} rows
 */

/** One table for each measure and server, a column for each size. @param {readonly Result[]} results @returns {readonly Table[]} */
export function tables(results) {
  const groups = grouped(results)
  return [...groups.values()].map((group) => {
    const [{ about = '', unit = '', server = '' } = {}] = group
    const names = unique(group.flatMap(({ figures }) => figures.map(({ name }) => name)))
    const figureRows = names.map((name) => [
      name,
      ...group.map(({ figures }) => figureText(figures.find((figure) => figure.name === name)?.value)),
      '',
    ])
    const labels = unique(group.flatMap(({ compared }) => compared.map(label)))
    const comparedRows = labels.map((wanted) => {
      const row = group.map(({ compared }) => compared.find((one) => label(one) === wanted))
      return [wanted, ...row.map(comparedText), aimText(row)]
    })
    const sizes = group.map(({ size }) => (unit === '' ? 'took' : `${size.toLocaleString('en')} ${unit}`))
    return {
      title: `${about} (${server})`,
      head: ['', ...sizes, 'aim'],
      rows: [...figureRows, ...comparedRows],
    }
  })
}

/** @param {readonly Result[]} results */
function grouped(results) {
  /** @type {Map<string, Result[]>} */
  const groups = new Map()
  for (const result of results) {
    const key = `${result.measure} ${result.server}`
    groups.set(key, [...(groups.get(key) ?? []), result])
  }
  return groups
}

/** @param {Compared} compared */
function label({ ours, theirs }) {
  return theirs === undefined ? `${ours}, the median` : `${ours} ÷ ${theirs}`
}

/** @param {Summary | undefined} value */
function figureText(value) {
  if (value === undefined) return ''
  return `${timeText(value.median)} ±${percent(value.spread)}${value.noisy ? ' ?' : ''}`
}

/** @param {number} ms */
function timeText(ms) {
  if (ms < 1000) return `${Math.round(ms)} ms`
  return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`
}

/** @param {Compared | undefined} compared */
function comparedText(compared) {
  if (compared === undefined) return ''
  const { value, theirs, met } = compared
  const text =
    theirs === undefined ? timeText(value.median) : `${value.median.toFixed(2)} ±${percent(value.spread)}`
  return met === undefined ? text : `${text} ${met ? 'met' : 'missed'}`
}

/** @param {readonly (Compared | undefined)[]} row */
function aimText(row) {
  const aims = unique(
    row.flatMap((compared) =>
      compared?.aim === undefined ? [] : [`${compared.aim}${compared.theirs === undefined ? ' s' : ''}`],
    ),
  )
  return aims.length === 0 ? '' : `≤ ${aims.join(', ')}`
}

/** @param {readonly string[]} values */
function unique(values) {
  return [...new Set(values)]
}

/** @param {Table} table */
export function tableText({ title, head, rows }) {
  const widths = columnWidths(head, rows)
  const lines = [head, ...rows].map((row) =>
    row
      .map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
      .join('  ')
      .trimEnd(),
  )
  return `${title}\n${lines.map((line) => `  ${line}`).join('\n')}\n`
}

/** @param {Table} table */
export function tableMarkdown({ title, head, rows }) {
  const widths = columnWidths(head, rows).map((width) => Math.max(width, 3))
  const line = (/** @type {readonly string[]} */ cells) =>
    `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`
  const rule = `| ${widths.map((width, at) => (at === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`
  return `### ${title}\n\n${[line(head), rule, ...rows.map(line)].join('\n')}\n`
}

/** @param {readonly string[]} head @param {readonly (readonly string[])[]} rows */
function columnWidths(head, rows) {
  return head.map((title, at) => Math.max(title.length, ...rows.map((row) => row[at]?.length ?? 0)))
}
