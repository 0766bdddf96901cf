import { history, linkedStep, writeLine } from '../fixtures/revisions.mjs'

/** @type {import('./measure.mjs').Measure} */
export const verify = {
  name: 'verify',
  about: 'mig-verify: every revision up, down and up again, with rows',
  unit: 'revisions',
  sizes: [10, 30, 60],
  fullSizes: [30, 100, 300],
  warmUp: false,
  async prepare({ server, project }, size) {
    const dir = `verify-${size}`
    const steps = history(size, (at) => linkedStep(at, 'bench.'))
    writeLine(project, { dir, line: 'bench', schema: "'bench'", form: 'sql', steps })
    project.write(`${dir}/models/bench.sql`, steps.flatMap(({ up }) => up.map((sql) => `${sql};\n`)).join(''))
    const url = await server.newDatabase()
    return {
      contestants: [{ name: 'mig-verify', run: () => project.mig('mig-verify', ['--quiet'], { dir, url }) }],
      comparisons: size === 300 ? [{ ours: 'mig-verify', aim: 30 }] : [],
      after: () => server.drop(url),
    }
  },
}
