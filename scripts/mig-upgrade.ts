// just mig-upgrade [target] [schemas] [flags]
import { fanOutFlags, runFlags, schemasArgument } from './cli/arguments.ts'
import { runCommand } from './cli/command.ts'
import { runOnLines } from './cli/targets.ts'

export const spec = {
  name: 'mig-upgrade',
  summary: 'Applies pending revisions, up to a target, to the schemas of the filter.',
  positionals: {
    target: { help: 'head, heads, +N, a revision, X+N, key@X', default: 'head' },
    schemas: schemasArgument,
  },
  flags: { ...runFlags, ...fanOutFlags },
  examples: [
    'just mig-upgrade',
    'just mig-upgrade head user',
    'just mig-upgrade +1 user,policy --plan',
    'just mig-upgrade head tenant --tenants all --jobs 8',
  ],
} as const

export const main = (argv: readonly string[]): Promise<void> =>
  runCommand(spec, argv, (command) =>
    runOnLines(command, { direction: 'upgrade', target: command.positionals.target }),
  )
