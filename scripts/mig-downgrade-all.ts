// just mig-downgrade-all [schemas] [flags]
import { countOf } from '../migrations/core/report/index.ts'
import { fanOutFlags, runFlags, schemasArgument } from './cli/arguments.ts'
import { confirm } from './cli/ask.ts'
import { runCommand } from './cli/command.ts'
import { runOnLines, stepsOf } from './cli/targets.ts'

export const spec = {
  name: 'mig-downgrade-all',
  summary: 'Reverts every revision from the schemas of the filter.',
  positionals: { schemas: schemasArgument },
  flags: { ...runFlags, ...fanOutFlags, yes: { help: 'do not ask', short: 'y' } },
  examples: ['just mig-downgrade-all --plan', 'just mig-downgrade-all message --yes'],
} as const

export const main = (argv: readonly string[]): Promise<void> =>
  runCommand(spec, argv, (command) =>
    runOnLines(command, { direction: 'downgrade', target: 'base' }, (plan) =>
      confirm(
        command,
        plan.tenantLine === null
          ? `Revert ${countOf(stepsOf(plan).length, 'revision')} and delete the data in what they created?`
          : `Revert every revision from the tenants of ${plan.tenantLine} and delete their data?`,
      ),
    ),
  )
