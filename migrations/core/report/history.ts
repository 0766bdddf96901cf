import type { TenantCounts } from '../runner/index.ts'
import { graphLines } from './graph-lines.ts'
import type { RevisionLine } from './json-look.ts'
import { plainStyle, type Style } from './style.ts'
import { oneLine } from './text.ts'
import { countOf, durationText, relativeTime } from './units.ts'

export interface HistoryTextOptions {
  readonly verbose?: boolean
  readonly style?: Style
  /** Headings by line, as `user (rfx_user)`, in the order that the lines are shown in; others follow by their name. */
  readonly headings?: Readonly<Record<string, string>>
  /** For ages in `verbose`. */
  readonly now?: Date
}

/**
 * A history as `git log --graph` draws it: newest first, line after line under its heading, forks and merges as
 * lanes. `rows` come newest first; a parent among them stands below its children whatever their order. Parents and
 * dependencies that are not among the rows (another line's, or out of the range) are not drawn.
 */
export function historyGraph(rows: readonly RevisionLine[], options: HistoryTextOptions = {}): string {
  if (rows.length === 0) return 'no revisions'
  const style = options.style ?? plainStyle
  const lines = new Map<string, RevisionLine[]>(Object.keys(options.headings ?? {}).map((line) => [line, []]))
  for (const row of rows) {
    const members = lines.get(row.line)
    if (members === undefined) lines.set(row.line, [row])
    else members.push(row)
  }
  return [...lines]
    .filter(([, members]) => members.length > 0)
    .map(([line, members]) =>
      [style.strong(options.headings?.[line] ?? line), ...lineOfHistory(members, options, style)].join('\n'),
    )
    .join('\n\n')
}

function lineOfHistory(
  rows: readonly RevisionLine[],
  options: HistoryTextOptions,
  style: Style,
): readonly string[] {
  const byRevision = new Map(rows.map((row) => [row.revision, row]))
  return graphLines(rows.map((row) => ({ id: row.revision, parents: row.downRevision }))).flatMap((line) => {
    const row = line.node === undefined ? undefined : byRevision.get(line.node)
    if (row === undefined) return [style.dim(line.picture)]
    const title = `${line.picture} ${rowText(row, style)}`
    if (!options.verbose) return [title]
    const details = detailsOf(row, options.now).map(([name, value]) => {
      return `${line.below ?? ''}   ${style.dim(name.padEnd(8))} ${value}`.trimEnd()
    })
    return [title, ...details]
  })
}

function rowText(row: RevisionLine, style: Style): string {
  const flags = row.flags.map((flag) =>
    flag === 'missing file' || flag === 'never run'
      ? style.error(flag)
      : flag === 'irreversible'
        ? style.warning(flag)
        : style.good(flag),
  )
  const tenants = row.tenants === undefined ? [] : [style.good(countOf(row.tenants, 'tenant'))]
  const marks = [...tenants, ...flags, ...row.branchLabels.map((label) => `label ${oneLine(label)}`)]
  const parts = [
    style.revision(row.revision),
    marks.length === 0 ? '' : `(${marks.join(', ')})`,
    oneLine(row.message),
    row.dependsOn.length === 0 ? '' : style.dim(`[depends on ${row.dependsOn.join(', ')}]`),
  ]
  return parts.filter((part) => part !== '').join(' ')
}

function detailsOf(row: RevisionLine, now: Date | undefined): readonly (readonly [string, string])[] {
  const details: [string, string][] = []
  if (row.path !== null) details.push(['file', row.path])
  if (row.createdAt !== null) details.push(['created', row.createdAt])
  if (row.downRevision.length > 0) details.push(['revises', row.downRevision.join(', ')])
  if (row.irreversible !== undefined) details.push(['irreversible', oneLine(row.irreversible)])
  for (const applied of row.applied) details.push(['applied', appliedText(applied, now)])
  return details
}

/** `2026-11-21T10:00:12Z (5 min ago) to rfx_user by alice in 12 ms`. */
function appliedText(
  { at, who, host, targetSchema, durationMs }: RevisionLine['applied'][number],
  now: Date | undefined,
): string {
  const age = now === undefined ? '' : ` (${relativeTime(at, now)})`
  const took = durationMs === null ? '' : ` in ${durationText(durationMs)}`
  const by = host === null ? who : `${who} (${host})`
  return `${at.toISOString().replace(/\.\d+Z$/, 'Z')}${age} to ${targetSchema} by ${oneLine(by)}${took}`
}

/** `300 tenants, 12 at base`. */
export function tenantsText(counts: TenantCounts | undefined): string {
  if (counts === undefined) return 'tenants'
  const { tenants, atBase, unreachable } = counts
  return [
    countOf(tenants, 'tenant'),
    ...(atBase > 0 ? [`${atBase} at base`] : []),
    ...(unreachable > 0 ? [`${unreachable} not counted`] : []),
  ].join(', ')
}
