import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { MigError } from '../../errors.ts'
import { inOwnGroup, killGroup } from '../../process-group.ts'

export interface ToolRequest {
  readonly command: string
  readonly args: readonly string[]
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
  /** A line for its standard input, which answers follow; without it there is none to read from. */
  readonly input?: string
  /** No network but the scratch database's socket, where the system can do that. */
  readonly fence: boolean
  readonly signal: AbortSignal | undefined
  /** One line of its standard output; what it gives is written back. */
  readonly onLine: (line: string) => Promise<string | undefined> | string | undefined
  /** What it is at, for the error when it stands still. */
  readonly at: () => string
  /** How many milliseconds it may say nothing; then it is waiting for something that will not come. Two minutes. */
  readonly patience?: number
}

export interface ToolEnd {
  readonly exitCode: number | null
  /** The end of what it wrote to standard error. */
  readonly said: string
}

const kept = 20_000

/**
 * Runs a tool to its end, with nobody to ask: its standard input is ours. It and what it has started are killed when
 * we are interrupted, or when it stands still.
 * @throws MigError `tool-not-found`, `tool-hangs`; the signal's reason
 */
export async function runTool(request: ToolRequest): Promise<ToolEnd> {
  const { signal, onLine, patience = 120_000 } = request
  signal?.throwIfAborted()
  const [command, ...args] = [...(request.fence ? fence() : []), request.command, ...request.args]
  const child = spawn(command ?? '', args, {
    cwd: request.cwd,
    env: request.env,
    stdio: ['pipe', 'pipe', 'pipe'],
    ...inOwnGroup,
    windowsHide: true,
  })
  let said = ''
  let failure: unknown
  const end = (reason: unknown) => {
    failure ??= reason
    killGroup(child)
  }
  const abort = () => end(signal?.reason)
  signal?.addEventListener('abort', abort)
  const waiting = setTimeout(() => end(hangs(request.at(), patience, said)), patience)
  child.once('error', (error) => end(notFound(request.command, error)))
  // A tool that has ended reads no more.
  child.stdin.on('error', () => undefined)
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    waiting.refresh()
    said = `${said}${text}`.slice(-kept)
  })
  if (request.input === undefined) child.stdin.end()
  else child.stdin.write(`${request.input}\n`)
  const closed = once(child, 'close').catch(() => undefined)
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      waiting.refresh()
      const answer = await onLine(line)
      if (answer !== undefined) child.stdin.write(`${answer}\n`)
    }
  } catch (error) {
    end(error)
  }
  await closed
  clearTimeout(waiting)
  signal?.removeEventListener('abort', abort)
  // What it has started may outlive it.
  killGroup(child)
  if (failure !== undefined) throw failure
  return { exitCode: child.exitCode, said }
}

/** By the PATH that it was looked for in. */
const fences = new Map<string | undefined, readonly string[]>()

/** What starts a program without a network, or nothing where that cannot be done (unshare(1), Linux). */
export function fence(): readonly string[] {
  const known = fences.get(process.env.PATH)
  if (known !== undefined) return known
  const ways =
    process.platform === 'linux'
      ? [
          ['unshare', '-n'],
          ['unshare', '-rn'],
        ]
      : []
  const found =
    ways.find(([command = '', ...flags]) => spawnSync(command, [...flags, 'true']).status === 0) ?? []
  fences.set(process.env.PATH, found)
  return found
}

function hangs(at: string, patience: number, said: string): MigError {
  return new MigError('tool-hangs', `the tool has printed nothing for ${patience / 1000} s, ${at}`, {
    help:
      said.trim() === ''
        ? 'it may be waiting for another program or a lock: check it, then import again'
        : `the last lines that it printed: ${lastLines(said)}`,
  })
}

export function lastLines(said: string, count = 8): string {
  return said.trim().split('\n').slice(-count).join('\n')
}

function notFound(command: string, cause: unknown): MigError {
  return new MigError('tool-not-found', `${command} cannot be started`, {
    help: 'install it, or name the program by which it runs',
    cause,
  })
}
