import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { history, tableStep, writeLine } from '../fixtures/revisions.mjs'
import { onNewDatabase } from './upgrade.mjs'

/** @type {import('./measure.mjs').Measure} */
export const checkpoint = {
  name: 'checkpoint',
  about: 'mig-upgrade of an empty database by a checkpoint',
  unit: 'revisions',
  sizes: [50, 200, 500],
  fullSizes: [50, 500, 2000],
  async prepare(bench, size) {
    const { project, server } = bench
    const dir = `checkpoint-${size}`
    const steps = history(size, (at) => tableStep(at, 'bench.'))
    const settings = 'checkpoints: true'
    writeLine(project, { dir, line: 'bench', schema: "'bench'", form: 'ts', steps, settings })
    const up =
      (/** @type {readonly string[]} */ ...flags) =>
      (/** @type {string} */ url) =>
        project.mig('mig-upgrade', ['head', 'all', '--quiet', ...flags], { dir, url })
    const forgotten = { before: async () => forget(project.root), after: async () => undefined }
    const aims = size >= 500 ? [{ aim: 0.15 }, { aim: 1.2 }] : []
    const first = await server.newDatabase()
    await up()(first)
    await server.drop(first)
    return {
      contestants: [
        { ...onNewDatabase(bench, 'first run, which makes the checkpoint', up(), forgotten), cold: true },
        onNewDatabase(bench, 'by the checkpoint', up()),
        onNewDatabase(bench, '--replay', up('--replay')),
      ],
      comparisons: [
        { ours: 'by the checkpoint', theirs: '--replay', ...aims[0] },
        { ours: 'first run, which makes the checkpoint', theirs: '--replay', ...aims[1] },
      ],
    }
  },
}

/** @param {string} root */
function forget(root) {
  const cache = join(root, '.mig', 'cache')
  if (!existsSync(cache)) return
  for (const name of readdirSync(cache)) if (name.startsWith('checkpoint-')) rmSync(join(cache, name))
}
