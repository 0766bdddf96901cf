import { history, tableStep, writeLine } from '../fixtures/revisions.mjs'
import { onNewDatabase } from './upgrade.mjs'

/** A line in which all but the first revisions alter the same tables. @param {number} at */
function alteringStep(at) {
  if (at < tables) return tableStep(at, 'bench.')
  const [table, column] = [`bench.t${at % tables}`, `c${at}`]
  return {
    up: [
      `ALTER TABLE ${table} ADD COLUMN ${column} text`,
      `ALTER TABLE ${table} ALTER COLUMN ${column} SET DEFAULT 'x'`,
    ],
    down: [`ALTER TABLE ${table} DROP COLUMN ${column}`],
    loses: `column ${table}.${column}`,
  }
}

const tables = 30

/** @type {import('./measure.mjs').Measure} */
export const batch = {
  name: 'batch',
  about: 'mig-upgrade of an empty database in batches',
  unit: 'revisions',
  sizes: [50, 200, 500],
  fullSizes: [50, 500, 2000],
  async prepare(bench, size) {
    const { project } = bench
    const histories = {
      tables: (/** @type {number} */ at) => tableStep(at, 'bench.'),
      alterations: alteringStep,
    }
    const contestants = []
    for (const [name, step] of Object.entries(histories)) {
      const dir = `batch-${name}-${size}`
      writeLine(project, { dir, line: 'bench', schema: "'bench'", form: 'ts', steps: history(size, step) })
      for (const transaction of ['batch', 'revision']) {
        const flags = ['head', 'all', '--quiet', `--transaction=${transaction}`]
        const up = (/** @type {string} */ url) => project.mig('mig-upgrade', flags, { dir, url })
        contestants.push(onNewDatabase(bench, `${transaction}, ${name}`, up))
      }
    }
    return {
      contestants,
      comparisons: Object.keys(histories).map((name) => ({
        ours: `batch, ${name}`,
        theirs: `revision, ${name}`,
      })),
    }
  },
}
