import { graphLines } from './graph-lines.ts'
import { plainStyle, type Style } from './style.ts'
import { oneLine } from './text.ts'
import { countOf, durationText, relativeTime } from './units.ts'

/** A mark of a revision in the history. */
export type HistoryFlag =
  | 'current'
  | 'head'
  | 'base'
  | 'branch point'
  | 'merge point'
  | 'pending'
  | 'irreversible'
  | 'never run'
  | 'missing file'

/** When and by whom a revision was applied to a target schema, from the ledger's log. */
export interface HistoryApplied {
  readonly targetSchema: string
  readonly at: Date
  readonly by: string
  readonly durationMs: number | null
}

/** One revision of a history. */
export interface HistoryRow {
  readonly revision: string
  readonly line: string
  readonly message: string
  /** Its down revisions. */
  readonly parents: readonly string[]
  readonly dependsOn: readonly string[]
  readonly labels: readonly string[]
  readonly flags: readonly HistoryFlag[]
  /** How many tenants stand at it, in a tenant line. */
  readonly tenants?: number
  /** The rest is shown with `verbose`. */
  readonly path?: string
  /** Why nothing reverts it. */
  readonly irreversible?: string
  /** ISO 8601. */
  readonly createdAt?: string
  readonly applied?: readonly HistoryApplied[]
}

export interface HistoryTextOptions {
  readonly verbose?: boolean
  readonly style?: Style
  /** Headings by line, as `user (rfx_user)`, in the order that the lines are shown in; others follow by their name. */
  readonly headings?: Readonly<Record<string, string>>
  /** For ages in `verbose`. */
  readonly now?: Date
  /** What an empty history says. Default `no revisions`. */
  readonly empty?: string
}

/**
 * A history as `git log --graph` draws it: newest first, line after line under its heading, forks and merges as
 * lanes. `rows` come newest first; a parent among them stands below its children whatever their order. Parents and
 * dependencies that are not among the rows (another line's, or out of the range) are not drawn.
 */
export function historyGraph(rows: readonly HistoryRow[], options: HistoryTextOptions = {}): string {
  if (rows.length === 0) return options.empty ?? 'no revisions'
  const style = options.style ?? plainStyle
  const lines = new Map<string, HistoryRow[]>(Object.keys(options.headings ?? {}).map((line) => [line, []]))
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
  rows: readonly HistoryRow[],
  options: HistoryTextOptions,
  style: Style,
): readonly string[] {
  const byRevision = new Map(rows.map((row) => [row.revision, row]))
  return graphLines(rows.map((row) => ({ id: row.revision, parents: row.parents }))).flatMap((line) => {
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

function rowText(row: HistoryRow, style: Style): string {
  const flags = row.flags.map((flag) =>
    flag === 'missing file' || flag === 'never run'
      ? style.error(flag)
      : flag === 'irreversible'
        ? style.warning(flag)
        : style.good(flag),
  )
  const tenants = row.tenants === undefined ? [] : [style.good(countOf(row.tenants, 'tenant'))]
  const marks = [...tenants, ...flags, ...row.labels.map((label) => `label ${oneLine(label)}`)]
  const parts = [
    style.revision(row.revision),
    marks.length === 0 ? '' : `(${marks.join(', ')})`,
    oneLine(row.message),
    row.dependsOn.length === 0 ? '' : style.dim(`[depends on ${row.dependsOn.join(', ')}]`),
  ]
  return parts.filter((part) => part !== '').join(' ')
}

function detailsOf(row: HistoryRow, now: Date | undefined): readonly (readonly [string, string])[] {
  const details: [string, string][] = []
  if (row.path !== undefined) details.push(['file', row.path])
  if (row.createdAt !== undefined) details.push(['created', row.createdAt])
  if (row.parents.length > 0) details.push(['revises', row.parents.join(', ')])
  if (row.irreversible !== undefined) details.push(['irreversible', oneLine(row.irreversible)])
  for (const applied of row.applied ?? []) details.push(['applied', appliedText(applied, now)])
  return details
}

/** `2026-11-21T10:00:12Z (5 min ago) to rfx_user by alice in 12 ms`. */
export function appliedText(applied: HistoryApplied, now?: Date): string {
  const at = applied.at.toISOString().replace(/\.\d+Z$/, 'Z')
  const age = now === undefined ? '' : ` (${relativeTime(applied.at, now)})`
  const took = applied.durationMs === null ? '' : ` in ${durationText(applied.durationMs)}`
  return `${at}${age} to ${applied.targetSchema} by ${oneLine(applied.by)}${took}`
}
