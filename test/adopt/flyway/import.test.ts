import { describe, expect } from 'vitest'
import { importFolder } from '../support/folders.ts'
import { projectTest, type TestProject } from '../support/project.ts'

const scripts = {
  'db/V1__account.sql': 'CREATE TABLE account (id int PRIMARY KEY, name text);',
  'db/V1_1__mail.sql': 'ALTER TABLE account ADD COLUMN mail text;',
  'db/U1_1__mail.sql': 'ALTER TABLE account DROP COLUMN mail;',
  'db/more/V2__index.sql': 'CREATE INDEX CONCURRENTLY account_name ON account (name);',
  'db/V10__orders.sql': 'CREATE TABLE orders (id int PRIMARY KEY, account_id int REFERENCES account);',
  'db/R__names.sql': 'CREATE OR REPLACE VIEW names AS SELECT name FROM account;',
}
const table = `CREATE TABLE flyway_schema_history (installed_rank int PRIMARY KEY, version varchar(50), description varchar(200), type varchar(20),
  script varchar(1000), checksum int, installed_by varchar(100), installed_on timestamp DEFAULT now(), execution_time int, success boolean);`
const row = (rank: number, version: string | null, script: string, type = 'SQL', success = true) =>
  `INSERT INTO flyway_schema_history (installed_rank, version, type, script, success)
    VALUES (${rank}, ${version === null ? 'NULL' : `'${version}'`}, '${type}', '${script}', ${success});`

async function imported(project: TestProject) {
  const env = await project.environment({ app: 'public' })
  return { env, result: await importFolder('flyway', project.session, env, { path: 'db' }) }
}

describe('importing from Flyway', () => {
  projectTest('takes versions in the order of their numbers, and what is undone out', async ({ project }) => {
    project.write(scripts)
    await project.run(`${table}
      ${scripts['db/V1__account.sql']} ${scripts['db/V1_1__mail.sql']} ${scripts['db/more/V2__index.sql']}
      ${row(1, '1', 'V1__account.sql')} ${row(2, '1.1', 'V1_1__mail.sql')} ${row(3, '2', 'more/V2__index.sql')}
      ${row(4, '10', 'V10__orders.sql')} ${row(5, '10', 'U10__orders.sql', 'UNDO_SQL')}`)
    const { env, result } = await imported(project)
    expect(result).toMatchObject({ proof: 'equal', adopted: [{ from: 'public.flyway_schema_history' }] })
    const revisions = new Map(
      result.files.map((file) => {
        const id = /_([0-9a-f]{12})_/.exec(file)?.[1] ?? ''
        const revision = project.opened(env).graph.get(id)
        return [revision?.message, { id, parents: [revision?.downRevision].flat() }] as const
      }),
    )
    expect([...revisions.keys()].sort()).toEqual(['account', 'index', 'mail', 'names', 'orders'])
    for (const [child, parent] of [
      ['mail', 'account'],
      ['index', 'mail'],
      ['orders', 'index'],
      ['names', 'orders'],
    ] as const)
      expect(revisions.get(child)?.parents).toEqual([revisions.get(parent)?.id])
    expect(result.adopted[0]?.revisions).toEqual([revisions.get('index')?.id])
  })

  projectTest('takes a baseline as all before it, and refuses what failed', async ({ project }) => {
    project.write(scripts)
    await project.run(`${table} ${Object.values(scripts).slice(0, 2).join(' ')}
      ${row(1, '1.1', '<< Flyway Baseline >>', 'BASELINE')} ${row(2, '2', 'more/V2__index.sql', 'SQL', false)}`)
    await expect(imported(project)).rejects.toMatchObject({ code: 'failed-migration' })
    await project.run('DELETE FROM flyway_schema_history WHERE NOT success')
    expect((await imported(project)).result).toMatchObject({ proof: 'equal' })
  })
})

describe('what no file says', () => {
  projectTest('is refused: no script, placeholders, two of one version', async ({ project }) => {
    project.write({ 'db/other.sql': '' })
    await expect(imported(project)).rejects.toThrow('db has no V1__words.sql')
    project.write({ 'db/V1__a.sql': 'CREATE TABLE ${prefix}a ();' })
    await expect(imported(project)).rejects.toThrow('is a template: ${prefix} is a placeholder')
    project.write({ 'db/V1__a.sql': '', 'db/V1.0__b.sql': '' })
    await expect(imported(project)).rejects.toMatchObject({ code: 'same-number' })
  })
})
