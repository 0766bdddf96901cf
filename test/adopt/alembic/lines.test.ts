import { describe, expect } from 'vitest'
import { importAlembic } from '../../../migrations/core/adopt/index.ts'
import type { Environment } from '../../../migrations/core/environment/index.ts'
import { readApplied } from '../../../migrations/core/ledger/index.ts'
import { applyPlan, planRun } from '../../../migrations/core/runner/index.ts'
import { versionTable, written, writtenProject } from '../support/alembic.ts'
import { projectTest, type TestProject } from '../support/project.ts'

const schemas = { user: 'app_user', policy: 'app_policy', message: 'app_message' }

/** One history over three schemas, as one project of Alembic keeps it. */
const straight = writtenProject(
  { id: 'a1', up: 'CREATE SCHEMA app_user;\nCREATE SCHEMA app_policy' },
  {
    ...{ id: 'a2', parents: ['a1'], down: 'DROP TABLE app_user.profile' },
    up: 'CREATE TABLE app_user.profile (id serial PRIMARY KEY)',
  },
  {
    ...{ id: 'a3', parents: ['a2'], down: 'DROP TABLE app_policy.role' },
    up: 'CREATE TABLE app_policy.role (id serial PRIMARY KEY, owner integer REFERENCES app_user.profile (id))',
  },
  {
    ...{ id: 'a4', parents: ['a3'], down: 'ALTER TABLE app_user.profile DROP COLUMN role' },
    up: 'ALTER TABLE app_user.profile ADD COLUMN role integer REFERENCES app_policy.role (id)',
  },
)
const choice = (given: Readonly<Record<string, string>>) =>
  Object.entries(given).map(([name, key]) => ({ name, key }))
const straightLines = choice({ a1: 'user', a2: 'user', a3: 'policy', a4: 'user' })

async function live(project: TestProject): Promise<void> {
  await project.run(`CREATE SCHEMA app_user; CREATE SCHEMA app_policy; CREATE SCHEMA app_message;
    CREATE TABLE app_user.profile (id serial PRIMARY KEY);
    CREATE TABLE app_policy.role (id serial PRIMARY KEY, owner integer REFERENCES app_user.profile (id));
    ALTER TABLE app_user.profile ADD COLUMN role integer REFERENCES app_policy.role (id);
    ${versionTable('public', 'a4')}`)
}

/** Line, parents and what is depended on of the imported revisions, by id. */
function headsIn(project: TestProject, env: Environment): Readonly<Record<string, string>> {
  const { graph } = project.opened(env)
  return Object.fromEntries(
    [...graph.revisions].map(({ revision, line, downRevision, dependsOn }) => [
      revision,
      `${line} ${JSON.stringify(downRevision)} ${JSON.stringify(dependsOn)}`.replaceAll('"', "'"),
    ]),
  )
}

describe('one Alembic history for several schemas', () => {
  projectTest('goes to the lines that are said, in the order that it had', async ({ project }) => {
    project.write(straight)
    await live(project)
    const env = await project.environment(schemas)
    const result = await importAlembic(project.session, env, { ...written, lines: straightLines })
    expect(result.proof).toBe('equal')
    expect(headsIn(project, env)).toEqual({
      a1: 'user null []',
      a2: "user 'a1' []",
      a3: "policy null ['a2']",
      a4: "user 'a2' ['a3']",
    })
    expect(await readApplied(project.database.client, 'mig')).toEqual(
      new Map([
        ['app_policy', ['a3']],
        ['app_user', ['a4']],
      ]),
    )
    const opened = project.opened(env)
    for (const direction of ['downgrade', 'upgrade'] as const) {
      const request = { direction, target: direction === 'upgrade' ? 'heads' : 'base' }
      const plan = await planRun(project.session, opened, request)
      expect(plan.steps.map(({ revision }) => revision)).toEqual(
        direction === 'upgrade' ? ['a1', 'a2', 'a3', 'a4'] : ['a4', 'a3', 'a2', 'a1'],
      )
      await applyPlan(project.session, opened, plan, request)
    }
  })

  projectTest('may stay whole in one line', async ({ project }) => {
    project.write(straight)
    await live(project)
    const env = await project.environment(schemas, 'user')
    const result = await importAlembic(project.session, env, written)
    expect(result.proof).toBe('equal')
    expect(Object.values(headsIn(project, env)).map((head) => head.split(' ')[0])).toEqual([
      'user',
      'user',
      'user',
      'user',
    ])
  })

  projectTest(
    'takes a branch label for all that follows, and joins what other lines part',
    async ({ project }) => {
      project.write(
        writtenProject(
          { id: 'base1', file: 'alembic/versions/base.py' },
          { id: 'e1', parents: ['base1'], head: "branch_labels = ('expand',)" },
          { id: 'e2', parents: ['e1'] },
          {
            ...{ id: 'c1', parents: ['base1'] },
            head: "branch_labels = ('contract',)\ndepends_on = ('e1',)",
          },
          { id: 'm1', parents: ['e2', 'c1'] },
        ),
      )
      const env = await project.environment(schemas)
      const request = {
        ...written,
        lines: choice({ expand: 'user', contract: 'policy', base1: 'user' }),
      }
      await expect(importAlembic(project.session, env, request)).rejects.toMatchObject({
        code: 'which-line',
        message: expect.stringMatching(
          /^[^\n]*\n {2}m1 \(alembic\/versions\/m1.py\): may be user or policy$/,
        ),
        help: expect.stringContaining('--line m1=user'),
      })
      const lines = [...request.lines, { name: 'm1', key: 'user' }]
      await importAlembic(project.session, env, { ...request, lines })
      expect(headsIn(project, env)).toEqual({
        base1: 'user null []',
        e1: "user 'base1' []",
        e2: "user 'e1' []",
        c1: "policy null ['e1','base1']",
        m1: "user 'e2' ['c1']",
      })
    },
  )

  projectTest('takes a folder of revision files', async ({ project }) => {
    project.write({
      'alembic.ini':
        '[alembic]\nscript_location = db\nversion_locations = %(here)s/db/people %(here)s/db/rights\n',
      ...writtenProject(
        { id: 'aaaa', file: 'db/people/a.py' },
        { id: 'bbbb', file: 'db/rights/b.py', head: "depends_on = 'aaaa'" },
      ),
    })
    const env = await project.environment(schemas)
    await importAlembic(project.session, env, {
      ...{ ...written, path: '.' },
      lines: choice({ people: 'user', rights: 'policy' }),
    })
    expect(headsIn(project, env)).toEqual({ aaaa: 'user null []', bbbb: "policy null ['aaaa']" })
  })

  projectTest(
    'is refused where nothing says the line of a revision, or names what is not there',
    async ({ project }) => {
      project.write(straight)
      const env = await project.environment(schemas)
      const importing = (given: Readonly<Record<string, string>>) =>
        importAlembic(project.session, env, { ...written, lines: choice(given) })
      await expect(importing({ a1: 'user' })).rejects.toMatchObject({
        code: 'which-line',
        message: expect.stringContaining('a4 (alembic/versions/a4.py): nothing says'),
      })
      await expect(importing({ a1: 'nobody' })).rejects.toMatchObject({
        code: 'unknown-line',
        help: 'the schema keys are user, policy, message',
      })
      await expect(importing({ version: 'user' })).rejects.toMatchObject({
        code: 'unknown-line',
        help: 'did you mean --line versions=user?',
      })
      await expect(importing({})).rejects.toMatchObject({
        code: 'which-line',
        help: expect.stringContaining('--line NAME=KEY'),
      })
    },
  )
})
