// just mig-current [schemas] [flags]
import { exitCodes, lineStatuses, statusRows } from '../migrations/core/index.ts'
import { countOf, currentTenantsText, currentText, nothingLine } from '../migrations/core/report/index.ts'
import { schemasArgument, tenantFlags } from './cli/arguments.ts'
import { runCommand } from './cli/command.ts'
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
    let shown = 0
    const late = await onTargets(command, async ({ project, tenantLine, sessions }, targets) => {
      const entries = tenantLine === null && (output.json || flags.verbose === true)
      const statuses = await lineStatuses(project, targets, sessions, { entries })
      const rows = statusRows(project, statuses)
      const { selection, shards } = project.env.targets
      const verbose = flags.verbose === true
      const inRows = verbose || selection !== null || shards !== null
      const text =
        tenantLine === null
          ? currentText(rows, output.style, verbose)
          : currentTenantsText(tenantLine, statuses, rows, output.style, inRows)
      output.result(text, ...rows.map((row) => ({ event: 'current' as const, ...row })))
      shown += rows.length
      return statuses.filter(({ state, halfDone }) => state !== 'head' || halfDone !== null).length
    })
    if (shown === 0) output.result('', nothingLine)
    const count = late.reduce((sum, each) => sum + each, 0)
    if (!flags['check-heads'] || count === 0) return exitCodes.done
    output.remark(`${countOf(count, 'schema')} not at head; just mig-upgrade`)
    return exitCodes.differences
  })
