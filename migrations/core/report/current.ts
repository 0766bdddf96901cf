import type { StatusRow } from '../runner/look/current.ts'
import type { LineStatus } from '../runner/look/line-status.ts'
import type { TenantLine } from './json-look.ts'
import type { Style } from './style.ts'
import { type TextColumn, table } from './table.ts'
import { tenantBars } from './tenants.ts'
import { namesText } from './text.ts'
import { countOf, durationText, relativeTime } from './units.ts'

const columns: readonly TextColumn<StatusRow>[] = [
  { title: 'line', value: (row) => row.line },
  { title: 'schema', value: (row) => row.targetSchema },
  { title: 'revision', value: (row) => row.revision ?? 'base' },
  { title: 'state', value: rowStateText },
  { title: 'message', value: (row) => row.message },
]

const details: readonly TextColumn<StatusRow>[] = [
  {
    title: 'when',
    value: (row) =>
      row.last && `${row.last.at.toISOString().slice(0, 19)}Z (${relativeTime(row.last.at, new Date())})`,
  },
  { title: 'who', value: (row) => row.last && `${row.last.who}, ${row.last.host ?? '-'}` },
  { title: 'took', value: (row) => (row.last?.durationMs == null ? '' : durationText(row.last.durationMs)) },
]

/** What is applied in single lines. @param verbose when and by whom as well */
export function currentText(rows: readonly StatusRow[], style: Style, verbose: boolean): string {
  const shown = statusTable(rows, style, verbose)
  return [...new Set([shown, ...halfDoneTexts(rows), ...neverRunTexts(rows), ...troubleTexts(rows)])].join(
    '\n',
  )
}

/** What is applied in the tenants of a line. @param inRows a row each, not bars */
export function currentTenantsText(
  line: string,
  statuses: readonly LineStatus[],
  rows: readonly StatusRow[],
  style: Style,
  inRows: boolean,
): string {
  const text = inRows
    ? statusTable(rows, style, false)
    : `${line}: ${countOf(statuses.length, 'tenant')}\n${statusBars(statuses, style)}`
  return [text.trimEnd(), ...halfDoneSummary(statuses, inRows), ...troubleTexts(statuses)].join('\n')
}

/** Rows say it of each tenant; bars, how many there are and where to look. */
function halfDoneSummary(statuses: readonly LineStatus[], inRows: boolean): readonly string[] {
  const begun = statuses.filter(({ halfDone }) => halfDone !== null)
  const [first] = begun
  if (first === undefined) return []
  if (inRows || begun.length === 1) {
    return halfDoneTexts(begun.map(({ target, halfDone }) => ({ targetSchema: target.schema, halfDone })))
  }
  return [
    `${countOf(begun.length, 'tenant')} in the middle of a revision; to list them: just mig-status ${first.target.line}`,
  ]
}

/** What is applied, as a table. @param verbose when and by whom as well */
function statusTable(rows: readonly StatusRow[], style: Style, verbose: boolean): string {
  return table(verbose ? [...columns, ...details] : columns, rows, { style })
}

function rowStateText(row: StatusRow): string {
  const { state, behind, neverRun, halfDone } = row
  if (state !== 'head' && state !== 'behind' && state !== 'base') return stateText(row)
  const below = neverRun.length === 0 ? '' : ` (${neverRun.length} below what is applied)`
  const stand = `${stateText({ state, behind })}${behind === 0 ? '' : below}`
  return halfDone === null ? stand : `${stand}, 1 half done`
}

/** The state of a target schema in words. */
export function stateText({ state, behind }: Pick<LineStatus, 'state' | 'behind'>): string {
  if (state === 'absent') return 'no such schema'
  if (state === 'emptied') return 'empty schema'
  if (state === 'disagrees') return 'log disagrees'
  if (state === 'unreachable') return 'does not answer'
  if (state === 'missing') return 'no file has it'
  return behind === 0 ? 'head' : `${behind} behind`
}

