// What the benchmark prints and writes at its end.
import { writeFileSync } from 'node:fs'
import { machine } from './machine.mjs'
import { doubts } from './statistics.mjs'
import { tableMarkdown, tables, tableText } from './tables.mjs'

/**
 * @typedef {object} Run
 * @property {import('./choices.mjs').Choices} choices
 * @property {readonly import('./results.mjs').Result[]} results
 * @property {readonly string[]} skipped what was not measured, and why
 * @property {readonly import('./servers.mjs').Server[]} servers
 * @property {number} loadBefore
 * @property {readonly number[]} pulses
 */

/** @param {Run} run */
export function report({ choices, results, skipped, servers, loadBefore, pulses }) {
  const facts = machine()
  const postgres = servers[0]?.version ?? ''
  const figures = results.flatMap((result) => result.figures.map(({ value }) => value))
  const said = doubts({ cores: facts.cores, loadBefore, pulses, figures })
  const about = `${facts.cores} cores of ${facts.processor}, ${facts.memory}, ${facts.system}; Node ${facts.node}, PostgreSQL ${postgres}; ${choices.rounds} rounds.`
  const notes = [
    `Medians of the ${choices.cpu ? 'time of the processor, the server included' : 'clock'}, ± half of what lies between the least and the most; "?" where that is too much; "met" and "missed" are about the aim.`,
    ...servers.map((server) => `${server.name}: ${server.about}.`),
    said.length === 0
      ? 'The machine was quiet enough.'
      : `The machine was too noisy to trust these figures: ${said.join('; ')}.`,
    ...skipped,
  ]
  const all = tables(results)
  process.stdout.write(`${[about, '', ...all.map(tableText), ...notes].join('\n')}\n`)
  if (choices.markdown !== undefined) {
    const lines = [about, '', ...all.map(tableMarkdown), ...notes.map((line) => `- ${line}`)]
    writeFileSync(choices.markdown, `${lines.join('\n')}\n`)
  }
  if (choices.json !== undefined) {
    const data = { machine: { ...facts, postgres }, loadBefore, doubts: said, skipped, results }
    writeFileSync(choices.json, `${JSON.stringify(data, undefined, 2)}\n`)
  }
}
