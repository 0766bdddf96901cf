import { hostname } from 'node:os'
import type { LockHolder } from '../events.ts'

/** Whether the program behind a session is still there: only a runner on this machine can be looked up. */
export type HolderLife = 'alive' | 'dead' | 'unknown'

const runnerName = /^just-mig (\d+)@(.+)$/

/** What can be known of the runner that holds a lock, from its application_name. */
export function holderLife({ application }: Pick<LockHolder, 'application'>): HolderLife {
  const [, pid, machine] = runnerName.exec(application) ?? []
  // The name is cut to 63 bytes, and so may be the machine's.
  if (pid === undefined || machine === undefined || machine !== hostname().slice(0, machine.length)) {
    return 'unknown'
  }
  if (machine !== hostname() && application.length < 63) return 'unknown'
  return processExists(Number(pid)) ? 'alive' : 'dead'
}

/** What is known of a holder's life, in words. */
export function lifeText(holder: Pick<LockHolder, 'application'>): string {
  const life = holderLife(holder)
  if (life !== 'unknown') return life
  return runnerName.test(holder.application) ? 'on another machine' : 'not a runner of just-mig'
}

function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: it is there, and another user's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
