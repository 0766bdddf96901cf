// Runs expressions on texts, and says before each which one it is at, so that who waits knows what hangs.
import { parentPort, workerData } from 'node:worker_threads'

for (const { source, flags, prefixes, pumps, length } of workerData.jobs) {
  const expression = new RegExp(source, flags.replace('g', ''))
  for (const pump of pumps) {
    for (const prefix of prefixes) {
      parentPort?.postMessage({ source, flags, pump, prefix })
      expression.lastIndex = 0
      // Neither the end of a line nor that of a text is where most expressions would have it.
      expression.test(`${prefix}${pump.repeat(Math.ceil(length / pump.length))}\n\u0000`)
    }
  }
}
parentPort?.postMessage('done')
