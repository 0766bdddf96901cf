import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import {
  type Environment,
  exitCodes,
  interruptExitCode,
  loadEnvironment,
  MigError,
  type MigEvent,
  openProject,
  type Project,
  readVariables,
  type Session,
  usingSession,
} from '../../migrations/core/index.ts'
import { databaseError, isConnectionLost, maskUrl } from '../../migrations/core/postgres/index.ts'
import {
  type Arguments,
  type CommandSpec,
  type Flags,
  type FlagValues,
  parseArguments,
  type runFlags,
  type tenantFlags,
  type trustLiveFlag,
} from './arguments.ts'
import { asCalled, shortEcho } from './called.ts'
import { helpText } from './help-text.ts'
import { commandOutput, type Output } from './output.ts'
import { divertOthers, stdout, streamFailures } from './stdout.ts'
import { supervised } from './supervise.ts'

/** What a recipe's body works with. */
export interface Command<Spec extends Pick<CommandSpec, 'positionals' | 'flags'> = AnySpec>
  extends Arguments<Spec> {
  readonly output: Output
  /** The schema filter, where it was given as an argument. */
  readonly filter?: string
  /** Aborts on SIGINT, SIGTERM and SIGHUP with the signal's name as the reason, else with a MigError. */
  readonly signal: AbortSignal
}

/** A command that has these flags, among others. */
export type CommandWith<Given extends Flags> = Command<{
  readonly positionals: Readonly<Record<never, never>>
  readonly flags: Given
}>

/** What every recipe has: the common flags. */
interface AnySpec {
  readonly positionals: Readonly<Record<never, never>>
  readonly flags: Readonly<Record<never, never>>
}

/**
 * Runs a recipe: parses its arguments, reads `.env`, answers `--help`, keeps the process's end right (`supervised`),
 * and turns an error into its text and exit code. A number that `body` returns is the exit code.
 * @param argv what was typed after its name
 */
export async function runCommand<Spec extends CommandSpec>(
  spec: Spec,
  argv: readonly string[],
  body: (command: Command<Spec>) => Promise<unknown>,
): Promise<void> {
  const streams = streamFailures()
  let output: Output | undefined
  let stopped: AbortSignal | undefined
  try {
    const args = parseArguments(spec, argv)
    if (args.flags.help === true) {
      stdout.write(asCalled(helpText(spec)))
      return
    }
    divertOthers()
    const code = await supervised((supervision) => {
      stopped = supervision.signal
      Object.assign(process.env, readVariables(process.cwd(), process.env))
      output = noting(commandOutput(args.flags, process.env), supervision.note)
      const { schemas } = args.positionals
      const filter = args.given.has('schemas') && schemas !== undefined ? { filter: schemas } : {}
      return body({ ...args, ...filter, output, signal: supervision.signal })
    })
    await streams.check()
    process.exitCode = typeof code === 'number' ? code : exitCodes.done
  } catch (error) {
    const shown = output ?? commandOutput({ json: argv.includes('--json') }, {})
    const reason = shortEcho(explained(interruption(error, stopped)), argv)
    shown.error(reason)
    process.exitCode = reason instanceof MigError ? reason.exitCode : 1
  }
}

function noting(output: Output, note: (event: MigEvent) => void): Output {
  return {
    ...output,
    event(event) {
      note(event)
      output.event(event)
    },
  }
}

function interruption(error: unknown, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted !== true || error instanceof MigError) return error
  if (signal.reason instanceof MigError) return signal.reason
  return new MigError('interrupted', `interrupted by ${String(signal.reason)}`, {
    help: 'run the same command again to go on',
    exitCode: interruptExitCode(signal.reason),
    cause: error,
  })
}

