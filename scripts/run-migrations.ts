// node scripts/launch.mjs run-migrations upgrade|downgrade|stamp|current|history|check [target] [flags]
import { parseDuration } from '../migrations/core/environment/index.ts'
import { exitCodes, MigError, nearest } from '../migrations/core/index.ts'
import { type FlagValue, fanOutFlags, runFlags } from './cli/arguments.ts'
import { awaitDatabase } from './cli/await-database.ts'
import { type Command, commandEnvironment, runCommand } from './cli/command.ts'

/** What a container may ask for: the recipe, and whether it takes a target. */
const actions = {
  upgrade: { takesTarget: true, recipe: () => import('./mig-upgrade.ts') },
  downgrade: { takesTarget: true, recipe: () => import('./mig-downgrade.ts') },
  stamp: { takesTarget: true, recipe: () => import('./mig-stamp.ts') },
  current: { takesTarget: false, recipe: () => import('./mig-current.ts') },
  history: { takesTarget: false, recipe: () => import('./mig-history.ts') },
  check: { takesTarget: false, recipe: () => import('./mig-check.ts') },
} as const

export const spec = {
  name: 'run-migrations',
  program: 'node scripts/launch.mjs',
  summary:
    'Runs one command in a container: waits for the database, logs JSON lines, and ends with the exit code of the recipe. MIG_SCHEMA_FILTER gives the schemas.',
  positionals: {
    action: { help: Object.keys(actions).join(', ') },
    target: { help: 'of upgrade (head), downgrade (-1) and stamp', default: '' },
  },
  flags: {
    wait: { help: 'how long to wait for the database (default 60s)', value: 'TIME' },
    text: { help: 'text instead of JSON lines' },
    'check-heads': { help: 'current: exit 1 unless every schema is at its heads' },
    ...runFlags,
    ...fanOutFlags,
  },
  examples: [
    'node scripts/launch.mjs run-migrations upgrade',
    'node scripts/launch.mjs run-migrations upgrade head --wait 2min',
  ],
} as const

export const main = (argv: readonly string[]): Promise<void> => {
  // Whoever reads a container's log reads it by machine; errors before the arguments are parsed too.
  const isForPeople = argv.includes('--text') || argv.includes('--help')
  return runCommand(spec, isForPeople ? argv : [...argv, '--json'], async (command) => {
    const { takesTarget, recipe } = actionOf(command)
    const words = recipeArguments(command, takesTarget)
    const env = await commandEnvironment(command).catch((error: unknown) => {
      throw isEmptyUrl(error) ? noDatabaseUrl(error.message) : error
    })
    if (env.databaseUrl === null) throw noDatabaseUrl('no database is configured')
    const { wait } = command.flags
    const patience = parseDuration(wait ?? '60s', '--wait')
    await awaitDatabase(env.databaseUrl, patience, command)
    const { main: run } = await recipe()
    await run(words)
    return process.exitCode ?? exitCodes.done
  })
}

/** Of a container, a URL that is set and empty is the one that nobody has given. */
function isEmptyUrl(error: unknown): error is MigError {
  return error instanceof MigError && error.code === 'bad-database-url' && error.facts.variable !== undefined
}

function noDatabaseUrl(message: string): MigError {
  return new MigError('no-database-url', message, { help: 'set MIG_DATABASE_URL for the container' })
}

function actionOf({ positionals }: Command<typeof spec>): (typeof actions)[keyof typeof actions] {
  const name = positionals.action
  const found = Object.entries(actions).find(([action]) => action === name)?.[1]
  if (found !== undefined) return found
  const guess = nearest(name, Object.keys(actions))
  throw new MigError('unknown-action', `run-migrations has no action ${JSON.stringify(name)}`, {
    help: guess === undefined ? `one of ${Object.keys(actions).join(', ')}` : `did you mean ${guess}?`,
  })
}

function recipeArguments(
  { positionals, flags }: Command<typeof spec>,
  takesTarget: boolean,
): readonly string[] {
  const { target = '' } = positionals
  if (!takesTarget && target !== '') {
    throw new MigError(
      'too-many-arguments',
      `${positionals.action} takes no target, and ${target} was given`,
      { help: 'leave it out; MIG_SCHEMA_FILTER chooses the schemas' },
    )
  }
  const passed = Object.entries(flags).flatMap(([name, value]) =>
    own.has(name) ? [] : [value].flat().flatMap((each) => flagWord(name, each)),
  )
  return [...(takesTarget ? [target] : []), ...passed]
}

/** The flags of this script; all others are the recipe's. */
const own = new Set(['wait', 'text', 'help'])

function flagWord(name: string, value: FlagValue): readonly string[] {
  if (value === true) return [`--${name}`]
  return typeof value === 'string' ? [`--${name}=${value}`] : []
}
