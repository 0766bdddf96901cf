// What several runs of the same come to, and whether they can be trusted.

/** Half of what lies between the shortest and the longest run may be this share of the median. */
export const spreadLimit = 0.2
/** A spread below this says nothing of the machine, however short the runs are: the clock of the processor counts in such steps. */
const spreadFloor = 10
/** The share of figures that may be beyond the limit. */
const noisyShare = 0.1

/**
 * @typedef {object} Summary
 * @property {number} median
 * @property {number} spread half of what lies between the least and the most, as a share of the median
 * @property {boolean} noisy whether the spread is beyond the limit
 */

/** The middle value; of an even number of values, the mean of the middle two. @param {readonly number[]} values */
export function median(values) {
  const sorted = values.toSorted((a, b) => a - b)
  const high = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
  return sorted.length % 2 === 1 ? high : (high + (sorted[sorted.length / 2 - 1] ?? Number.NaN)) / 2
}

/** @param {readonly number[]} values @param {number} [floor] a spread that is no noise @returns {Summary} */
export function summary(values, floor = spreadFloor) {
  const middle = median(values)
  const half = values.length === 0 ? 0 : (Math.max(...values) - Math.min(...values)) / 2
  return { median: middle, spread: half / middle, noisy: half > floor && half / middle > spreadLimit }
}

/**
 * One side against the other, round by round: both ran one after the other, so a machine that becomes slower makes both slower.
 * @param {readonly number[]} ours @param {readonly number[]} theirs
 */
export function ratio(ours, theirs) {
  return summary(
    ours.map((value, at) => value / (theirs[at] ?? Number.NaN)),
    0,
  )
}

/**
 * @typedef {object} Noise
 * @property {number} cores
 * @property {number} loadBefore of the last minute before the first round
 * @property {readonly number[]} pulses milliseconds that the same arithmetic took before each round
 * @property {readonly Summary[]} figures
 */

/** Why the figures are not to be trusted; nothing where they are. @param {Noise} noise @returns {readonly string[]} */
export function doubts({ cores, loadBefore, pulses, figures }) {
  const said = []
  if (loadBefore > cores) {
    said.push(`the load at the start was ${loadBefore.toFixed(1)} on ${cores} cores`)
  }
  const pulse = summary(pulses, 0)
  if (pulse.noisy) {
    said.push(`the same arithmetic took ±${percent(pulse.spread)} between rounds`)
  }
  const noisy = figures.filter((figure) => figure.noisy).length
  if (noisy > figures.length * noisyShare) {
    said.push(`${noisy} of ${figures.length} figures spread by more than ±${percent(spreadLimit)}`)
  }
  return said
}

/** @param {number} share */
export function percent(share) {
  return `${Math.round(share * 100)} %`
}
