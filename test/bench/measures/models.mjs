import { cpSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { drizzleTables, schemas, statements, tablesOf } from '../fixtures/models.mjs'
import { run } from '../programs.mjs'

/** @typedef {import('../project.mjs').BenchProject} BenchProject */

/** @type {import('./measure.mjs').Measure} */
export const models = {
  name: 'models',
  about: 'mig-check, and mig-autogen of one column',
  unit: 'tables',
  sizes: [20, 50, 100],
  fullSizes: [50, 300, 1000],
  async prepare({ server, project, peers }, size) {
    const same = `models-${size}`
    const changed = `models-${size}-changed`
    for (const dir of [same, changed]) writeEnvironment(project, dir, size, dir === changed)
    const url = await server.newDatabase()
    await project.mig('mig-upgrade', ['head', 'all', '--quiet'], { dir: same, url })
    /** @type {import('../rounds.mjs').Contestant[]} */
    const contestants = [
      {
        name: 'mig-check, cold',
        cold: true,
        async before() {
          await project.forget()
          rmSync(join(project.root, '.cache'), { recursive: true, force: true })
          await server.forgetTemplates()
        },
        run: () => project.mig('mig-check', [], { dir: same, url }),
      },
      {
        name: 'mig-check, another clone',
        before: () => project.forget(),
        run: () => project.mig('mig-check', [], { dir: same, url }),
      },
      { name: 'mig-check', run: () => project.mig('mig-check', [], { dir: same, url }) },
      {
        name: 'mig-autogen',
        run: () => project.mig('mig-autogen', ['add a column', 'all', '--plan'], { dir: changed, url }),
      },
    ]
    if (peers.drizzleKit !== undefined) contestants.push(await drizzle(project, peers.drizzleKit, size))
    const large = size >= 1000
    return {
      contestants,
      comparisons: [
        { ours: 'mig-check, cold', ...(large ? { aim: 3 } : {}) },
        { ours: 'mig-check', ...(large ? { aim: 0.6 } : {}) },
        { ours: 'mig-autogen', ...(large ? { aim: 5 } : {}) },
        { ours: 'mig-autogen', theirs: 'drizzle-kit generate' },
      ],
      after: () => server.drop(url),
    }
  },
}

/** Three lines of one revision each, and models that say the same, or a column more. @param {BenchProject} project @param {string} dir @param {number} size @param {boolean} isChanged */
function writeEnvironment(project, dir, size, isChanged) {
  const map = schemas.map((schema) => `${schema}: '${schema}'`).join(', ')
  project.write(join(dir, 'env.ts'), `export default { schemas: { ${map} } }\n`)
  for (const [at, schema] of schemas.entries()) {
    const ddl = statements(schema, tablesOf(at, size))
    const id = (at + 0x100000000000).toString(16)
    const head = `-- ${schema}\n--\n-- Revision: ${id}\n-- Revises: base\n-- Created: 2026-01-01T00:00:00Z\n`
    project.write(
      join(dir, 'versions', schema, `20260101_000000_${id}_${schema}.sql`),
      `${head}\n-- upgrade\n\n${ddl}\n-- downgrade\n\nDROP SCHEMA ${schema} CASCADE;\n`,
    )
    const table = `CREATE TABLE ${schema}.item_${Math.floor(tablesOf(0, size) / 2)} (`
    const wanted = isChanged && at === 0 ? ddl.replace(table, `${table}\n  added text,`) : ddl
    project.write(join(dir, 'models', `${schema}.sql`), wanted)
  }
}

/**
 * The same tables and the same column for drizzle-kit, which compares with what it wrote last: no database, no downgrade, no
 * proof. @param {BenchProject} project @param {string} script @param {number} size
 */
async function drizzle(project, script, size) {
  const dir = `drizzle-${size}`
  const [out, first] = ['out', 'first'].map((name) => join(project.root, dir, name))
  if (out === undefined || first === undefined) throw new Error('no folder')
  const generate = () =>
    run(
      process.execPath,
      [script, 'generate', '--dialect=postgresql', `--schema=${dir}/schema.ts`, `--out=${dir}/out`],
      { cwd: project.root },
    )
  const schema = drizzleTables(size)
  project.write(join(dir, 'schema.ts'), schema)
  await generate()
  cpSync(out, first, { recursive: true })
  project.write(
    join(dir, 'schema.ts'),
    schema.replace("code: text('code')", "added: text('added'), code: text('code')"),
  )
  return {
    name: 'drizzle-kit generate',
    async before() {
      rmSync(out, { recursive: true })
      cpSync(first, out, { recursive: true })
    },
    run: generate,
    async after() {
      const written = readdirSync(out).filter((name) => name.endsWith('.sql'))
      if (written.length !== 2) throw new Error(`drizzle-kit saw no change: ${written.join(', ')}`)
    },
  }
}
