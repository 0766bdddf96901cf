import { describe, expect } from 'vitest'
import { offlineScript, planRun, usingSession } from '../../migrations/core/index.ts'
import { splitStatements } from '../../migrations/core/postgres/index.ts'
import { writeFaultProject } from '../faults/fixture.ts'
import { outcomeOf } from '../faults/harness.ts'
import { createTestDatabase } from '../support/database.ts'
import { labTest } from './support.ts'

describe('the script of an upgrade', () => {
  labTest(
    'with autocommit sections and backfills leaves the same structure, rows and ledger',
    async ({ lab }) => {
      await writeFaultProject(lab)
      const project = await lab.project()
      const parts: string[] = []
      await usingSession(project.env, {}, async (session) => {
        const plan = await planRun(session, project, { direction: 'upgrade', target: 'head' })
        for await (const part of offlineScript({ project, plan })) parts.push(part)
      })
      expect((await lab.upgrade()).error).toBeUndefined()
      const online = await outcomeOf(lab)

      const other = await createTestDatabase()
      for (const { text } of splitStatements(parts.join(''))) await other.client.query(text)
      expect(await outcomeOf({ ...lab, database: other })).toEqual(online)
      await other.drop()
    },
  )
})
