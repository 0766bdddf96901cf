import { inTurns } from './rounds.mjs'
import { ratio, summary } from './statistics.mjs'

/**
 * @typedef {import('./statistics.mjs').Summary} Summary
 * @typedef {import('./measures/measure.mjs').Measure} Measure
 * @typedef {import('./measures/measure.mjs').Bench} Bench
 * @typedef {import('./rounds.mjs').Timed} Timed
 */

/** @typedef {Timed & { readonly value: Summary }} Figure */
/** @typedef {import('./rounds.mjs').Comparison & { readonly value: Summary, readonly met?: boolean }} Compared its aim, where it has one, is met or not */

/**
 * @typedef {object} Result of one measure, on one server, at one size
 * @property {string} measure
 * @property {string} about
 * @property {string} unit
 * @property {string} server
 * @property {number} size
 * @property {readonly Figure[]} figures
 * @property {readonly Compared[]} compared
 */

/** @typedef {{ readonly rounds: number, readonly cpu: boolean, readonly progress: (line: string) => void }} How */

/**
 * Runs one measure at one size.
 * @param {Measure} measure @param {Bench} bench @param {number} size @param {How} how
 * @returns {Promise<{ result: Result, pulses: readonly number[] }>}
 */
export async function resultOf(measure, bench, size, { rounds, cpu, progress }) {
  const label = `${bench.server.name} ${measure.name}${measure.unit === '' ? '' : ` ${size}`}`
  progress(`${label}: prepares`)
  const { contestants, comparisons, after } = await measure.prepare(bench, size)
  try {
    const { timed, pulses } = await inTurns(contestants, {
      rounds,
      warmUp: rounds > 1 && measure.warmUp !== false,
      serverCpu: bench.server.cpu,
      progress: (round, name) =>
        progress(`${label}: ${round === 0 ? 'warm-up' : `round ${round} of ${rounds}`}, ${name}`),
    })
    const values = (/** @type {Timed | undefined} */ one) => (cpu ? one?.cpu : one?.ms) ?? []
    const { name, about, unit } = measure
    const result = {
      ...{ measure: name, about, unit, server: bench.server.name, size },
      figures: timed.map((one) => ({ ...one, value: summary(values(one)) })),
      compared: comparisons.flatMap((comparison) => {
        const [ours = [], theirs = []] = [comparison.ours, comparison.theirs].map((wanted) =>
          values(timed.find((one) => one.name === wanted)),
        )
        const { aim } = comparison
        if (comparison.theirs === undefined ? aim === undefined : theirs.length === 0) return []
        const value = comparison.theirs === undefined ? summary(ours) : ratio(ours, theirs)
        const reached = comparison.theirs === undefined ? value.median / 1000 : value.median
        return [{ ...comparison, value, ...(aim === undefined ? {} : { met: reached <= aim }) }]
      }),
    }
    return { result, pulses }
  } finally {
    await after?.()
  }
}
