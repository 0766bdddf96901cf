// just mig-downgrade [target] [schemas] [flags]
import { losesRows, planEvent, type TargetPlan } from '../migrations/core/index.ts'
import { lossLines, plainStyle } from '../migrations/core/report/index.ts'
import { type Flag, fanOutFlags, runFlags, schemasArgument } from './cli/arguments.ts'
import { confirm } from './cli/ask.ts'
import { type CommandWith, runCommand } from './cli/command.ts'
import { runOnLines } from './cli/targets.ts'

export const spec = {
  name: 'mig-downgrade',
  summary: 'Reverts revisions, down to a target, from the schemas of the filter.',
  positionals: {
    target: { help: '-N (the N most recently applied), base, a revision, X-N, key@X', default: '-1' },
    schemas: schemasArgument,
  },
  flags: { ...runFlags, ...fanOutFlags, yes: { help: 'do not ask before rows are lost', short: 'y' } },
  examples: [
    'just mig-downgrade',
    'just mig-downgrade -1 user',
    'just mig-downgrade base message --plan',
    'just mig-downgrade -1 tenant --tenants tenant_7',
  ],
} as const

export const main = (argv: readonly string[]): Promise<void> =>
  runCommand(spec, argv, (command) =>
    runOnLines(command, { direction: 'downgrade', target: command.positionals.target }, (plan) =>
      confirmLosses(command, plan),
    ),
  )

/**
 * Asks before a downgrade that loses rows. `--yes` answers; where nobody is there to be asked, it says what goes, and
 * the run goes on.
 * @throws MigError `not-confirmed`
 */
async function confirmLosses(command: CommandWith<{ yes: Flag }>, plan: TargetPlan): Promise<void> {
  const shown = planEvent(plan)
  const parts = shown.event === 'plan' ? shown.steps : shown.groups
  const losses = parts.flatMap(({ losses = [] }) => losses.filter(losesRows))
  if (losses.length === 0 || command.flags.yes === true) return
  if (process.stdin.isTTY) return confirm(command, 'This downgrade loses data. Continue?')
  command.output.event({
    event: 'warning',
    code: 'loses-data',
    message: `this downgrade loses data:\n${lossLines(losses, plainStyle)
      .map((line) => `  ${line.replace('loses data: ', '')}`)
      .join('\n')}`,
    help: 'it continues, since there is no terminal to ask on; look first with --plan, or confirm with --yes',
  })
}
