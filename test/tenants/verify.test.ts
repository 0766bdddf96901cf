import { appendFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { withStandIns } from '../../migrations/core/autogenerate/tenants/key-names.ts'
import type { Project } from '../../migrations/core/index.ts'
import { schemasToKeys } from '../../migrations/core/scratch/lines.ts'
import { checkChecksums } from '../../migrations/core/verify/checksums.ts'
import { chain, revisionId, tenantNames, tenantTest } from './support.ts'

const ofTenants = async (project: Project) =>
  (await checkChecksums(project)).filter(({ line }) => line === 'tenant')

describe('the checksums that mig-verify compares', () => {
  tenantTest('are those of tenants too, and say how many have a file as it was', async ({ lab }) => {
    const files = chain(2)
    await lab.write(files)
    await lab.makeSchemas(tenantNames(12))
    await lab.run({ tenants: 'all' })
    await lab.run({ tenants: '0:1', direction: 'downgrade', target: '-1' })
    const project = await lab.project()
    expect(await ofTenants(project)).toEqual([
      { status: 'ok', line: 'tenant', message: '12 tenants compared' },
    ])
    const [, second = ''] = Object.keys(files)
    await appendFile(join(lab.root, 'migrations/versions', second), '// edited\n')
    const found = await ofTenants(await lab.project())
    expect(found).toMatchObject([{ status: 'failed', line: 'tenant', revision: revisionId(2) }])
    expect(found[0]?.message).toContain('to 11 tenants: tenant_001, tenant_002')
    expect(found[0]?.message).toContain('tenant_010 and 1 more')
  })

  tenantTest('of tenants that nobody can list are left out', async ({ lab }) => {
    await lab.write(chain(1))
    const failing = () => Promise.reject(new Error('no registry here'))
    const project = await lab.project({
      settings: { schemas: { tenant: { tenants: { function: failing } } } },
    })
    expect(await ofTenants(project)).toMatchObject([
      { status: 'skipped', line: 'tenant', message: expect.stringContaining('no registry here') },
    ])
  })
})

describe('the key of a tenant line', () => {
  const lines = [
    { key: 'user', schema: 'rfx_user', tenant: false },
    { key: 'tenant', schema: 'mig_tenant_of_tenant', tenant: true },
  ]

  test('stands in names for the schema of scratch databases, both ways', () => {
    const given = { 'tenant.account.nick': 'handle', 'rfx_user.profile': 'person' }
    const decisions = {
      renames: { given, others: 'ask' as const },
      casts: { using: { 'tenant.account.n': 'n::int' }, recreate: ['*', 'tenant.account'] },
    }
    expect(withStandIns(decisions, lines)).toEqual({
      renames: {
        given: { 'mig_tenant_of_tenant.account.nick': 'handle', 'rfx_user.profile': 'person' },
        others: 'ask',
      },
      casts: {
        using: { 'mig_tenant_of_tenant.account.n': 'n::int' },
        recreate: ['*', 'mig_tenant_of_tenant.account'],
      },
    })
    expect(schemasToKeys('column mig_tenant_of_tenant.account.nick, rfx_user.profile', lines)).toBe(
      'column tenant.account.nick, rfx_user.profile',
    )
  })

  test('stands after the kind of what is renamed, and in a new name with a schema', () => {
    const given = { 'type tenant.st': 'status', 'tenant.st.new': 'fresh', 'rfx_user.log': 'tenant.log' }
    const renames = { given, others: 'ask' as const, denied: ['tenant.account.a=b'] }
    expect(withStandIns({ renames, casts: { using: {}, recreate: [] } }, lines).renames).toEqual({
      given: {
        'type mig_tenant_of_tenant.st': 'status',
        'mig_tenant_of_tenant.st.new': 'fresh',
        'rfx_user.log': 'mig_tenant_of_tenant.log',
      },
      others: 'ask',
      denied: ['mig_tenant_of_tenant.account.a=b'],
    })
  })

  test('is not taken for one where a schema of a single line has that name', () => {
    const both = [...lines, { key: 'other', schema: 'tenant', tenant: false }]
    const decisions = {
      renames: { given: { 'tenant.account': 'x' }, others: 'off' as const },
      casts: { using: {}, recreate: [] },
    }
    expect(withStandIns(decisions, both)).toEqual(decisions)
  })
})
