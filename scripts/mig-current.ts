// just mig-current [schemas] [flags]
import {
  currentStandings,
  exitCodes,
  type Project,
  type Session,
  type Standing,
  type TenantStanding,
  targetTenants,
  tenantStandings,
} from '../migrations/core/index.ts'
import { type Column, countOf, durationText, relativeTime, table } from '../migrations/core/report/index.ts'
import { tenantFlags } from './shared/arguments.ts'
import { type Command, runCommand } from './shared/command.ts'
import { schemasArgument } from './shared/schemas-argument.ts'
import { onEachLine, standingBars, tenantSessions, troubleTexts } from './shared/tenants.ts'

const spec = {
  name: 'mig-current',
  summary: 'Shows what is applied in each schema, and how far behind its heads it is.',
  positionals: { schemas: schemasArgument },
  flags: { 'check-heads': { help: 'exit 1 unless every schema is at its heads' }, ...tenantFlags },
  examples: ['just mig-current', 'just mig-current user --verbose', 'just mig-current --check-heads'],
}

const columns: readonly Column<Standing>[] = [
  { title: 'line', value: (row) => row.line },
  { title: 'schema', value: (row) => row.targetSchema },
  { title: 'revision', value: (row) => row.revision ?? 'base' },
  { title: 'state', value: stateText },
  { title: 'message', value: (row) => row.message },
]

const details: readonly Column<Standing>[] = [
  {
    title: 'when',
    value: (row) =>
      row.last && `${row.last.at.toISOString().slice(0, 19)}Z (${relativeTime(row.last.at, new Date())})`,
  },
  { title: 'who', value: (row) => row.last && `${row.last.who}, ${row.last.host ?? '-'}` },
  { title: 'took', value: (row) => (row.last?.durationMs == null ? '' : durationText(row.last.durationMs)) },
]

function stateText({ state, behind, neverRun, halfDone }: Standing): string {
  if (state === 'missing') return 'no file has it'
  if (state === 'absent') return 'no such schema'
  if (state === 'emptied') return 'empty schema'
  if (state === 'disagrees') return 'log disagrees'
  const below = neverRun.length === 0 ? '' : ` (${neverRun.length} below what is applied)`
  const stand = behind === 0 ? 'head' : `${behind} behind${below}`
  return halfDone === null ? stand : `${stand}, 1 half done`
}

/** One line for each schema that is in the middle of a revision, with what goes on with it. */
function halfDoneTexts(rows: readonly Pick<Standing, 'targetSchema' | 'halfDone'>[]): readonly string[] {
  return rows.flatMap(({ targetSchema, halfDone }) => {
    if (halfDone === null) return []
    const { direction, revision, statement, goOn } = halfDone
    return `${targetSchema} is in the middle of the ${direction} of ${revision}, ${countOf(statement, 'statement')} done; go on: ${goOn}`
  })
}

/** One line for each schema with revisions that were put below an applied one. */
function neverRunTexts(rows: readonly Pick<Standing, 'targetSchema' | 'neverRun'>[]): readonly string[] {
  return rows.flatMap(({ targetSchema, neverRun }) =>
    neverRun.length === 0
      ? []
      : `${targetSchema} never ran ${neverRun.join(', ')}, put below what is applied; just mig-upgrade runs ${neverRun.length === 1 ? 'it' : 'them'}`,
  )
}

export const main = (): Promise<void> =>
  runCommand(spec, async (command) => {
    const { output, flags } = command
    const late = await onEachLine(
      command,
      (session, project) => showSingle(command, session, project),
      (project, line) => showTenants(command, project, line),
    )
    const count = late.reduce<number>((sum, each) => sum + Number(each), 0)
    if (!flags['check-heads'] || count === 0) return exitCodes.done
    output.remark(`${countOf(count, 'schema')} not at head; just mig-upgrade`)
    return exitCodes.differences
  })

/** Shows the single lines; returns how many rows are not at head. */
async function showSingle({ output, flags }: Command, session: Session, project: Project): Promise<number> {
  const rows = await currentStandings(session, project, output.json || flags.verbose === true)
  const shown = table(flags.verbose ? [...columns, ...details] : columns, rows, { style: output.style })
  const texts = new Set([shown, ...halfDoneTexts(rows), ...neverRunTexts(rows), ...troubleTexts(rows)])
  output.result([...texts].join('\n'), ...rows.map((row) => ({ event: 'current' as const, ...row })))
  return rows.filter(({ state, halfDone }) => state !== 'head' || halfDone !== null).length
}

/** Named tenants get a row each; all of them, bars, with --verbose rows. Returns how many are not at head. */
async function showTenants(command: Command, project: Project, line: string): Promise<number> {
  const { output, flags } = command
  const { selection, shards } = project.env.targets
  const sessions = tenantSessions(command)
  const { tenants } = await targetTenants(project.env, line, sessions, 'all')
  const standings = await tenantStandings(project, line, tenants, sessions)
  const rows = standings.flatMap((standing) => tenantRows(project, standing))
  const inRows = flags.verbose === true || selection !== null || shards !== null
  const text = inRows
    ? table(columns, rows, { style: output.style })
    : `${line}: ${countOf(tenants.length, 'tenant')}\n${standingBars(standings, output.style)}`
  const texts = [text.trimEnd(), ...halfDoneSummary(standings, inRows), ...troubleTexts(standings)]
  output.result(texts.join('\n'), ...rows.map((row) => ({ event: 'current' as const, ...row })))
  return standings.filter(({ state, halfDone }) => state !== 'head' || halfDone !== null).length
}

/** Rows say it of each tenant; bars, how many there are and where to look. */
function halfDoneSummary(standings: readonly TenantStanding[], inRows: boolean): readonly string[] {
  const begun = standings.filter(({ halfDone }) => halfDone !== null)
  const [first] = begun
  if (first === undefined) return []
  if (inRows || begun.length === 1) {
    return halfDoneTexts(begun.map(({ tenant, halfDone }) => ({ targetSchema: tenant.schema, halfDone })))
  }
  return [
    `${countOf(begun.length, 'tenant')} in the middle of a revision; each: just mig-status ${first.tenant.line}`,
  ]
}

function tenantRows({ files }: Project, standing: TenantStanding): readonly Standing[] {
  const { tenant, revisions, behind, neverRun, trouble, halfDone } = standing
  // Nobody knows; a warning has said so.
  if (standing.state === 'unreachable') return []
  const state = standing.state === 'absent' && revisions.length === 0 ? 'base' : standing.state
  const place = { line: tenant.line, targetSchema: tenant.schema }
  const row = { ...place, state, behind, neverRun, trouble, halfDone, last: undefined }
  if (revisions.length === 0) return [{ ...row, revision: null, message: '' }]
  return revisions.map((revision) => ({ ...row, revision, message: files.get(revision)?.message ?? '' }))
}
