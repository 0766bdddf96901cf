import { describe, expect } from 'vitest'
import { importHistory } from '../../../migrations/core/adopt/import/import.ts'
import { importFolder } from '../support/folders.ts'
import { projectTest } from '../support/project.ts'

describe('an imported revision that does not run is named', () => {
  projectTest('by the file that it came from', async ({ project }) => {
    project.write({ 'db/V1__one.sql': 'SELECT 1;', 'db/V2__two.sql': 'SELECT nothing;' })
    const env = await project.environment({ app: 'public' })
    await expect(importFolder('flyway', project.session, env, { path: 'db' })).rejects.toMatchObject({
      code: 'replay-failed',
      message: expect.not.stringContaining('import-'),
      place: { file: 'db/V2__two.sql', statement: expect.stringContaining('SELECT nothing') },
    })
  })

  projectTest('by its tool where it has no file', async ({ project }) => {
    const env = await project.environment({ app: 'public' })
    const revision = {
      ...{ revision: 'aaaa', downRevision: null, dependsOn: [], branchLabels: [], message: 'first' },
      ...{ createdAt: undefined, source: 'kysely 2024_first', downgrade: null },
      upgrade: [{ kind: 'sql', sql: 'SELECT nothing' } as const],
    }
    const history = { tool: 'kysely', revisions: [revision] } as const
    const run = importHistory(project.session, env, { history, ledgers: [], ignoreTables: [] })
    await expect(run).rejects.toMatchObject({
      code: 'replay-failed',
      message: expect.stringMatching(/^in kysely 2024_first: the imported history does not run/),
      place: { statement: expect.stringContaining('SELECT nothing') },
    })
    await expect(run).rejects.not.toHaveProperty('place.file')
  })
})
