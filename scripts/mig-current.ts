// just mig-current [schemas] [flags]
import {
  exitCodes,
  type LineStatus,
  lineStatuses,
  type Project,
  type StatusRow,
  statusRows,
} from '../migrations/core/index.ts'
import {
  countOf,
  halfDoneTexts,
  neverRunTexts,
  statusBars,
  statusTable,
  troubleTexts,
} from '../migrations/core/report/index.ts'
import { schemasArgument, tenantFlags } from './cli/arguments.ts'
import { type Command, runCommand } from './cli/command.ts'
import { onTargets } from './cli/targets.ts'

export const spec = {
  name: 'mig-current',
  summary: 'Shows what is applied in each schema, and how far behind its heads it is.',
  positionals: { schemas: schemasArgument },
  flags: { 'check-heads': { help: 'exit 1 unless every schema is at its heads' }, ...tenantFlags },
  examples: ['just mig-current', 'just mig-current user --verbose', 'just mig-current --check-heads'],
} as const

export const main = (argv: readonly string[]): Promise<void> =>
  runCommand(spec, argv, async (command) => {
    const { output, flags } = command
    const late = await onTargets(command, async ({ project, tenantLine, sessions }, targets) => {
      const isTenant = tenantLine !== null
      const entries = !isTenant && (output.json || flags.verbose === true)
      const statuses = await lineStatuses(project, targets, sessions, { entries })
      if (isTenant) showTenants(command, project, statuses)
      else showSingle(command, statusRows(project, statuses))
      return statuses.filter(({ state, halfDone }) => state !== 'head' || halfDone !== null).length
    })
    const count = late.reduce((sum, each) => sum + each, 0)
    if (!flags['check-heads'] || count === 0) return exitCodes.done
    output.remark(`${countOf(count, 'schema')} not at head; just mig-upgrade`)
    return exitCodes.differences
  })

function showSingle({ output, flags }: Command, rows: readonly StatusRow[]): void {
  const shown = statusTable(rows, output.style, flags.verbose === true)
  const texts = new Set([shown, ...halfDoneTexts(rows), ...neverRunTexts(rows), ...troubleTexts(rows)])
  output.result([...texts].join('\n'), ...rows.map((row) => ({ event: 'current' as const, ...row })))
}

/** Named tenants get a row each; all of them, bars, with --verbose rows. */
function showTenants({ output, flags }: Command, project: Project, statuses: readonly LineStatus[]): void {
  const { filter, targets } = project.env
  const rows = statusRows(project, statuses)
  const inRows = flags.verbose === true || targets.selection !== null || targets.shards !== null
  const text = inRows
    ? statusTable(rows, output.style, false)
    : `${filter.join()}: ${countOf(statuses.length, 'tenant')}\n${statusBars(statuses, output.style)}`
  const texts = [text.trimEnd(), ...halfDoneSummary(statuses, inRows), ...troubleTexts(statuses)]
  output.result(texts.join('\n'), ...rows.map((row) => ({ event: 'current' as const, ...row })))
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
    `${countOf(begun.length, 'tenant')} in the middle of a revision; each: just mig-status ${first.target.line}`,
  ]
}
