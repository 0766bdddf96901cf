import { describe, expect } from 'vitest'
import { offlineScript, scriptPlan } from '../../migrations/core/index.ts'
import { chain, type LabOptions, revisionId, type TenantLab, tenantTest } from './support.ts'

const breakout = 'CREATE TABLE public.broke_out ()'
const hostile = [
  `tenant_\r${breakout}; --`,
  `tenant_\n${breakout}; --`,
  `tenant_$mig$; ${breakout}`,
  `tenant_$mig$ $mig1$ ' " \\ %`,
]

async function script(lab: TenantLab, options: LabOptions = {}): Promise<string> {
  const project = await lab.project({ tenants: 'all', ...options })
  const request = { direction: 'upgrade', target: 'head' } as const
  const parts: string[] = []
  const plan = await scriptPlan(project, { lines: ['tenant'], tenantLine: 'tenant' }, request, {})
  for await (const part of offlineScript({ project, plan })) parts.push(part)
  return parts.join('')
}

describe('a script for tenants', () => {
  tenantTest('does what a run does, and no name in it is more than a name', async ({ lab }) => {
    await lab.write(chain(2))
    await lab.makeSchemas(hostile)
    const text = await script(lab)
    await lab.database.client.query(text)
    const versions = await lab.versions()
    expect(new Set(Object.keys(versions))).toEqual(new Set(hostile))
    expect(new Set(Object.values(versions).flat())).toEqual(new Set([revisionId(2)]))
    expect((await lab.plan({ tenants: 'all' })).work).toEqual([])
    const { rows } = await lab.database.client.query("SELECT to_regclass('public.broke_out') AS made")
    expect(rows).toEqual([{ made: null }])
    await expect(lab.database.client.query(text)).rejects.toThrow(
      /is not at base, where this script starts: it is at/,
    )
  })

  tenantTest('stops where a tenant is gone, and makes nothing in public for it', async ({ lab }) => {
    await lab.write(chain(1))
    await lab.makeSchemas(['tenant_a'])
    const text = await script(lab)
    await lab.database.client.query('DROP SCHEMA tenant_a')
    await expect(lab.database.client.query(text)).rejects.toThrow('there is no schema tenant_a')
    await lab.database.client.query('ROLLBACK')
    const made = await script(lab, { tenants: 'tenant_new', x: ['create_schema=true'] })
    await lab.database.client.query(made)
    expect(Object.keys(await lab.versions())).toEqual(['tenant_new'])
  })
})
