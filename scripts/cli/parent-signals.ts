import { readdirSync, readFileSync } from 'node:fs'

// Bound now: while models are loaded, node:fs notes what is read as an input of theirs, and this is none.
const readText = readFileSync
const readNames = readdirSync

/** Tells, at each call, of a signal that a launcher has received and keeps to itself. */
export type ParentSignal = () => NodeJS.Signals | undefined

/**
 * What can be seen from outside, on Linux, of a launcher that was told to end and waits for its children instead: a
 * terminal sends SIGINT and SIGHUP to all of them, and so just, make and a shell do not hand these on.
 * @param program the launcher's file name
 * @param pid of the launcher
 */
export function parentSignal(program: string, pid: number): ParentSignal {
  if (/^g?make$/.test(program)) return signalOfMake(pid)
  if (program === 'just') return wakingOf(pid, () => threadNamed(pid, 'signal handler'))
  return isShell(program) ? wakingOf(pid, () => loneWaiter(pid)) : () => undefined
}

const fatal = [
  ['SIGHUP', 1n],
  ['SIGINT', 2n],
] as const

/**
 * GNU make waits for its children inside of the signal's handler (fatal_error_signal in its commands.c), where the
 * signal is blocked and no longer caught. Seen twice, since make blocks its signals whenever it starts a process.
 */
function signalOfMake(pid: number): ParentSignal {
  let before: NodeJS.Signals | undefined
  return () => {
    const status = readProcess(pid, 'status') ?? ''
    const mask = (name: string) => BigInt(`0x${field(status, name) ?? '0'}`)
    const [blocked, caught] = [mask('SigBlk'), mask('SigCgt')]
    const has = (set: bigint, number: bigint) => (set & (1n << (number - 1n))) !== 0n
    const found = fatal.find(([, number]) => has(blocked, number) && !has(caught, number))?.[0]
    const result = found === before ? found : undefined
    before = found
    return result
  }
}

/** A process that was stopped together with its parent, as by Ctrl-Z, has not looked for longer than this. */
const longestPause = 1000

/**
 * just has a thread that does nothing but wait for a signal (SIGHUP, SIGINT, SIGQUIT; SIGTERM is handed on), and a shell
 * with one child waits for that child or a signal (npm run has one between), so when the thread has run, one has come.
 * A stop and a continuation wake it too, and do not count.
 * @param waiter the thread that waits, as it is now
 */
function wakingOf(pid: number, waiter: () => string | undefined): ParentSignal {
  const count = () => {
    const thread = waiter()
    return thread === undefined ? undefined : switches(pid, thread)
  }
  let known = count()
  let looked = Date.now()
  return () => {
    const pause = Date.now() - looked
    looked = Date.now()
    const now = count()
    const wasStopped = now === undefined || known === undefined || pause > longestPause
    const isWoken = !wasStopped && now !== known
    known = now
    return isWoken ? 'SIGINT' : undefined
  }
}

export function isShell(program: string): boolean {
  return /^-?(?:.*\/)?(?:sh|dash|ash|bash|zsh|ksh|fish|busybox)$/.test(program)
}

/** The main thread of a shell that has one child: the end of another would wake it. */
function loneWaiter(pid: number): string | undefined {
  const children = readProcess(pid, `task/${pid}/children`)?.trim().split(' ')
  return children?.length === 1 ? String(pid) : undefined
}

function threadNamed(pid: number, name: string): string | undefined {
  try {
    return readNames(`/proc/${pid}/task`).find(
      (thread) => readProcess(pid, `task/${thread}/comm`)?.trim() === name,
    )
  } catch {
    return undefined
  }
}

/** How often a thread has waited; undefined for one that is stopped or gone. */
function switches(pid: number, thread: string): string | undefined {
  const status = readProcess(pid, `task/${thread}/status`) ?? ''
  return field(status, 'State')?.startsWith('T') === true
    ? undefined
    : field(status, 'voluntary_ctxt_switches')
}

function field(status: string, name: string): string | undefined {
  return new RegExp(`^${name}:\\s*(\\w+)`, 'm').exec(status)?.[1]
}

/** A file of /proc about a process; undefined where there is no /proc, or no such process any more. */
export function readProcess(pid: number, file: string): string | undefined {
  try {
    return readText(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return undefined
  }
}
