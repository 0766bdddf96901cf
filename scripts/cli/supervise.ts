import { writeSync } from 'node:fs'
import { setImmediate as turnOver } from 'node:timers/promises'
import {
  type ExitCode,
  endStalledCalls,
  exitCodes,
  interruptExitCode,
  MigError,
  type MigEvent,
} from '../../migrations/core/index.ts'
import { errorText, printable } from '../../migrations/core/report/index.ts'
import { watchParents } from './parents.ts'

/** What keeps a command's end right, whatever happens to its process. */
export interface Supervision {
  /** Aborts with the signal's name as the reason, or with a MigError for what ends the command from inside. */
  readonly signal: AbortSignal
  /** Learns from the events which steps are under way. */
  readonly note: (event: MigEvent) => void
}

/** How long an orderly end may take after the first signal, in milliseconds: five seconds with the process's own end. */
const patience = 4500

/** A parent may hand on what the terminal has sent already; later than this, the second signal is an order. */
const sameSignal = 1000

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

let current: Supervision | undefined

/**
 * Runs a command so that its process ends with the right exit code and a message: signals and a parent that is gone
 * abort it, an error that nobody catches and a `process.exit` of the user's code fail it, a promise that nothing will
 * settle ends it, and 5 seconds after the first of these the process ends in any case.
 * @throws what `body` throws, and MigError `process-exit`, `not-caught`, `never-settles` (exit 3 where a step was
 *   under way or done, else 2)
 */
export async function supervised<Result>(
  body: (supervision: Supervision) => Promise<Result>,
): Promise<Result> {
  // `run-migrations` runs a recipe inside of itself; a program may run several.
  if (current !== undefined) return body(current)
  const steps = stepsUnderWay()
  const stop = new AbortController()
  const { promise: stalled, reject: stall } = rejectable()
  let force: NodeJS.Timeout | undefined
  let stoppedAt = 0
  const exit = process.exit.bind(process)
  const leave = (code: ExitCode) => {
    process.off('exit', onExit)
    exit(code)
  }

  const end = (reason: string | MigError) => {
    stoppedAt = Date.now()
    stop.abort(reason)
    force = setTimeout(() => {
      sayLast(notInTime(reason, steps.text()))
      leave(exitCodeOf(reason))
    }, patience)
    force.unref()
  }
  const onSignal = (signal: NodeJS.Signals) => {
    if (!stop.signal.aborted) end(signal)
    else if (Date.now() - stoppedAt > sameSignal) leave(interruptExitCode(signal))
  }
  const fail = (error: MigError) => {
    if (!stop.signal.aborted) end(error)
    return error
  }
  const onUncaught = (cause: unknown) => void fail(notCaught(cause, steps))
  // A step that waits for the user's function ends in its own way, with its transaction and its row in the log.
  const onEmpty = () => {
    if (!endStalledCalls()) stall(fail(neverSettles(steps)))
  }
  const onExit = () => {
    // Only what goes past process.exit comes here before the command's end.
    sayLast(endedBy('something else', steps))
    process.exitCode = exitCodeAt(steps)
  }
  process.exit = (code) => {
    throw fail(endedBy(`process.exit(${code ?? ''})`, steps))
  }
  for (const signal of signals) process.on(signal, onSignal)
  process.on('uncaughtException', onUncaught)
  process.on('beforeExit', onEmpty)
  process.on('exit', onExit)
  const parents = watchParents((signal) => {
    if (!stop.signal.aborted) end(signal)
  })
  current = { signal: stop.signal, note: steps.note }
  try {
    const result = await Promise.race([body(current), stalled])
    // What nobody awaits may have failed in the last turn of the event loop.
    await turnOver()
    if (stop.signal.reason instanceof MigError) throw stop.signal.reason
    return result
  } finally {
    current = undefined
    clearTimeout(force)
    parents.stop()
    for (const signal of signals) process.off(signal, onSignal)
    process.off('beforeExit', onEmpty)
    process.off('exit', onExit)
    process.off('uncaughtException', onUncaught)
    watchLeftovers(exit)
  }
}

/**
 * Runs commands inside of a program that keeps its own end: they end with this supervision, and do nothing to the process.
 * @throws what `run` throws
 */
export async function supervisedBy<Result>(
  supervision: Supervision,
  run: () => Promise<Result>,
): Promise<Result> {
  current = supervision
  try {
    return await run()
  } finally {
    current = undefined
  }
}

/** How long what the user's code has left open (a timer, a pool) may keep the process after the command's end. */
const leftoverPatience = 2000

