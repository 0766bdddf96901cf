import { basename } from 'node:path'
import { isShell, type ParentSignal, parentSignal, readProcess } from './parent-signals.ts'

const interval = 250

/**
 * Calls `onEnd` once when the process that started this one, or a launcher above it, is gone (as SIGTERM) or has
 * received a signal that it does not hand on: a supervisor signals the process that it started, and not every launcher hands the signal on.
 * Watched are the parent and, where the system has /proc, what stands above it for as long as that is a launcher:
 * just, make, npm, node, or a shell that runs a script. An interactive shell is not: from there a run may be put into
 * the background.
 */
export function watchParents(onEnd: (signal: NodeJS.Signals) => void): { readonly stop: () => void } {
  const chain = launchers()
  if (chain.length === 0) return { stop: () => undefined }
  const timer = setInterval(() => {
    const isGone = chain.some(({ child, parent }) => parentOf(child) !== parent)
    const signals = chain.map(({ signal }) => signal())
    const signal = isGone ? 'SIGTERM' : signals.find((each) => each !== undefined)
    if (signal === undefined) return
    clearInterval(timer)
    onEnd(signal)
  }, interval)
  timer.unref()
  return { stop: () => clearInterval(timer) }
}

/** A process and the parent that it had at the start. */
interface Link {
  readonly child: number
  readonly parent: number
  readonly signal: ParentSignal
}

function launchers(): readonly Link[] {
  const links: Link[] = []
  for (let child = process.pid; ; ) {
    const parent = parentOf(child)
    // Process 1 outlives everybody, and 0 stands for a parent outside of the container.
    if (parent === undefined || parent <= 1) return links
    const words = commandOf(parent)
    if (isInteractive(words)) return links
    links.push({ child, parent, signal: parentSignal(basename(words?.[0] ?? ''), parent) })
    if (words === undefined || !isLauncher(words)) return links
    child = parent
  }
}

/** Undefined for a process that is gone. */
function parentOf(pid: number): number | undefined {
  if (pid === process.pid) return process.ppid
  const stat = readProcess(pid, 'stat')
  // The name of the program, in parentheses, may hold anything.
  const parent = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[1]
  return parent === undefined ? undefined : Number(parent)
}

function commandOf(pid: number): readonly string[] | undefined {
  const text = readProcess(pid, 'cmdline')
  return text === undefined || text === '' ? undefined : text.split('\0').filter((word) => word !== '')
}

function isInteractive([program = '', ...words]: readonly string[] = []): boolean {
  return isShell(program) && words.every((word) => word.startsWith('-') && !/^-[a-z]*c/.test(word))
}

/** npm writes its own words over its command line: `npm run mig`. */
function isLauncher([program = '']: readonly string[]): boolean {
  return isShell(program) || /^(?:.*\/)?(?:just|g?make|node|npm|npx|pnpm|yarn)(?:\s|$)/.test(program)
}
