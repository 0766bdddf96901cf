// npm run bench: times the recipes against other tools; `npm run bench -- --help` says how.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readChoices } from './choices.mjs'
import { load } from './machine.mjs'
import { batch } from './measures/batch.mjs'
import { clone } from './measures/clone.mjs'
import { current } from './measures/current.mjs'
import { models } from './measures/models.mjs'
import { start } from './measures/start.mjs'
import { tenants } from './measures/tenants.mjs'
import { upgrade } from './measures/upgrade.mjs'
import { verify } from './measures/verify.mjs'
import { findPeers } from './peers.mjs'
import { interruption } from './programs.mjs'
import { makeProject } from './project.mjs'
import { report } from './report.mjs'
import { resultOf } from './results.mjs'
import { startServer } from './servers.mjs'

/** @type {readonly import('./measures/measure.mjs').Measure[]} */
const measures = [start, current, upgrade, batch, clone, models, tenants, verify]

const started = performance.now()
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM']))
  process.on(signal, () => interruption.abort(new Error(`interrupted by ${signal}`)))

try {
  const choices = readChoices(process.argv.slice(2), measures)
  if (typeof choices === 'string') process.stdout.write(choices)
  else await bench(choices)
} catch (error) {
  const { aborted, reason } = interruption.signal
  if (!(error instanceof TypeError) && !aborted) throw error
  const said = aborted ? reason : error
  process.stderr.write(`${said instanceof Error ? said.message : ''}\nhelp: npm run bench -- --help\n`)
  process.exitCode = aborted ? 130 : 2
}

/** @param {import('./choices.mjs').Choices} choices */
async function bench(choices) {
  const loadBefore = load()
  const work = mkdtempSync(join(tmpdir(), 'just-mig-bench-'))
  const peers = await findPeers()
  const skipped = [...peers.absent]
  const skip = (/** @type {string} */ line) => {
    if (!skipped.includes(line)) skipped.push(line)
  }
  /** @type {import('./results.mjs').Result[]} */
  const results = []
  /** @type {number[]} */
  const pulses = []
  const servers = []
  try {
    for (const name of choices.servers) {
      progress(`starts the ${name} server`)
      const server = await startServer(name, choices.dir)
      servers.push(server)
      try {
        const project = makeProject(join(work, name))
        for (const [measure, size] of chosen(choices)) {
          try {
            const found = await resultOf(measure, { server, project, peers, skip }, size, {
              ...choices,
              progress,
            })
            results.push(found.result)
            pulses.push(...found.pulses)
          } catch (error) {
            interruption.signal.throwIfAborted()
            // The other figures are not lost with it.
            process.exitCode = 1
            skip(`${measure.name} ${size} on the ${name} server failed: ${String(error)}`)
          }
        }
      } finally {
        await server.stop()
      }
    }
    report({ choices, results, skipped, servers, loadBefore, pulses })
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

/** What is to be measured, each with its sizes. @param {import('./choices.mjs').Choices} choices */
function chosen({ only, sizes, full }) {
  return measures
    .filter(({ name }) => only.includes(name))
    .flatMap((measure) => {
      const own = full ? measure.fullSizes : measure.sizes
      const wanted = measure.unit === '' ? own : (sizes ?? own)
      return wanted.map((size) => /** @type {const} */ ([measure, size]))
    })
}

/** @param {string} line */
function progress(line) {
  const seconds = ((performance.now() - started) / 1000).toFixed(0)
  process.stderr.write(`${seconds.padStart(5)} s  ${line}\n`)
}
