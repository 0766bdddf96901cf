import { describe, expect } from 'vitest'
import { fail, jsonLines, justOn, succeed } from '../e2e/support/just.ts'
import { databaseTest } from '../support/database.ts'

const variables = { env: { MIG_DIR: 'test/environments/tenants' } }
const head = 'd4e5f6a7b8c9'
const tenants = (count: number) =>
  Array.from({ length: count }, (_, at) => `CREATE SCHEMA tenant_${at}`).join('; ')

describe('the tenant example, by its recipes', () => {
  databaseTest('asks for targets, and says the ways to name them', async ({ database }) => {
    const just = justOn(database.url, variables)
    const { stderr } = await fail(just('mig-upgrade head tenant'), 'no-tenant-targets', 2)
    for (const way of [
      '--tenants all',
      'upgrade_all_tenants=true',
      'schemas=a,b',
      'tenant_range_start',
      '--shard',
    ])
      expect(stderr).toContain(way)
  })

  databaseTest('asks for them before any line of the command is touched', async ({ database }) => {
    const just = justOn(database.url, variables)
    await fail(just('mig-upgrade head all'), 'no-tenant-targets', 2)
    await fail(just('mig-upgrade head all --tenants nobody'), 'unknown-tenant', 2)
    await fail(just('mig-stamp head all'), 'no-tenant-targets', 2)
    const checked = await fail(just('mig-check all --tenants nobody'), 'unknown-tenant', 2)
    expect(checked.stdout).not.toContain('catalog')
    for (const target of ['head', 'base:head']) {
      const script = await fail(just(['mig-sql', target, 'all']), 'no-tenant-targets', 2)
      expect(script.stdout).toBe('')
    }
    const { rows } = await database.client.query(
      "SELECT nspname FROM pg_namespace WHERE nspname IN ('catalog', 'mig')",
    )
    expect(rows).toEqual([])
  })

  databaseTest(
    'upgrades all tenants and what they need of the single line, and then does nothing',
    async ({ database }) => {
      await database.client.query(tenants(12))
      const just = justOn(database.url, variables)
      const plan = await succeed(just('mig-upgrade head tenant --tenants all --plan'))
      expect(plan.stdout).toContain('on 12 tenants: tenant_0 to tenant_9')
      const run = await succeed(just('mig-upgrade head tenant -x upgrade_all_tenants=true --jobs 3'))
      expect(run.stdout).toContain('12 tenants of tenant done')
      const again = await succeed(just('mig-upgrade head all --tenants all'))
      expect(again.stdout).toContain('nothing to do: 12 tenants')
      const current = await succeed(just('mig-current'))
      expect(current.stdout).toMatch(new RegExp(`█+ +12 +${head} \\(head\\)`))
      const shown = jsonLines(await succeed(just('mig-tenants --json'))).filter(
        ({ event }) => event === 'tenant',
      )
      expect(shown).toHaveLength(12)
      expect(shown[0]).toMatchObject({
        targetSchema: 'tenant_0',
        revisions: [head],
        state: 'head',
        structure: 'majority',
      })
    },
  )

  databaseTest('takes names, globs and ranges in Alembic’s words and in its own', async ({ database }) => {
    await database.client.query(tenants(12))
    const just = justOn(database.url, variables)
    const planned = async (...args: readonly string[]) => {
      const result = await succeed(just(['mig-upgrade', 'head', 'tenant', '--plan', '--json', ...args]))
      return jsonLines(result).find(({ event }) => event === 'tenant-plan')
    }
    expect(await planned('-x', 'schemas=tenant_1,tenant_3')).toMatchObject({ tenants: 2, last: 'tenant_3' })
    expect(await planned('--tenants', 'tenant_1*')).toMatchObject({
      tenants: 3,
      first: 'tenant_1',
      last: 'tenant_11',
    })
    expect(await planned('--tenants', '1:3')).toMatchObject({ first: 'tenant_1', last: 'tenant_10' })
    expect(await planned('-x', 'tenant_range_start=10', '-x', 'tenant_range_end=100')).toMatchObject({
      tenants: 2,
    })
    await fail(just('mig-upgrade head tenant --tenants tenant_1x'), 'unknown-tenant', 2)
    const near = await fail(just('mig-upgrade head tenant --tenants tenent_3'), 'unknown-tenant', 2)
    expect(near.stderr).toContain('did you mean "tenant_3"?')
    await fail(just('mig-upgrade head tenant --tenants 20:30'), 'bad-tenant-range', 2)
    await fail(just('mig-upgrade head tenant -x shema=tenant_1'), 'unknown-x', 2)
    await fail(just('mig-upgrade head tenant --tenants all -x schemas=tenant_1'), 'tenant-targets', 2)
    await fail(just('mig-upgrade head catalog --tenants all'), 'no-tenant-line', 2)
    const twice = await fail(
      just('mig-upgrade head tenant --tenants tenant_1 --tenants tenant_2'),
      'bad-flag',
      2,
    )
    expect(twice.stderr).toContain('--tenants is given twice')
  })

  databaseTest(
    'goes on past a failure with --continue, groups the failures, and exits 7',
    async ({ database }) => {
      await database.client.query(
        `${tenants(6)}; CREATE TABLE tenant_2.account (); CREATE TABLE tenant_4.account ()`,
      )
      const just = justOn(database.url, variables)
      const { stdout, stderr } = await fail(
        just('mig-upgrade head tenant --tenants all --continue'),
        'tenants-failed',
        7,
      )
      expect(stderr).toContain('tenant_2, tenant_4 (4 done, 2 failed, 0 not begun)')
      expect(stdout).toMatch(/2 tenants failed with MIG-database-error: .*\n {2}tenant_2, tenant_4/)
      await fail(just('mig-upgrade head tenant --tenants all'), 'database-error', 3)
    },
  )

  databaseTest(
    'makes an unknown tenant only when told to, and drops one only when sure',
    async ({ database }) => {
      const just = justOn(database.url, variables)
      await fail(just('mig-upgrade head tenant --tenants tenant_new'), 'unknown-tenant', 2)
      await succeed(just('mig-upgrade head tenant --tenants tenant_new -x create_schema=true'))
      await succeed(just('mig-tenant-create tenant_other tenant'))
      await fail(just('mig-tenant-create tenant_other tenant'), 'tenant-exists', 2)
      const schemas = async () =>
        (
          await database.client.query(
            "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'tenant%' ORDER BY 1",
          )
        ).rows
      expect(await schemas()).toEqual([{ nspname: 'tenant_new' }, { nspname: 'tenant_other' }])
      await fail(just('mig-tenant-drop tenant_new tenant'), 'not-confirmed', 2)
      await fail(just(['mig-tenant-drop', 'tenant_n*', 'tenant', '--yes']), 'bad-tenant', 2)
      const several = await fail(just('mig-tenant-create tenant_a,tenant_b tenant'), 'bad-tenant', 2)
      expect(several.stderr).toContain('just mig-tenant-create tenant_a; just mig-tenant-create tenant_b')
      const made = await succeed(just(['mig-tenant-create', 'tenant_x\u001b[31my* \r\nz', 'tenant']))
      expect(made.stdout).toContain('created tenant tenant_x\\x1b[31my* z at')
      await succeed(just(['mig-tenant-drop', 'tenant_x\u001b[31my* \r\nz', 'tenant', '--yes']))
      const odd = 'tenant_x,y* \nz'
      await database.client.query(`CREATE SCHEMA "${odd}"`)
      await succeed(just(['mig-upgrade', 'head', 'tenant', '--tenants', odd]))
      await succeed(just(['mig-tenant-drop', odd, 'tenant', '--yes']))
      await succeed(just('mig-tenant-drop tenant_new tenant --yes'))
      expect(await schemas()).toEqual([{ nspname: 'tenant_other' }])
      const { rows } = await database.client.query('SELECT target_schema FROM mig.version ORDER BY 1')
      expect(rows).toEqual([{ target_schema: 'catalog' }, { target_schema: 'tenant_other' }])
    },
  )

  databaseTest('stamps tenants, and reverts revisions from some', async ({ database }) => {
    await database.client.query(tenants(3))
    const just = justOn(database.url, variables)
    await succeed(just('mig-upgrade head all --tenants all'))
    const taken = await succeed(just('mig-downgrade -1 tenant --tenants tenant_1'))
    expect(taken.stdout).toMatch(/^database postgresql:.* · schemas tenant\n/)
    expect(taken.stdout).toContain('1 tenant ↓ d4e5f6a7b8c9 → d3e4f5a6b7c8, 1 step each')
    const rows = await succeed(just('mig-current tenant --tenants tenant_0,tenant_1'))
    expect(rows.stdout).toMatch(/tenant_0 +d4e5f6a7b8c9 +head/)
    expect(rows.stdout).toMatch(/tenant_1 +d3e4f5a6b7c8 +1 behind/)
    const spread = jsonLines(await succeed(just('mig-history tenant --json'))).flatMap(
      ({ tenants }) => tenants ?? [],
    )
    expect(spread).toEqual([2, 1])
    const stamped = await succeed(just('mig-stamp d3e4f5a6b7c8 tenant --tenants all'))
    expect(stamped.stdout).toContain('tenant_2: d4e5f6a7b8c9 → d3e4f5a6b7c8')
    const history = await succeed(just('mig-history tenant'))
    expect(history.stdout).toContain('tenant (3 tenants)\n* d4e5f6a7b8c9 (head) add currency')
    expect(history.stdout).toContain('* d3e4f5a6b7c8 (3 tenants) create billed')
    const late = await just('mig-current tenant --check-heads')
    expect(late.code).toBe(1)
    const odd = await succeed(just('mig-tenants tenant'))
    expect(odd.stdout).toContain('1 tenant whose structure differs from most at the same revision: tenant_1')
  })

  databaseTest(
    'writes SQL that sets search_path per tenant and stops where a tenant stands elsewhere',
    async ({ database }) => {
      await database.client.query(tenants(2))
      const just = justOn(database.url, variables)
      const script = await succeed(just(['mig-sql', 'base:head', 'all', '--tenants', 'tenant_0,tenant_1']))
      await database.client.query(script.stdout)
      const again = await succeed(just('mig-upgrade head all --tenants all'))
      expect(again.stdout).toContain('nothing to do: 2 tenants')
      expect(script.stdout).toContain('SET LOCAL search_path TO tenant_1, public')
      await expect(database.client.query(script.stdout)).rejects.toThrow(/schema catalog is not at base/)
      await database.client.query('ROLLBACK')
      const online = await succeed(just('mig-sql base tenant --tenants tenant_1'))
      expect(online.stdout).not.toContain('tenant_0')
      await database.client.query(online.stdout)
      await succeed(just('mig-upgrade head tenant --tenants all'))
    },
  )
})
