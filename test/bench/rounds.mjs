import { childrenCpu, pulse } from './machine.mjs'

/**
 * @typedef {object} Contestant somebody who does the work, timed
 * @property {string} name
 * @property {boolean} [cold] begins with nothing kept from a run before: no round without counting is needed
 * @property {() => Promise<unknown>} [before]
 * @property {() => Promise<unknown>} run
 * @property {() => Promise<unknown>} [after] comes after a run that failed, too
 */

/**
 * @typedef {object} Comparison
 * @property {string} ours name of a contestant
 * @property {string} [theirs] another one's; without it the aim is a time
 * @property {number} [aim] the ratio is to be at most this; without `theirs`, the seconds
 */

/**
 * @typedef {object} Trial
 * @property {readonly Contestant[]} contestants
 * @property {readonly Comparison[]} comparisons
 * @property {() => Promise<unknown>} [after]
 */

/** @typedef {{ readonly name: string, readonly ms: number[], readonly cpu: number[] }} Timed milliseconds of the clock and of the processor, by round */

/**
 * Lets all contestants run in each round, each round begun by another one: what a machine does to a round it does to all.
 * @param {readonly Contestant[]} contestants
 * @param {{ readonly rounds: number, readonly warmUp: boolean, readonly serverCpu: () => number, readonly progress: (round: number, name: string) => void }} how
 */
export async function inTurns(contestants, { rounds, warmUp, serverCpu, progress }) {
  /** @type {Timed[]} */
  const timed = contestants.map(({ name }) => ({ name, ms: [], cpu: [] }))
  /** @type {number[]} */
  const pulses = []
  for (let round = warmUp ? 0 : 1; round <= rounds; round++) {
    if (round > 0) pulses.push(pulse())
    for (let turn = 0; turn < contestants.length; turn++) {
      const at = (turn + round) % contestants.length
      const contestant = contestants[at]
      if (contestant === undefined || (round === 0 && contestant.cold)) continue
      progress(round, contestant.name)
      const { ms, cpu } = await time(contestant, serverCpu)
      if (round === 0) continue
      timed[at]?.ms.push(ms)
      timed[at]?.cpu.push(cpu)
    }
  }
  return { timed, pulses }
}

/** @param {Contestant} contestant @param {() => number} serverCpu */
async function time({ before, run, after }, serverCpu) {
  await before?.()
  try {
    const cpuBefore = used(serverCpu)
    const started = performance.now()
    await run()
    const ms = performance.now() - started
    return { ms, cpu: used(serverCpu) - cpuBefore }
  } finally {
    await after?.()
  }
}

/** @param {() => number} serverCpu */
function used(serverCpu) {
  const { user, system } = process.cpuUsage()
  return childrenCpu() + serverCpu() + (user + system) / 1000
}
