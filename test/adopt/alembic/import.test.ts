import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { importAlembic } from '../../../migrations/core/adopt/index.ts'
import { readApplied } from '../../../migrations/core/ledger/index.ts'
import { applyPlan, planRun } from '../../../migrations/core/runner/index.ts'
import { projectTest } from '../support/project.ts'

const folder = join(import.meta.dirname, '..', 'fixtures', 'alembic')
const upgradeSql = readFileSync(join(folder, 'upgrade.sql'), 'utf8')
const request = {
  path: folder,
  offlineSql: ['upgrade.sql', 'downgrade.sql'].map((name) => join(folder, name)),
}

describe('importing an Alembic project whose SQL Alembic has written', () => {
  projectTest('adopts a live database at its version, and goes down and up', async ({ project }) => {
    await project.run(upgradeSql)
    const env = await project.environment({ shop: 'public', sales: 'sales' }, 'shop')
    const result = await importAlembic(project.session, env, request)
    expect(result).toMatchObject({ proof: 'equal', irreversible: [] })
    expect(result.files).toHaveLength(8)
    expect(result.adopted).toEqual([
      { line: 'shop', targetSchema: 'public', revisions: ['819203142536'], from: 'public.alembic_version' },
    ])
    expect(await readApplied(project.database.client, 'mig')).toEqual(new Map([['public', ['819203142536']]]))
    const opened = project.opened(env)
    for (const direction of ['downgrade', 'upgrade'] as const) {
      const asked = { direction, target: direction === 'upgrade' ? 'heads' : 'base' }
      const plan = await planRun(project.session, opened, asked)
      expect(plan.steps).toHaveLength(8)
      await applyPlan(project.session, opened, plan, asked)
    }
  })
})