/** One line for each schema that is in the middle of a revision, with the command that continues it. */
function halfDoneTexts(rows: readonly Pick<StatusRow, 'targetSchema' | 'halfDone'>[]): readonly string[] {
  return rows.flatMap(({ targetSchema, halfDone }) => {
    if (halfDone === null) return []
    const { direction, revision, statement, goOn } = halfDone
    return `${targetSchema} is in the middle of the ${direction} of ${revision}, ${countOf(statement, 'statement')} done; go on: ${goOn}`
  })
}

/** One line for each schema with revisions that were put below an applied one. */
function neverRunTexts(rows: readonly Pick<StatusRow, 'targetSchema' | 'neverRun'>[]): readonly string[] {
  return rows.flatMap(({ targetSchema, neverRun }) =>
    neverRun.length === 0
      ? []
      : `${targetSchema} has not run ${neverRun.join(', ')}, below what is applied; just mig-upgrade runs ${neverRun.length === 1 ? 'it' : 'them'}`,
  )
}

const troublesShown = 10

/** What is wrong with the rows of some schemas, each with what to type; of many that have the same, the first few. */
function troubleTexts(statuses: readonly Pick<LineStatus, 'trouble'>[]): readonly string[] {
  const texts = statuses.flatMap(({ trouble }) =>
    trouble === null ? [] : [`${trouble.what}\n  → ${trouble.help}`],
  )
  const shown = [...new Set(texts)]
  return shown.length <= troublesShown
    ? shown
    : [...shown.slice(0, troublesShown), `and ${shown.length - troublesShown} more: just mig-status`]
}

/** How target schemas spread over revisions, as bars. */
function statusBars(statuses: readonly LineStatus[], style: Style): string {
  const groups = new Map<string, number>()
  for (const status of statuses) {
    const at = status.state === 'unreachable' ? 'unknown' : status.revisions.join(', ') || 'base'
    const label = `${at} (${stateText(status)})`
    groups.set(label, (groups.get(label) ?? 0) + 1)
  }
  return tenantBars(
    [...groups].map(([label, tenants]) => ({ label, tenants })),
    style,
  )
}

const tenantColumns: readonly TextColumn<LineStatus>[] = [
  { title: 'tenant', value: ({ target }) => target.schema },
  { title: 'shard', value: ({ target }) => target.shard },
  {
    title: 'revision',
    value: ({ revisions, state }) => (state === 'unreachable' ? null : revisions.join(', ') || 'base'),
  },
  { title: 'state', value: stateText },
  { title: 'last run', value: ({ lastRun }) => lastRun && relativeTime(lastRun, new Date()) },
  { title: 'structure', value: ({ structure }) => structure },
]

/** The tenants of a line, and whose structure differs. @param inRows with a row each */
export function tenantListText(statuses: readonly LineStatus[], style: Style, inRows: boolean): string {
  const shards = statuses.some(({ target }) => target.shard !== null)
  const shown = tenantColumns.filter(({ title }) => title !== 'shard' || shards)
  const differing = statuses.flatMap(({ structure, target }) =>
    structure === 'differs' ? [target.schema] : [],
  )
  const parts = [
    ...(inRows ? [table(shown, statuses, { style, empty: 'there are no tenants' }), ''] : []),
    statusBars(statuses, style),
    ...troubleTexts(statuses),
    ...(differing.length === 0
      ? []
      : [
          style.warning(
            `${countOf(differing.length, 'tenant')} whose structure differs from most at the same revision: ${namesText(differing, 20)}`,
          ),
        ]),
  ]
  return parts.join('\n').trim()
}

/** A tenant, for `--json`. */
export function tenantLine({ target, halfDone: _, entries: __, ...status }: LineStatus): TenantLine {
  const { line, schema: targetSchema, shard } = target
  return { event: 'tenant', line, targetSchema, shard, ...status }
}
