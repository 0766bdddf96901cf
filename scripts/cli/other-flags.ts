import type { CommandSpec } from './arguments.ts'

/** How a command takes its message, by its own example; one that takes none belongs to mig-revision. */
const message = ({ positionals, examples }: CommandSpec): string =>
  `the message is an argument: ${('message' in positionals ? examples[0] : undefined) ?? 'just mig-revision "add a column" user'}`

/** What somebody who knows Alembic or another tool types, and what does it here. */
const ways: Readonly<Record<string, string | ((spec: CommandSpec) => string | undefined)>> = {
  '--sql': 'write the script: just mig-sql',
  '-m': message,
  '--message': message,
  '--autogenerate': 'generate it from the models: just mig-autogen "add a column" user',
  '--dry-run': ({ flags }) => ('plan' in flags ? 'use --plan, which prints what would be done' : undefined),
  '-v': 'write --verbose',
  '-r': 'the range is an argument: just mig-history user a:b',
  '--rev-range': 'the range is an argument: just mig-history user a:b',
  '-i': 'just mig-history always marks what is applied',
  '--indicate-current': 'just mig-history always marks what is applied',
  '--branch-label': 'write --label NAME',
  '-n': 'set MIG_DIR to the environment folder',
  '--name': 'set MIG_DIR to the environment folder',
}

/** What to type in the place of a flag that `spec` does not have; undefined where nothing is known of it. */
export function wayOfFlag(flag: string, spec: CommandSpec): string | undefined {
  const way = ways[flag]
  return typeof way === 'function' ? way(spec) : way
}
