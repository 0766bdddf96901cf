import { expect } from 'vitest'
import { importAlembic } from '../../../migrations/core/adopt/alembic/import.ts'
import { versionTable, written, writtenProject } from '../support/alembic.ts'
import { projectTest } from '../support/project.ts'

projectTest('a history that makes an extension leads to the live database', async ({ project }) => {
  // It is made by another than who replays: what that takes is not part of the schema.
  project.write(writtenProject({ id: 'aaaa', up: 'CREATE EXTENSION IF NOT EXISTS plpgsql' }))
  await project.run(versionTable('public', 'aaaa'))
  const env = await project.environment({ app: 'public' })
  expect(await importAlembic(project.session, env, written)).toMatchObject({ proof: 'equal' })
})
