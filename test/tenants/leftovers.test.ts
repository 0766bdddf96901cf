import { describe, expect } from 'vitest'
import {
  createTenant,
  dropTenant,
  lineStatuses,
  stampTargets,
  targetStatus,
  targetTenants,
} from '../../migrations/core/index.ts'
import { chain, revisionId, revisionText, type TenantLab, tenantNames, tenantTest } from './support.ts'

const group = { lines: ['tenant'], tenantLine: 'tenant' }

const [a, b] = ['tenant_a', 'tenant_b']

async function tables({ database }: TenantLab, schema: string): Promise<number | null> {
  const { rowCount } = await database.client.query('SELECT FROM pg_tables WHERE schemaname = $1', [schema])
  return rowCount
}

async function look(lab: TenantLab) {
  const project = await lab.project({ tenants: 'all' })
  const targets = await targetTenants(project.env, 'tenant', {})
  const statuses = await lineStatuses(project, targets, {})
  const status = await targetStatus(project, targets, {})
  return { states: statuses.map(({ state }) => state), statuses, status }
}

async function stamp(lab: TenantLab, target: string, tenants: string, fromLog = false) {
  const project = await lab.project({ tenants })
  const targets = await targetTenants(project.env, 'tenant', {})
  return stampTargets(project, group, targets, { target, fromLog }, {}, {})
}

describe('a tenant whose schema others have dropped', () => {
  tenantTest('gets every revision when it is created again', async ({ lab }) => {
    await lab.write(chain(2))
    const project = await lab.project()
    await createTenant(project, 'tenant', a, {})
    await createTenant(project, 'tenant', b, {})
    await lab.database.client.query(`DROP SCHEMA ${a} CASCADE`)
    expect(await createTenant(project, 'tenant', a, {})).toMatchObject({ revisions: [revisionId(2)] })
    expect(await tables(lab, a)).toBe(2)
    const { rows } = await lab.database.client.query(
      `SELECT direction || ' ' || revision AS step FROM mig.log WHERE target_schema = '${a}' ORDER BY id`,
    )
    const up = [`upgrade ${revisionId(1)}`, `upgrade ${revisionId(2)}`]
    expect(rows.map(({ step }) => step)).toEqual([...up, 'stamp ', ...up])
    expect((await look(lab)).states).toEqual(['head', 'head'])
  })

  tenantTest('and created again empty is told, and is not said to be at head', async ({ lab }) => {
    await lab.write(chain(2))
    const project = await lab.project()
    await createTenant(project, 'tenant', a, {})
    await createTenant(project, 'tenant', b, {})
    await lab.database.client.query(`DROP SCHEMA ${a} CASCADE; CREATE SCHEMA ${a}`)
    const { states, status } = await look(lab)
    expect(states).toEqual(['emptied', 'head'])
    expect(status).toMatchObject([{ kind: 'ledger', targetSchema: a }])
    await expect(createTenant(project, 'tenant', a, {})).rejects.toMatchObject({
      code: 'tenant-exists',
      help: expect.stringContaining(`just mig-stamp base tenant --tenants ${a}`),
    })
    const { result } = await lab.run({ tenants: 'all', goOn: true })
    expect(result).toMatchObject({ failures: [{ target: { schema: a }, error: { code: 'schema-emptied' } }] })
    await stamp(lab, 'base', a)
    expect((await lab.run({ tenants: 'all' })).result).toMatchObject({ done: 1, steps: 2, failures: [] })
    expect(await tables(lab, a)).toBe(2)
  })

  tenantTest('is forgotten by the log where it was dropped by us', async ({ lab }) => {
    await lab.write(chain(1))
    const project = await lab.project()
    const { tenant } = await createTenant(project, 'tenant', a, {})
    await dropTenant(project, tenant, {})
    await lab.makeSchemas([a])
    expect((await lab.run({ tenants: 'all' })).result).toMatchObject({ done: 1, steps: 1 })
  })
})

describe('tenants whose rows the log contradicts', () => {
  tenantTest('are refused one by one, and repaired together', async ({ lab }) => {
    await lab.write(chain(2))
    await lab.makeSchemas(tenantNames(4))
    await lab.run({ tenants: 'all' })
    await lab.database.client.query("DELETE FROM mig.version WHERE target_schema <> 'tenant_000'")
    const { result } = await lab.run({ tenants: 'all', goOn: true })
    expect(result.failures.map(({ error }) => error.code)).toEqual(Array(3).fill('ledger-disagrees'))
    expect(result.failures[0]?.error.help).toContain('just mig-stamp --from-log tenant --tenants tenant_001')
    expect((await look(lab)).states).toEqual(['head', 'disagrees', 'disagrees', 'disagrees'])
    expect(await stamp(lab, '', 'all', true)).toMatchObject({ done: 4, steps: 3 })
    expect((await look(lab)).states).toEqual(Array(4).fill('head'))
    expect(await tables(lab, 'tenant_001')).toBe(2)
  })

  tenantTest('and a revision below what they have is run in those that lack it', async ({ lab }) => {
    await lab.write(chain(2))
    await lab.makeSchemas(tenantNames(3))
    await lab.run({ tenants: '0:2' })
    const between = revisionText(1, "await op.execute('CREATE TABLE between ()')").replaceAll(
      revisionId(1),
      'b00000000001',
    )
    const second = revisionText(2, "await op.execute('CREATE TABLE t2 ()')").replaceAll(
      revisionId(1),
      'b00000000001',
    )
    await lab.write({
      'tenant/20260101_000003_between.ts': between
        .replace('= null', `= '${revisionId(1)}'`)
        .replace('Revises: ', `Revises: ${revisionId(1)}`),
      [Object.keys(chain(2))[1] ?? '']: second,
    })
    const { statuses } = await look(lab)
    expect(statuses.map(({ behind, neverRun }) => [behind, neverRun.length])).toEqual([
      [1, 1],
      [1, 1],
      [3, 0],
    ])
    expect((await lab.run({ tenants: 'all' })).result).toMatchObject({ done: 3, steps: 5 })
    for (const name of tenantNames(3)) expect(await tables(lab, name)).toBe(3)
    expect((await lab.versions()).tenant_000).toEqual([revisionId(2)])
    expect((await look(lab)).states).toEqual(['head', 'head', 'head'])
  })
})
