import { alembicProject, putAside } from '../fixtures/alembic.mjs'
import { nodePgMigrateProject } from '../fixtures/node-pg-migrate.mjs'
import { history, scriptOf, tableStep, writeLine } from '../fixtures/revisions.mjs'
import { run } from '../programs.mjs'

/** @typedef {import('../rounds.mjs').Contestant} Contestant */

/** @type {import('./measure.mjs').Measure} */
export const upgrade = {
  name: 'upgrade',
  about: 'mig-upgrade of an empty database, a table and an index a revision',
  unit: 'revisions',
  sizes: [50, 200, 500],
  fullSizes: [50, 500, 2000],
  async prepare(bench, size) {
    const { server, project, peers } = bench
    const steps = history(size, (at) => tableStep(at, 'bench.'))
    /** @type {Contestant[]} */
    const contestants = []
    for (const form of /** @type {const} */ (['ts', 'sql'])) {
      const dir = `upgrade-${form}-${size}`
      writeLine(project, { dir, line: 'bench', schema: "'bench'", form, steps })
      // What a fresh clone does not have: what V8 made of the scripts, the heads that were read, the compiled revisions.
      const { before, after } = putAside(project.kept)
      const fresh = { before: () => before().then(project.forget), after }
      const upWith =
        (/** @type {string[]} */ ...flags) =>
        (/** @type {string} */ url) =>
          project.mig('mig-upgrade', ['head', 'all', '--quiet', ...flags], { dir, url })
      const up = upWith()
      contestants.push(
        { ...onNewDatabase(bench, `just-mig .${form}, in batches`, upWith('--transaction=batch')) },
        { ...onNewDatabase(bench, `just-mig .${form}`, up) },
        { ...onNewDatabase(bench, `just-mig .${form}, cold`, up, fresh), cold: true },
      )
    }
    if (peers.psql) {
      const script = project.write(`upgrade-${size}.sql`, await scriptOf(project, `upgrade-sql-${size}`))
      const args = ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-o', '/dev/null', '-f', script]
      contestants.push(onNewDatabase(bench, 'psql -f', (url) => run('psql', [...args, url])))
    }
    if (peers.alembic !== undefined) {
      const { alembic, cold } = alembicProject(project, peers.alembic, { dir: `alembic-${size}`, steps })
      const up = (/** @type {string} */ url) => alembic(url, ['upgrade', 'head'])
      contestants.push(withSchema(bench, 'Alembic', up), {
        ...withSchema(bench, 'Alembic, cold', up, cold),
        cold: true,
      })
    }
    if (peers.nodePgMigrate !== undefined) {
      const { up } = nodePgMigrateProject(project, peers.nodePgMigrate, {
        dir: `node-pg-migrate-${size}`,
        steps,
      })
      contestants.push(withSchema(bench, 'node-pg-migrate', up))
    }
    // Where each commit waits for the disk, all wait for the same.
    const aimed = server.name === 'fast' && size >= 500
    const comparisons = ['ts', 'sql'].flatMap((form) =>
      [
        { ours: `just-mig .${form}`, theirs: 'psql -f', aim: 1 },
        { ours: `just-mig .${form}, cold`, theirs: 'psql -f', aim: 1.25 },
        { ours: `just-mig .${form}`, theirs: 'Alembic', aim: 0.5 },
        { ours: `just-mig .${form}, cold`, theirs: 'Alembic, cold', aim: 0.5 },
        { ours: `just-mig .${form}, in batches`, theirs: 'Alembic', aim: 0.5 },
        { ours: `just-mig .${form}`, theirs: 'node-pg-migrate' },
      ].map(({ aim, ...comparison }) => (aim === undefined || !aimed ? comparison : { ...comparison, aim })),
    )
    return { contestants, comparisons }
  },
}

/** @typedef {{ readonly before: () => Promise<void>, readonly after: () => Promise<void> }} Around */

/**
 * Somebody who fills a new database in each round.
 * @param {import('./measure.mjs').Bench} bench @param {string} name @param {(url: string) => Promise<unknown>} fill
 * @param {Around} [around] @param {readonly string[]} [prepare] statements that the database begins with
 * @returns {Contestant}
 */
export function onNewDatabase({ server }, name, fill, around, prepare = []) {
  let url = ''
  return {
    name,
    async before() {
      url = await server.newDatabase(prepare)
      await around?.before()
    },
    run: () => fill(url),
    async after() {
      await around?.after()
      await server.drop(url)
    },
  }
}

/** A tool that does not make the schema. @param {import('./measure.mjs').Bench} bench @param {string} name @param {(url: string) => Promise<unknown>} fill @param {Around} [around] */
function withSchema(bench, name, fill, around) {
  return onNewDatabase(bench, name, fill, around, ['CREATE SCHEMA bench'])
}
