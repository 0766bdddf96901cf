import { run } from '../programs.mjs'

/** @type {import('./measure.mjs').Measure} */
export const start = {
  name: 'start',
  about: 'the start of a command',
  unit: '',
  sizes: [1],
  fullSizes: [1],
  prepare: ({ project }) =>
    Promise.resolve({
      contestants: [
        { name: 'mig-current --help', run: () => project.mig('mig-current', ['--help']) },
        { name: 'node -e 1', run: () => run(process.execPath, ['-e', '1']) },
      ],
      comparisons: [{ ours: 'mig-current --help', theirs: 'node -e 1', aim: 2.5 }],
    }),
}