/** After the command nothing of the user's code changes its exit code to a better one, or keeps the process. */
function watchLeftovers(exit: (code?: ExitCode) => never): void {
  process.exit = () => exit()
  process.on('uncaughtException', (cause) => {
    sayLast(notCaught(cause, undefined))
    process.exitCode ||= exitCodes.stepFailed
  })
  setTimeout(() => {
    if (process.stdout.writableLength === 0) exit()
  }, leftoverPatience).unref()
}

interface Steps {
  readonly note: (event: MigEvent) => void
  /** What is under way, in words; undefined between steps. */
  readonly text: () => string | undefined
  readonly begun: () => boolean
}

function stepsUnderWay(): Steps {
  const open = new Map<string, string>()
  let begun = false
  return {
    note(event) {
      if (event.event === 'step-start') {
        begun = true
        open.set(event.targetSchema, `${event.direction} ${event.revision} on ${event.targetSchema}`)
      } else if (event.event === 'step-done' || event.event === 'tenant-failed')
        open.delete(event.targetSchema)
    },
    text: () => (open.size === 0 ? undefined : [...open.values()].join(', ')),
    begun: () => begun,
  }
}

function rejectable(): { readonly promise: Promise<never>; readonly reject: (reason: unknown) => void } {
  let reject: (reason: unknown) => void = () => undefined
  const promise = new Promise<never>((_resolve, given) => {
    reject = given
  })
  return { promise, reject }
}

function exitCodeAt(steps: Steps | undefined): ExitCode {
  return steps === undefined || steps.begun() ? exitCodes.stepFailed : exitCodes.usage
}

function exitCodeOf(reason: string | MigError): ExitCode {
  return reason instanceof MigError ? reason.exitCode : interruptExitCode(reason)
}

function endedBy(what: string, steps: Steps): MigError {
  const at = steps.text()
  return new MigError(
    'process-exit',
    `${what} would end the process${at === undefined ? ` ${during(at)}` : ''}`,
    {
      help: `remove process.exit from ${culprits(at)}; return from the function instead`,
      exitCode: exitCodeAt(steps),
    },
  )
}

function notCaught(cause: unknown, steps: Steps | undefined): MigError {
  const at = steps?.text()
  const done = 'after the command was done (what it says is done stays done)'
  const when = at !== undefined ? '' : `, ${steps === undefined ? done : during(at)}`
  const text = cause instanceof Error ? `${cause.message}${frameOf(cause)}` : String(cause)
  return new MigError('not-caught', `an uncaught error${when}: ${text}`, {
    help: `await every promise in ${culprits(at)}, and catch the errors of its timers`,
    exitCode: exitCodeAt(steps),
    cause,
  })
}

function neverSettles(steps: Steps): MigError {
  const at = steps.text()
  return new MigError('never-settles', `a promise that never settles is awaited ${during(at)}`, {
    help: `look at what ${culprits(at)} await: a function of env.ts (tenants, onApply), models, a revision`,
    exitCode: exitCodeAt(steps),
  })
}

/** @param at the steps under way */
function notInTime(reason: string | MigError, at: string | undefined): MigError {
  const why = reason instanceof MigError ? reason.message : `interrupted by ${reason}`
  const left =
    at === undefined
      ? 'no revision was under way'
      : `${at} was under way: the server rolls its open transaction back when it notices that the connection is gone`
  return new MigError(
    reason instanceof MigError ? reason.code : 'interrupted',
    `${why}, and still at work after ${patience / 1000} s; ${left}`,
    { help: 'see what is applied: just mig-current, just mig-status', exitCode: exitCodeOf(reason) },
  )
}

const during = (at: string | undefined): string =>
  at === undefined ? 'while no revision was under way' : `during ${at}`

const culprits = (at: string | undefined): string =>
  at === undefined ? 'env.ts, the models and what they import' : 'the revision and what it imports'

/** Where an error was made, as the first frame that is neither Node's nor a package's. */
function frameOf({ stack = '' }: Error): string {
  const frames = stack.split('\n').filter((line) => /^\s+at /.test(line))
  const own = frames.find((line) => !/node:|node_modules/.test(line))
  return own === undefined ? '' : ` (${own.trim()})`
}

/** Nothing that is written to a stream would arrive any more. */
function sayLast(error: MigError): void {
  try {
    writeSync(2, `${printable(errorText(error))}\n`)
  } catch {
    // A closed stderr has nobody to tell.
  }
}
