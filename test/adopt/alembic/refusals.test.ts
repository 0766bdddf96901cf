import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { importAlembic } from '../../../migrations/core/adopt/index.ts'
import { readApplied } from '../../../migrations/core/ledger/index.ts'
import { projectTest } from '../support/project.ts'

/** A revision file with the usual head. */
function revisionFile(
  id: string,
  parent: string | null,
  upgrade: string,
  downgrade = 'pass',
  more = '',
): string {
  const down = parent === null ? 'None' : `'${parent}'`
  return `"""revision ${id}

Revision ID: ${id}
Create Date: 2024-01-01 00:00:00
"""
from alembic import op
import sqlalchemy as sa
revision = '${id}'
down_revision = ${down}
${more}

def upgrade():
    ${upgrade}

def downgrade():
    ${downgrade}
`
}

const table = (name: string) => `op.create_table('${name}', sa.Column('id', sa.Integer(), primary_key=True))`
const one = { 'alembic/versions/aaaa.py': revisionFile('aaaa', null, table('t'), "op.drop_table('t')") }
const versionTable = (schema: string, ...ids: readonly string[]) =>
  `CREATE TABLE ${schema}.alembic_version (version_num varchar(32) PRIMARY KEY);
   ${ids.map((id) => `INSERT INTO ${schema}.alembic_version VALUES ('${id}');`).join('')}`
const liveTable = (schema: string, name: string) => `CREATE TABLE ${schema}.${name} (id serial PRIMARY KEY);`

