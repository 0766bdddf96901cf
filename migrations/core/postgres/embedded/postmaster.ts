import { readFileSync, readlinkSync, realpathSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { errorCode } from '../../errors.ts'
import { processExists } from '../../process-group.ts'

/** A server process, as its `postmaster.pid` tells. */
export interface Postmaster {
  readonly pid: number
  readonly port: number
  readonly state: 'starting' | 'ready' | 'stopping'
}

/**
 * The live server of a data directory, or undefined. A `postmaster.pid` may be stale and its number given to
 * another process since, so that the process is looked at too.
 *
 * Lines of the file: 1 the process, 4 the port, 8 the state (PostgreSQL's `miscadmin.h`).
 */
export async function livePostmaster(dataDir: string): Promise<Postmaster | undefined> {
  const lines = pidFileLines(dataDir)
  const pid = Number(lines?.[0])
  if (!Number.isInteger(pid) || pid <= 0 || !processExists(pid)) return undefined
  const port = Number(lines?.[3]) || 0
  const word = lines?.[7]?.trim()
  const state = word === 'ready' ? 'ready' : word === 'stopping' ? 'stopping' : 'starting'
  const served =
    process.platform === 'linux' ? isServing(pid, dataDir) : state !== 'ready' || (await answers(port))
  return served ? { pid, port, state } : undefined
}

/** Is there a `postmaster.pid`, whether or not its server lives? */
export function hasPidFile(dataDir: string): boolean {
  return pidFileLines(dataDir) !== undefined
}

function pidFileLines(dataDir: string): string[] | undefined {
  try {
    return readFileSync(join(dataDir, 'postmaster.pid'), 'utf8').split('\n')
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return undefined
    throw error
  }
}

/** A server's working directory is its data directory. */
function isServing(pid: number, dataDir: string): boolean {
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(dataDir)
  } catch {
    return false
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: 1000 })
    const end = (answer: boolean) => () => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('connect', end(true)).once('error', end(false)).once('timeout', end(false))
  })
}
