/**
 * @typedef {object} Bench what a measure works with
 * @property {import('../servers.mjs').Server} server
 * @property {import('../project.mjs').BenchProject} project
 * @property {import('../peers.mjs').Peers} peers
 * @property {(line: string) => void} skip says what is not measured, and why
 */

/**
 * @typedef {object} Measure
 * @property {string} name as `--only` has it
 * @property {string} about
 * @property {string} unit of its sizes; nothing for a measure without sizes
 * @property {readonly number[]} sizes
 * @property {readonly number[]} fullSizes
 * @property {boolean} [warmUp] false: what runs before leaves nothing that makes the next run faster
 * @property {(bench: Bench, size: number) => Promise<import('../rounds.mjs').Trial>} prepare makes what is needed for one size
 */

export {}