describe('an Alembic project that cannot be imported', () => {
  projectTest('without Python is listed by file and line, and nothing is written', async ({ project }) => {
    project.write({
      'alembic/versions/aaaa.py': revisionFile(
        'aaaa',
        null,
        'for x in op.get_bind().execute("SELECT 1"):\n        op.execute(x)',
      ),
    })
    const env = await project.environment({ app: 'public' })
    await expect(importAlembic(project.session, env, { path: 'alembic' })).rejects.toMatchObject({
      code: 'unconverted',
      exitCode: 4,
      message: expect.stringContaining(
        'alembic/versions/aaaa.py:13 upgrade: a loop over what only Python knows',
      ),
    })
    expect(existsSync(join(project.root, 'migrations'))).toBe(false)
  })

  projectTest(
    'is imported with its own offline SQL in place of what Python would say',
    async ({ project }) => {
      project.write({
        'alembic/versions/aaaa.py': revisionFile(
          'aaaa',
          null,
          'op.execute(statement())',
          "op.drop_table('t')",
        ),
        'up.sql': `BEGIN;\n\n-- Running upgrade  -> aaaa\n\n${liveTable('public', 't')}\n\nINSERT INTO alembic_version (version_num) VALUES ('aaaa');\n\nCOMMIT;\n`,
      })
      await project.run(liveTable('public', 't') + versionTable('public', 'aaaa'))
      const env = await project.environment({ app: 'public' })
      const result = await importAlembic(project.session, env, { path: 'alembic', offlineSql: ['up.sql'] })
      expect(result).toMatchObject({ proof: 'equal', unconverted: [] })
    },
  )

  projectTest('with offline SQL that stops half-way is refused', async ({ project }) => {
    project.write({ ...one, 'up.sql': '-- Running upgrade  -> aaaa\n\nCREATE TABLE t ();\n' })
    const env = await project.environment({ app: 'public' })
    const importing = importAlembic(project.session, env, { path: 'alembic', offlineSql: ['up.sql'] })
    await expect(importing).rejects.toThrow('up.sql ends inside the upgrade of aaaa')
  })

  projectTest('is written with revisions that stop there when that is asked for', async ({ project }) => {
    project.write({
      'alembic/versions/aaaa.py': revisionFile(
        'aaaa',
        null,
        "op.execute('SELECT 1')\n    op.execute(`x`)".replaceAll('`', ''),
      ),
    })
    const env = await project.environment({ app: 'public' })
    const result = await importAlembic(project.session, env, { path: 'alembic', allowUnconverted: true })
    expect(result).toMatchObject({ proof: 'none', unconverted: [{ line: 14 }] })
    const [file = ''] = result.files
    expect(readFileSync(join(project.root, file), 'utf8')).toContain(
      'throw new Error("line 14 of the imported file could not be converted: the value of x")',
    )
  })

  projectTest('shows what differs from the live database, and adopts nothing', async ({ project }) => {
    project.write(one)
    await project.run(`CREATE TABLE t (id serial PRIMARY KEY, drift text); ${versionTable('public', 'aaaa')}`)
    const env = await project.environment({ app: 'public' })
    await expect(importAlembic(project.session, env, { path: 'alembic' })).rejects.toMatchObject({
      code: 'import-differs',
      exitCode: 5,
      message: expect.stringContaining('+ column public.t.drift'),
    })
    expect(existsSync(join(project.root, 'migrations'))).toBe(false)
    expect((await readApplied(project.database.client, 'mig')).size).toBe(0)
  })

  projectTest(
    'shows what differs in a schema that is no line, but not what others have there',
    async ({ project }) => {
      project.write({
        'alembic/versions/aaaa.py': revisionFile(
          'aaaa',
          null,
          `op.execute('CREATE SCHEMA other; CREATE TABLE other.mine (a text)')\n    ${table('t')}`,
        ),
      })
      await project.run(
        `${liveTable('public', 't')}${versionTable('public', 'aaaa')} CREATE SCHEMA other; CREATE TABLE other.theirs (); CREATE TABLE other.mine (a integer)`,
      )
      const env = await project.environment({ app: 'public' })
      const importing = importAlembic(project.session, env, { path: 'alembic' })
      await expect(importing).rejects.toThrow(
        /schema other:\n~ column other\.mine\.a\n {4}type: text → integer$/,
      )
    },
  )

  projectTest('that differs is kept, not adopted, when that is asked for', async ({ project }) => {
    project.write(one)
    await project.run(`CREATE TABLE t (id serial PRIMARY KEY, drift text); ${versionTable('public', 'aaaa')}`)
    const env = await project.environment({ app: 'public' })
    const result = await importAlembic(project.session, env, { path: 'alembic', keep: true })
    expect(result).toMatchObject({ adopted: [], proof: 'none' })
    expect(project.events).toContainEqual(
      expect.objectContaining({ event: 'warning', code: 'import-differs' }),
    )
    expect(existsSync(join(project.root, result.files[0] ?? ''))).toBe(true)
  })

  projectTest('says which version no file has', async ({ project }) => {
    project.write(one)
    await project.run(versionTable('public', 'bbbb'))
    const env = await project.environment({ app: 'public' })
    await expect(importAlembic(project.session, env, { path: 'alembic' })).rejects.toThrow(
      'public.alembic_version says that bbbb is applied, which no file of the import has',
    )
  })

  projectTest('says which parent is missing', async ({ project }) => {
    project.write({ 'alembic/versions/bbbb.py': revisionFile('bbbb', 'aaaa', 'pass') })
    const env = await project.environment({ app: 'public' })
    await expect(importAlembic(project.session, env, { path: 'alembic' })).rejects.toMatchObject({
      code: 'missing-parent',
    })
    expect(existsSync(join(project.root, 'migrations'))).toBe(false)
  })

  projectTest('says when a revision does not run', async ({ project }) => {
    project.write({ 'alembic/versions/aaaa.py': revisionFile('aaaa', null, "op.execute('SELECT nothing')") })
    const env = await project.environment({ app: 'public' })
    await expect(importAlembic(project.session, env, { path: 'alembic' })).rejects.toMatchObject({
      code: 'replay-failed',
      exitCode: 5,
      message: expect.stringContaining('column "nothing" does not exist'),
    })
  })

  projectTest('never overwrites: the second import is refused', async ({ project }) => {
    project.write(one)
    const env = await project.environment({ app: 'public' })
    await importAlembic(project.session, env, { path: 'alembic' })
    await expect(importAlembic(project.session, env, { path: 'alembic' })).rejects.toMatchObject({
      code: 'file-exists',
    })
  })

  projectTest(
    'says when the ledger has something else already, and adopts the same twice',
    async ({ project }) => {
      project.write(one)
      await project.run(`${liveTable('public', 't')}${versionTable('public', 'aaaa')}`)
      const env = await project.environment({ app: 'public' })
      const again = async () => {
        rmSync(join(project.root, 'migrations'), { recursive: true, force: true })
        return importAlembic(project.session, env, { path: 'alembic' })
      }
      expect(await again()).toMatchObject({ proof: 'equal' })
      expect(await again()).toMatchObject({ proof: 'equal' })
      await project.run("UPDATE mig.version SET revision = 'bbbb'")
      await expect(again()).rejects.toMatchObject({ code: 'already-adopted' })
      expect(existsSync(join(project.root, 'migrations'))).toBe(false)
    },
  )

  projectTest('is not there: the error says what was looked for', async ({ project }) => {
    const env = await project.environment({ app: 'public' })
    await expect(importAlembic(project.session, env, { path: 'nowhere' })).rejects.toMatchObject({
      code: 'no-alembic-project',
    })
  })
})