/** An error of the driver, which no part of core has explained, as one for people. */
function explained(error: unknown): unknown {
  if (isUnwritable(error)) {
    return new MigError('cannot-write', `cannot write ${error.path ?? 'a file'}: ${error.message}`, {
      help: 'free disk space, let this user write there, or name a temp folder that it can write to: TMPDIR=/path',
      cause: error,
    })
  }
  const isOfServer = error instanceof Error && 'severity' in error && 'code' in error
  if (!isOfServer && (error instanceof MigError || !isConnectionLost(error))) return error
  const told = databaseError(error)
  return told.help === undefined
    ? databaseError(error, { help: 'see what is applied: just mig-current' })
    : told
}

/** A file system that is read-only or full, or a folder that cannot be made: Node's own error, which nobody caught. */
function isUnwritable(error: unknown): error is NodeJS.ErrnoException {
  if (!(error instanceof Error && 'code' in error && 'syscall' in error)) return false
  if (['EROFS', 'ENOSPC', 'EDQUOT'].includes(String(error.code))) return true
  const isMaking = ['mkdir', 'mkdtemp', 'rename'].includes(String(error.syscall))
  return isMaking && ['EACCES', 'EPERM', 'ENOENT'].includes(String(error.code))
}

type EnvironmentFlags = typeof runFlags & typeof tenantFlags & { 'trust-live': typeof trustLiveFlag }

export function commandEnvironment({
  flags,
  filter,
}: {
  readonly flags: FlagValues<EnvironmentFlags> & Command['flags']
  readonly filter?: string
}): Promise<Environment> {
  const { transaction, tenants, shard, x } = flags
  if (
    transaction !== undefined &&
    transaction !== 'run' &&
    transaction !== 'revision' &&
    transaction !== 'batch'
  ) {
    throw new MigError(
      'bad-flag',
      `--transaction is revision, run or batch, not ${JSON.stringify(transaction)}`,
      { help: 'write --transaction=revision, --transaction=run or --transaction=batch' },
    )
  }
  return loadEnvironment({
    root: process.cwd(),
    ...{ filter, tenants, shard, x, transaction },
    databaseUrl: flags['database-url'],
    lockWait: flags['lock-wait'],
    lockTimeout: flags['lock-timeout'],
    statementTimeout: flags['statement-timeout'],
    trustLive: flags['trust-live'],
  })
}

/**
 * Opens everything that a recipe on a database needs, says on the first line which database and schemas it
 * talks to, runs `body`, and closes it all.
 * @param given default: the project of `commandEnvironment`
 */
export async function usingProject<Result>(
  command: Parameters<typeof commandEnvironment>[0] & Pick<Command, 'output' | 'signal'>,
  body: (session: Session, project: Project) => Promise<Result>,
  given?: Project,
): Promise<Result> {
  const project = given ?? openProject(await commandEnvironment(command))
  const { env } = project
  const { output, signal } = command
  // Said before the connection is made: where it fails, this is what one wants to see.
  if (env.databaseUrl !== null) sayWhere(command, env, env.databaseUrl)
  return usingSession(env, { emit: output.event, signal }, async (session) => {
    if (env.databaseUrl === null) sayWhere(command, env, session.url ?? '')
    return body(session, project)
  })
}

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
  } else {
    const named = schemas.length === 0 ? '' : ` · schemas ${schemas.join(', ')}`
    output.remark(output.style.dim(`database ${database} (${env.databaseSource})${named}`))
  }
}

/**
 * Starts the script that Node was given itself, as in `node scripts/mig-upgrade.ts`: it exports what the launchers call,
 * and would end with exit code 0 and nothing done. Under a launcher the launcher is what Node was given.
 */
async function startDirectly([, file = '', ...argv]: readonly string[]): Promise<void> {
  if (!/[\\/]scripts[\\/][\w-]+\.ts$/.test(file)) return
  const script: { readonly main: (argv: readonly string[], root: string) => Promise<void> } = await import(
    pathToFileURL(file).href
  )
  await script.main(argv, join(dirname(file), '..'))
}

void startDirectly(process.argv)
