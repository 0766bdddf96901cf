import { expect } from 'vitest'
import { lintProject } from '../../migrations/core/lint/index.ts'
import { verifyProject } from '../../migrations/core/verify/index.ts'
import { labTest } from '../runner/support.ts'

const live = `CREATE SCHEMA extensions; CREATE EXTENSION hstore SCHEMA extensions;
  CREATE SCHEMA auth; CREATE TABLE auth.users (id uuid PRIMARY KEY, email text NOT NULL);`
const profile =
  'CREATE TABLE app.profile (id uuid PRIMARY KEY REFERENCES auth.users (id), more extensions.hstore);'

labTest('what others own is there for mig-verify and mig-lint', { timeout: 60_000 }, async ({ lab }) => {
  await lab.database.client.query(live)
  await lab.write({
    'app/aaaa00000001_profile.sql': `-- profile
--
-- Revision: aaaa00000001
-- Revises: base
-- Downgrade loses: table app.profile

-- upgrade
${profile}

-- downgrade
DROP TABLE app.profile;
`,
    'app/aaaa00000002_owner.sql': `-- owner
--
-- Revision: aaaa00000002
-- Revises: aaaa00000001
-- Downgrade loses: column app.profile.owner

-- upgrade
ALTER TABLE app.profile ADD COLUMN owner uuid REFERENCES auth.users (id);

-- downgrade
ALTER TABLE app.profile DROP COLUMN owner;
`,
    '../models/auth.sql': '',
    '../models/app.sql': `${profile} ALTER TABLE app.profile ADD COLUMN owner uuid REFERENCES auth.users (id);`,
  })
  const { env } = await lab.project({
    schemas: { app: 'app', auth: 'auth' },
    exclude: ({ schema }) => schema === 'auth',
  })
  const results = await verifyProject(env, { emit: () => undefined })
  expect(results.filter(({ status }) => status === 'failed')).toEqual([])
  expect(results.flatMap(({ check, message }) => (check === 'stairway' ? [message] : []))).toEqual([
    'up, down and up again',
    'up, down and up again, with rows',
  ])
  const durationText = (ms: number) => `${ms} ms`
  const linted = await lintProject(env, { range: 'base:aaaa00000002', durationText, emit: () => undefined })
  expect(linted.effects.map(({ statement }) => [statement.revision, statement.sql.slice(0, 11)])).toEqual([
    ['aaaa00000001', 'CREATE TABL'],
    ['aaaa00000002', 'ALTER TABLE'],
  ])
})
