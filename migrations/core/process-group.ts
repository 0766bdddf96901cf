import type { ChildProcess } from 'node:child_process'
import { errorCode } from './errors.ts'

/** For a process that is ended with all that it starts; Windows has no groups of processes. */
export const inOwnGroup = { detached: process.platform !== 'win32' }

/** Ends a process that was started {@link inOwnGroup}, and what it has started; nothing where all are gone. */
export function killGroup({ pid }: Pick<ChildProcess, 'pid'>): void {
  if (pid === undefined) return
  try {
    process.kill(inOwnGroup.detached ? -pid : pid, 'SIGKILL')
  } catch (error) {
    if (errorCode(error) !== 'ESRCH') throw error
  }
}

/** Whether a process exists, whoever it belongs to. */
export function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return errorCode(error) === 'EPERM'
  }
}
