import { alembicProject } from '../fixtures/alembic.mjs'
import { growingStep, history, scriptOf, writeLine } from '../fixtures/revisions.mjs'
import { run } from '../programs.mjs'
import { onNewDatabase } from './upgrade.mjs'

const revisions = 20
const connections = 4
/** From here on, most is not the start of the command. */
const many = 200

/** @type {import('./measure.mjs').Measure} */
export const tenants = {
  name: 'tenants',
  about: `mig-upgrade of tenants, ${revisions} revisions each, on ${connections} connections`,
  unit: 'tenants',
  sizes: [5, 10, 30],
  // 2,000 of them, of which Alembic's loop takes six in a second, are for `--sizes 2000`.
  fullSizes: [20, many],
  async prepare(bench, size) {
    const { server, project, peers } = bench
    const dir = `tenants-${size}`
    const steps = history(revisions, (at) => growingStep(at, ''))
    const schema = "{ tenants: { like: 'tenant\\\\_%' } }"
    writeLine(project, { dir, line: 'tenant', schema, form: 'ts', steps })
    const schemas = Array.from({ length: size }, (_, at) => `tenant_${String(at).padStart(5, '0')}`)
    const make = schemas.map((name) => `CREATE SCHEMA ${name}`)
    const args = ['head', 'tenant', '--tenants', 'all', '--jobs', String(connections), '--quiet']
    const up = (/** @type {string} */ url) => project.mig('mig-upgrade', args, { dir, url })
    const inBatches = (/** @type {string} */ url) =>
      project.mig('mig-upgrade', [...args, '--transaction=batch'], { dir, url })
    const made = [await server.newDatabase(make), await server.newDatabase(make)]
    const [ours = '', theirs = ''] = made
    await up(ours)
    const contestants = [
      onNewDatabase(bench, 'just-mig', up, undefined, make),
      onNewDatabase(bench, 'just-mig, in batches', inBatches, undefined, make),
      { name: 'just-mig, nothing to do', run: () => up(ours) },
    ]
    if (peers.psql) contestants.push(await psql(bench, { dir, schemas, make }))
    if (peers.alembic !== undefined) {
      const { loop } = alembicProject(project, peers.alembic, { dir: `alembic-${dir}`, steps })
      const all = (/** @type {string} */ url) => loop(url, schemas)
      await all(theirs)
      contestants.push(onNewDatabase(bench, 'Alembic', all, undefined, make), {
        name: 'Alembic, nothing to do',
        run: () => all(theirs),
      })
    }
    const againstAlembic = size >= many ? { aim: 0.2 } : {}
    return {
      contestants,
      comparisons: [
        { ours: 'just-mig', theirs: 'psql', ...(size < 2000 ? {} : { aim: 1.3 }) },
        { ours: 'just-mig', theirs: 'Alembic', ...againstAlembic },
        { ours: 'just-mig, in batches', theirs: 'Alembic', ...againstAlembic },
        { ours: 'just-mig, nothing to do', theirs: 'Alembic, nothing to do', ...againstAlembic },
      ],
      after: () => Promise.all(made.map(server.drop)),
    }
  },
}

/** The statements of every tenant with their transactions and ledger rows, one file for each connection. @param {import('./measure.mjs').Bench} bench @param {{ readonly dir: string, readonly schemas: readonly string[], readonly make: readonly string[] }} what */
async function psql(bench, { dir, schemas, make }) {
  const { project } = bench
  const marker = 'tenant_marker'
  const [head = '', ...steps] = (await scriptOf(project, dir, ['tenant', '--tenants', marker])).split(
    /^(?=-- upgrade )/m,
  )
  const parts = Array.from({ length: connections }, () => /** @type {string[]} */ ([]))
  for (const [at, name] of schemas.entries())
    parts[at % connections]?.push(steps.join('').replaceAll(marker, name))
  const files = parts.map((part, at) => project.write(`${dir}-${at}.sql`, part.join('')))
  return onNewDatabase(
    bench,
    'psql',
    (url) =>
      Promise.all(
        files.map((file) =>
          run('psql', ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-o', '/dev/null', '-f', file, url]),
        ),
      ),
    undefined,
    [...make, head.replace(/^--.*$/gm, '')],
  )
}