describe('the lines of an Alembic project', () => {
  const files = {
    'alembic.ini':
      '[alembic]\nscript_location = %(here)s/db\nversion_locations = %(here)s/db/user %(here)s/db/policy\n',
    'db/user/aaaa.py': revisionFile(
      'aaaa',
      null,
      "op.execute('CREATE SCHEMA app_user')\n    op.create_table('t', sa.Column('id', sa.Integer(), primary_key=True), schema='app_user')",
    ),
    'db/policy/bbbb.py': revisionFile(
      'bbbb',
      null,
      "op.create_table('p', sa.Column('t', sa.Integer(), sa.ForeignKey('app_user.t.id')), schema='app_policy')",
      'pass',
      "depends_on = ('aaaa',)",
    ),
  }
  const live =
    'CREATE SCHEMA app_user; CREATE SCHEMA app_policy; CREATE TABLE app_user.t (id serial PRIMARY KEY); CREATE TABLE app_policy.p (t integer REFERENCES app_user.t);'

  projectTest(
    'are its folders or labels, and a row that depends-on hides is restored',
    async ({ project }) => {
      project.write(files)
      // Alembic keeps no row for aaaa, since bbbb depends on it.
      await project.run(live + versionTable('public', 'bbbb'))
      const env = await project.environment({ user: 'app_user', policy: 'app_policy' })
      const result = await importAlembic(project.session, env, { path: '.' })
      expect(result.proof).toBe('equal')
      expect(await readApplied(project.database.client, 'mig')).toEqual(
        new Map([
          ['app_policy', ['bbbb']],
          ['app_user', ['aaaa']],
        ]),
      )
      expect(result.files.map((file) => file.split('/').slice(0, 3).join('/'))).toEqual([
        'migrations/versions/user',
        'migrations/versions/policy',
      ])
    },
  )

  projectTest('are asked for where nothing names them', async ({ project }) => {
    project.write(one)
    const env = await project.environment({ user: 'app_user', policy: 'app_policy' })
    await expect(importAlembic(project.session, env, { path: 'alembic' })).rejects.toMatchObject({
      code: 'which-line',
    })
  })

  projectTest('of tenants are adopted from a version table in each', async ({ project }) => {
    project.write({
      'alembic/versions/aaaa.py': revisionFile('aaaa', null, table('t')),
      'alembic/versions/bbbb.py': revisionFile('bbbb', 'aaaa', table('u')),
    })
    await project.run(
      `CREATE SCHEMA tenant_a; ${liveTable('tenant_a', 't')}${liveTable('tenant_a', 'u')}${versionTable('tenant_a', 'bbbb')}
       CREATE SCHEMA tenant_b; ${liveTable('tenant_b', 't')}${versionTable('tenant_b', 'aaaa')}`,
    )
    const env = await project.environment({ tenant: { tenants: { like: 'tenant_%' } } })
    const result = await importAlembic(project.session, env, { path: 'alembic' })
    expect(result.proof).toBe('equal')
    expect(await readApplied(project.database.client, 'mig')).toEqual(
      new Map([
        ['tenant_a', ['bbbb']],
        ['tenant_b', ['aaaa']],
      ]),
    )
  })

  projectTest('of tenants show which one differs', async ({ project }) => {
    project.write(one)
    await project.run(
      `CREATE SCHEMA tenant_a; ${liveTable('tenant_a', 't')}${versionTable('tenant_a', 'aaaa')}
       CREATE SCHEMA tenant_b; ${versionTable('tenant_b', 'aaaa')}`,
    )
    const env = await project.environment({ tenant: { tenants: { like: 'tenant_%' } } })
    await expect(importAlembic(project.session, env, { path: 'alembic' })).rejects.toThrow(
      /schema tenant_b:\n[\s\S]*- table t$/m,
    )
  })

  projectTest(
    'whose names were unqualified are replayed under the search_path of the other tool',
    async ({ project }) => {
      project.write({
        'alembic/versions/aaaa.py': revisionFile(
          'aaaa',
          null,
          "op.create_table('t', sa.Column('s', sa.Enum('a', name='state')), schema='app')",
        ),
      })
      await project.run(
        `CREATE SCHEMA app; CREATE TYPE state AS ENUM ('a'); CREATE TABLE app.t (s state); ${versionTable('public', 'aaaa')}`,
      )
      const env = await project.environment({ app: 'app' })
      await expect(importAlembic(project.session, env, { path: 'alembic' })).rejects.toMatchObject({
        code: 'import-differs',
      })
      expect(
        await importAlembic(project.session, env, { path: 'alembic', searchPath: 'public' }),
      ).toMatchObject({ proof: 'equal' })
    },
  )
})
