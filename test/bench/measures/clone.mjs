import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { history, tableStep, writeLine } from '../fixtures/revisions.mjs'
import { onNewDatabase } from './upgrade.mjs'

/** @type {import('./measure.mjs').Measure} */
export const clone = {
  name: 'clone',
  about: 'a migrated database for a test worker, from just-mig/testing',
  unit: 'tables',
  sizes: [10, 50, 200],
  fullSizes: [10, 50, 500],
  async prepare(bench, size) {
    const { server, project } = bench
    const dir = `clone-${size}`
    const steps = history(size, (at) => tableStep(at, 'bench.'))
    writeLine(project, { dir, line: 'bench', schema: "'bench'", form: 'sql', steps })
    const { testDatabase } = await testing(project.root)
    const url = await server.newDatabase()
    const make = () => testDatabase({ root: project.root, dir, url })
    const kept = await make()
    const client = await kept.client()
    /** @type {import('../../../migrations/core/testing/index.ts').TestDatabase | undefined} */
    let made
    const drop = async () => {
      await made?.drop()
      made = undefined
    }
    const taken = async () => {
      made = await make()
    }
    return {
      contestants: [
        onNewDatabase(bench, 'mig-upgrade', (fresh) =>
          project.mig('mig-upgrade', ['head', 'all', '--quiet'], { dir, url: fresh }),
        ),
        {
          name: 'testDatabase, no template yet',
          before: () => server.forgetTemplates(),
          run: taken,
          after: drop,
        },
        { name: 'testDatabase', run: taken, after: drop },
        {
          name: 'reset',
          before: () => client.query("INSERT INTO bench.t0 VALUES (1, 'one')"),
          run: () => kept.reset(),
        },
      ],
      comparisons: [
        { ours: 'testDatabase', ...(size === 50 ? { aim: 0.1 } : {}) },
        { ours: 'testDatabase', theirs: 'mig-upgrade' },
        { ours: 'reset', theirs: 'testDatabase' },
      ],
      async after() {
        await kept.drop()
        await server.forgetTemplates()
        await server.drop(url)
      },
    }
  },
}

/** The package's entry for tests, built where it finds the packages. @param {string} root @returns {Promise<typeof import('../../../migrations/core/testing/index.ts')>} */
async function testing(root) {
  const outfile = join(root, 'testing.mjs')
  await build({
    entryPoints: [
      resolve(import.meta.dirname, '..', '..', '..', 'migrations', 'core', 'testing', 'index.ts'),
    ],
    ...{ outfile, bundle: true, platform: 'node', format: 'esm', packages: 'external', logLevel: 'silent' },
  })
  return import(pathToFileURL(outfile).href)
}
