import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { cpus, loadavg, platform, release, totalmem } from 'node:os'

/** What the figures were taken on: nothing that names a host or a user. */
export function machine() {
  const [first] = cpus()
  return {
    cores: cpus().length,
    processor: first?.model.trim() ?? 'unknown',
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    system: `${platform()} ${release().split('-')[0]}`,
    node: process.versions.node,
  }
}

/** Of the last minute. */
export function load() {
  return loadavg()[0] ?? 0
}

/** The milliseconds that the same arithmetic takes now: it becomes slower when others use the processor. */
export function pulse() {
  const started = performance.now()
  let sum = 0
  for (let at = 1; at < 20_000_000; at++) sum = (sum * 31 + at) | 0
  return sum === 0.5 ? 0 : performance.now() - started
}

/** How many of the units of /proc are a second; undefined where there is no /proc. */
const ticks = (() => {
  try {
    readFileSync('/proc/self/stat')
    return Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }))
  } catch {
    return undefined
  }
})()

/** Milliseconds of the processor that the ended children of this process took, theirs included; NaN where the system does not tell. */
export function childrenCpu() {
  return ticks === undefined ? Number.NaN : (times('self').children / ticks) * 1000
}

/** That of a PostgreSQL server: its own, that of its children, and that of those which are gone. @param {number} pid */
export function serverCpu(pid) {
  if (ticks === undefined) return Number.NaN
  for (;;) {
    const own = times(pid)
    let sum = own.used + own.children
    for (const name of readdirSync('/proc')) {
      if (!/^\d+$/.test(name)) continue
      try {
        const { parent, used } = times(name)
        if (parent === pid) sum += used
      } catch {
        // It has ended since.
      }
    }
    // A child that has ended meanwhile is in one of the two, in both or in none.
    if (times(pid).children === own.children) return (sum / ticks) * 1000
  }
}

/** Of proc(5), `/proc/[pid]/stat`. @param {number | string} of */
function times(of) {
  const fields = readFileSync(`/proc/${of}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ')
    .map(Number)
  const [parent = 0, user = 0, system = 0, ofChildren = 0, systemOfChildren = 0] = [1, 11, 12, 13, 14].map(
    (field) => fields[field] ?? 0,
  )
  return { parent, used: user + system, children: ofChildren + systemOfChildren }
}
