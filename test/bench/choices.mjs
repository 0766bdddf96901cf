import { parseArgs } from 'node:util'

/**
 * @typedef {object} Choices
 * @property {readonly string[]} only names of measures
 * @property {readonly number[] | undefined} sizes
 * @property {number} rounds
 * @property {readonly string[]} servers
 * @property {boolean} full
 * @property {boolean} cpu
 * @property {string | undefined} dir
 * @property {string | undefined} json
 * @property {string | undefined} markdown
 */

/** @typedef {{ readonly name: string, readonly about: string, readonly sizes: readonly number[], readonly fullSizes: readonly number[] }} Named */

/** @type {readonly string[]} */
const serverNames = ['durable', 'fast']

/**
 * Reads the arguments of the benchmark.
 * @param {readonly string[]} args @param {readonly Named[]} measures
 * @returns {Choices | string} or the help text, where that was asked for
 * @throws {TypeError} for what is not an argument
 */
export function readChoices(args, measures) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string' },
      sizes: { type: 'string' },
      rounds: { type: 'string', default: '3' },
      servers: { type: 'string', default: serverNames.join(',') },
      full: { type: 'boolean', default: false },
      cpu: { type: 'boolean', default: false },
      dir: { type: 'string' },
      json: { type: 'string' },
      markdown: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) return helpText(measures)
  const names = measures.map(({ name }) => name)
  return {
    only: values.only === undefined ? names : oneOf(values.only, names),
    sizes: values.sizes?.split(',').map((size) => wholeNumber(size)),
    rounds: wholeNumber(values.rounds),
    servers: oneOf(values.servers, serverNames),
    ...{ full: values.full, cpu: values.cpu, dir: values.dir, json: values.json, markdown: values.markdown },
  }
}

/** @param {string} list @param {readonly string[]} names */
function oneOf(list, names) {
  const given = list.split(',')
  const wrong = given.find((name) => !names.includes(name))
  if (wrong !== undefined) throw new TypeError(`"${wrong}" is not one of ${names.join(', ')}`)
  return given
}

/** @param {string} text */
function wholeNumber(text) {
  if (!/^[1-9]\d*$/.test(text)) throw new TypeError(`"${text}" is not a whole number above 0`)
  return Number(text)
}

/** @param {readonly Named[]} measures */
function helpText(measures) {
  const width = Math.max(...measures.map(({ name }) => name.length))
  const lines = measures.map(
    ({ name, about, sizes, fullSizes }) =>
      `  ${name.padEnd(width)}  ${about}${sizes.length < 2 ? '' : ` (${sizes.join(', ')}; --full: ${fullSizes.join(', ')})`}`,
  )
  return `npm run bench -- [flags]

Times the recipes against other tools, in turns, on two servers: one that waits for the disk at each
commit, and one with fsync off. Prints medians of the clock and how far the runs lie apart.

  --only NAMES      these measures, with commas between them
  --sizes N,N,N     these sizes in place of each measure's own
  --full            the large sizes: an hour, where the others take twenty minutes
  --rounds N        counted rounds of each figure (default 3)
  --servers NAMES   durable, fast, or both (default)
  --cpu             the time of the processor, the server's included, in place of the clock's
  --dir FOLDER      where the durable server has its data (default: the folder for temporary files)
  --json FILE       writes every run, in milliseconds of the clock and of the processor
  --markdown FILE   writes the tables as Markdown
  -h, --help        this text

Measures
${lines.join('\n')}
`
}
