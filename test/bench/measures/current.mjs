import { alembicProject } from '../fixtures/alembic.mjs'
import { history, tableStep, writeLine } from '../fixtures/revisions.mjs'

/** @type {import('./measure.mjs').Measure} */
export const current = {
  name: 'current',
  about: 'mig-current, and mig-upgrade with nothing to do',
  unit: 'revisions',
  sizes: [50, 500, 1000],
  fullSizes: [50, 500, 5000],
  async prepare({ server, project, peers }, size) {
    const steps = history(size, (at) => tableStep(at, 'bench.'))
    const dir = `current-${size}`
    writeLine(project, { dir, line: 'bench', schema: "'bench'", form: 'ts', steps })
    const url = await server.newDatabase(['CREATE SCHEMA bench'])
    // The tables of the revisions are of no importance here.
    await project.mig('mig-stamp', ['head', 'all'], { dir, url })
    const contestants = [
      { name: 'mig-current', run: () => project.mig('mig-current', [], { dir, url }) },
      {
        name: 'mig-upgrade',
        run: () => project.mig('mig-upgrade', ['head', 'all', '--quiet'], { dir, url }),
      },
    ]
    if (peers.alembic !== undefined) {
      const { alembic } = alembicProject(project, peers.alembic, { dir: `alembic-current-${size}`, steps })
      await alembic(url, ['stamp', 'head'])
      contestants.push(
        { name: 'alembic current', run: () => alembic(url, ['current']) },
        { name: 'alembic upgrade', run: () => alembic(url, ['upgrade', 'head']) },
      )
    }
    const aim = size >= 5000 ? { aim: 0.08 } : size >= 500 ? { aim: 0.3 } : {}
    return {
      contestants,
      comparisons: [
        { ours: 'mig-current', theirs: 'alembic current', ...aim },
        { ours: 'mig-upgrade', theirs: 'alembic upgrade', ...aim },
      ],
      after: () => server.drop(url),
    }
  },
}
