// Runs expressions on texts. What it is at stands in shared memory, so that who waits knows what hangs: a message for each
// text costs more than most expressions do.
import { parentPort, workerData } from 'node:worker_threads'

const { jobs, prefixes, length, place } = workerData
const at = new Int32Array(place)
/** @type {Map<string, string>} */
const made = new Map()

/**
 * Expressions share most texts, and to make one costs ten times what a search in it does.
 * @param {string} prefix
 * @param {string} pump
 */
function textOf(prefix, pump) {
  const key = JSON.stringify([prefix, pump])
  const known = made.get(key)
  if (known !== undefined) return known
  // Neither the end of a line nor that of a text is where most expressions would have it.
  const text = `${prefix}${pump.repeat(Math.ceil(length / pump.length))}\n\u0000`
  // Longer ones are of a few expressions each, and all of them would take half a gigabyte.
  if (pump.length <= 2) made.set(key, text)
  return text
}

for (const [job, { source, flags, pumps }] of jobs.entries()) {
  const expression = new RegExp(source, flags.replace('g', ''))
  for (const [pump, repeated] of pumps.entries()) {
    for (const [start, prefix] of prefixes.entries()) {
      const text = textOf(prefix, repeated)
      for (const [index, value] of [job, pump, start].entries()) Atomics.store(at, index, value)
      Atomics.add(at, 3, 1)
      expression.lastIndex = 0
      expression.test(text)
    }
  }
}
parentPort?.postMessage('done')
