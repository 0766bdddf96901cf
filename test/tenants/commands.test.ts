import { describe, expect } from 'vitest'
import { createTenant, targetStatus, targetTenants } from '../../migrations/core/index.ts'
import { nameOfRunner } from '../../migrations/core/runner/session/holder.ts'
import { chain, tenantTest } from './support.ts'

const hostile = "tenant_$& o'x \\ %"
const quoted = `'tenant_$& o'\\''x \\ %'`

describe('a command to type that names a tenant', () => {
  tenantTest('is what the shell takes, whatever the name holds', async ({ lab }) => {
    await lab.write(chain(1))
    await lab.makeSchemas([hostile])
    const { client } = lab.database
    const project = await lab.project({ tenants: 'all' })
    await expect(createTenant(project, 'tenant', hostile, {})).rejects.toMatchObject({
      code: 'tenant-exists',
      help: expect.stringContaining(`--tenants ${quoted}`),
    })
    await lab.run({ tenants: 'all' })
    await client.query(
      `INSERT INTO mig.progress (target_schema, revision, direction, line, statement, digest, checksum)
       VALUES ($1, 'a00000000001', 'upgrade', 'tenant', 1, '', '')`,
      [hostile],
    )
    const targets = await targetTenants(project.env, 'tenant', {})
    expect(await targetStatus(project, targets, {})).toMatchObject([
      { kind: 'half-done', fix: `just mig-upgrade a00000000001 tenant --tenants ${quoted}` },
    ])
    await client.query('DELETE FROM mig.progress')
    const dead = nameOfRunner().replace(/\d+/, '999999999')
    await client.query("SELECT set_config('application_name', $1, false)", [dead])
    await client.query('SELECT pg_advisory_lock(hashtextextended($1, 0))', [`just-mig mig ${hostile}`])
    const [lock] = await targetStatus(project, targets, {})
    expect(lock?.fix).toContain(`just mig-unlock tenant --tenants ${quoted}`)
    await client.query('SELECT pg_advisory_unlock_all()')
  })
})
