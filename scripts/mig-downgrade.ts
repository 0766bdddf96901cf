// just mig-downgrade [target] [schemas] [flags]
import { tenantPlanEvent } from '../migrations/core/index.ts'
import { fanOutFlags, runFlags, schemasArgument } from './cli/arguments.ts'
import { runCommand } from './cli/command.ts'
import { confirmLosses } from './cli/losses.ts'
import { runOnLines, stepsOf } from './cli/runs.ts'

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
      confirmLosses(command, plan.tenantLine === null ? stepsOf(plan) : tenantPlanEvent(plan).groups),
    ),
  )
