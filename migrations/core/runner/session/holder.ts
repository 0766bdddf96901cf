import { createHash } from 'node:crypto'
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import type { LockHolder } from '../../events.ts'
import { processExists } from '../../process-group.ts'

/** Whether the program behind a session is still at work; an `outsider` is not a runner, whatever its name says. */
export type HolderLife = 'alive' | 'dead' | 'unknown' | 'outsider'

/** What a holder's life is known by. */
type Seen = Pick<LockHolder, 'application' | 'silentFor' | 'isNear' | 'mayRun'>

/** A runner whose session has nothing to do sends an empty query this often, in milliseconds. */
export const heartbeat = 5000

/** Seconds without a heartbeat after which a runner is dead; one that was only stopped has missed twelve. */
const silentWhenDead = 60

const runnerName = /^just-mig (\d+)@(\S+?)(?: ([0-9a-f]{8}))?$/

/**
 * The application_name of a runner: its process, its machine, and where that process id counts; in the 63 bytes that
 * PostgreSQL keeps.
 */
export function nameOfRunner(): string {
  const start = `just-mig ${process.pid}@`
  const end = pidSpace === undefined ? '' : ` ${pidSpace}`
  return `${start}${hostname().slice(0, 63 - start.length - end.length)}${end}`
}

/**
 * What can be known of the runner that holds a lock. Where its process id counts here too (one boot of one machine,
 * one PID namespace), the process is there or is not. Else the server tells: a session that runs a statement, or has
 * had a heartbeat, is at work. Two containers may have one host name, so that alone says nothing.
 */
export function holderLife(holder: Seen): HolderLife {
  if (holder.mayRun === false) return 'outsider'
  const { application, silentFor, isNear } = holder
  const [, pid, machine = '', space] = runnerName.exec(application) ?? []
  if (pid === undefined) return 'unknown'
  if (space !== undefined && space === pidSpace) return processExists(Number(pid)) ? 'alive' : 'dead'
  if (silentFor === 0) return 'alive'
  if (space === undefined) {
    // An older version, or a system without /proc: neither a heartbeat nor a PID namespace is known.
    const isHere = machine === hostname() || (application.length === 63 && hostname().startsWith(machine))
    if (!isHere || isNear !== true) return 'unknown'
    return processExists(Number(pid)) ? 'alive' : 'dead'
  }
  if (typeof silentFor !== 'number') return 'unknown'
  return silentFor < silentWhenDead ? 'alive' : 'dead'
}

/** Whether a runner may be at work in a holder's session, so that only a person may end it. */
export function mayBeAtWork(holder: Seen): boolean {
  return ['alive', 'unknown'].includes(holderLife(holder))
}

/** What is known of a holder's life, in words. */
export function lifeText(holder: Seen): string {
  const life = holderLife(holder)
  if (life === 'outsider') return 'not a runner: its role may not write the ledger'
  if (life !== 'unknown') return life
  return runnerName.test(holder.application)
    ? 'on another machine or in another container'
    : 'not a runner of just-mig'
}

/** Names the boot of this machine and the PID namespace of this process; undefined where the system has no /proc. */
const pidSpace = ((): string | undefined => {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')
    const namespace = readlinkSync('/proc/self/ns/pid')
    return createHash('sha256').update(`${boot}${namespace}`).digest('hex').slice(0, 8)
  } catch {
    return undefined
  }
})()
