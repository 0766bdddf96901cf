import {
  type Environment,
  exitCodes,
  loadEnvironment,
  MigError,
  openProject,
  type Project,
  readVariables,
  type Session,
  usingSession,
} from '../../migrations/core/index.ts'
import { databaseError, isConnectionLost, maskUrl } from '../../migrations/core/postgres/index.ts'
import { type Arguments, type CommandSpec, helpText, parseArguments } from './arguments.ts'
import { commandOutput, type Output } from './output.ts'

/** What a recipe's body works with. */
export interface Command extends Arguments {
  readonly output: Output
  /** Aborts on SIGINT and SIGTERM, with the signal's name as the reason. */
  readonly signal: AbortSignal
}

/**
 * Runs a recipe: parses its arguments, reads `.env`, answers `--help`, turns signals into an abort, and an error
 * into its text and exit code. A number that `body` returns is the exit code.
 */
export async function runCommand(
  spec: CommandSpec,
  body: (command: Command) => Promise<unknown>,
): Promise<void> {
  const argv = process.argv.slice(2)
  const stop = new AbortController()
  const onSignal = (signal: NodeJS.Signals) => {
    // The second one is an order.
    if (stop.signal.aborted) process.exit(signal === 'SIGTERM' ? exitCodes.terminated : exitCodes.interrupted)
    stop.abort(signal)
  }
  process.stdout.on('error', ignoreClosedPipe)
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  let output: Output | undefined
  try {
    const args = parseArguments(spec, argv)
    if (args.flags.help === true) {
      process.stdout.write(helpText(spec))
      return
    }
    Object.assign(process.env, readVariables(process.cwd(), process.env))
    if (args.given.has('schemas')) process.env.MIG_SCHEMA_FILTER = args.positionals.schemas
    output = commandOutput(args.flags, process.env)
    const code = await body({ ...args, output, signal: stop.signal })
    process.exitCode = typeof code === 'number' ? code : exitCodes.done
  } catch (error) {
    const shown = output ?? commandOutput({ json: argv.includes('--json') }, {})
    const reason = explained(interruption(error, stop.signal))
    shown.error(reason)
    process.exitCode = reason instanceof MigError ? reason.exitCode : 1
  } finally {
    process.off('SIGINT', onSignal)
    process.off('SIGTERM', onSignal)
  }
}

/** `just mig-history | head` closes the pipe; the command goes on, since it may be half way through a run. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error
}

function interruption(error: unknown, signal: AbortSignal): unknown {
  if (!signal.aborted || error instanceof MigError) return error
  return new MigError('interrupted', `interrupted by ${String(signal.reason)}`, {
    help: 'run the same command again to go on',
    exitCode: signal.reason === 'SIGTERM' ? exitCodes.terminated : exitCodes.interrupted,
    cause: error,
  })
}

/** An error of the driver, which no part of core has explained, as one for people. */
function explained(error: unknown): unknown {
  const isOfServer = error instanceof Error && 'severity' in error && 'code' in error
  return isOfServer || (!(error instanceof MigError) && isConnectionLost(error))
    ? databaseError(error, { help: 'see where the database stands: just mig-current' })
    : error
}

/** The environment that the arguments and variables describe. */
export function commandEnvironment({ flags }: Pick<Command, 'flags'>): Promise<Environment> {
  const text = (name: string) => (typeof flags[name] === 'string' ? { [camel(name)]: flags[name] } : {})
  const transaction = flags.transaction
  if (transaction !== undefined && transaction !== 'run' && transaction !== 'revision') {
    throw new MigError('bad-flag', `--transaction is revision or run, not ${JSON.stringify(transaction)}`, {
      help: 'write --transaction=revision or --transaction=run',
    })
  }
  return loadEnvironment({
    root: process.cwd(),
    ...text('database-url'),
    ...text('lock-wait'),
    ...text('lock-timeout'),
    ...text('statement-timeout'),
    ...text('tenants'),
    ...text('shard'),
    ...(Array.isArray(flags.x) ? { x: flags.x } : {}),
    ...(transaction === undefined ? {} : { transaction }),
  })
}

function camel(name: string): string {
  return name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
}

/**
 * Opens everything that a recipe on a database needs, says on the first line which database and schemas it
 * talks to, runs `body`, and closes it all.
 * @param given default: `commandEnvironment`
 */
export async function usingProject<Result>(
  command: Command,
  body: (session: Session, project: Project) => Promise<Result>,
  given?: Environment,
): Promise<Result> {
  const env = given ?? (await commandEnvironment(command))
  const project = openProject(env)
  const { output, signal } = command
  // Said before the connection is made: where it fails, this is what one wants to see.
  if (env.databaseUrl !== null) sayWhere(command, env, env.databaseUrl)
  return usingSession(env, { emit: output.event, signal }, async (session) => {
    if (env.databaseUrl === null) sayWhere(command, env, session.url ?? '')
    return body(session, project)
  })
}

/** Says which database and schemas the command talks to. */
export function sayWhere({ output }: Pick<Command, 'output'>, env: Environment, url: string): void {
  const schemas = env.filter.map((key) => env.schemas[key] ?? key)
  const database = maskUrl(url)
  if (output.json) {
    output.result('', {
      event: 'environment',
      database,
      source: env.databaseSource,
      lines: env.filter,
      schemas,
    })
  } else
    output.remark(
      output.style.dim(`database ${database} (${env.databaseSource}) · schemas ${schemas.join(', ')}`),
    )
}
