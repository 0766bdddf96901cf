import { describe, expect } from 'vitest'
import { failureGroups, lineStatuses, targetTenants, tenantRunError } from '../../migrations/core/index.ts'
import { chain, revisionId, revisionText, tenantNames, tenantTest } from './support.ts'

describe('a run over 300 tenants', () => {
  tenantTest(
    'of mixed versions, some broken, some mid-flight, brings each healthy one to head',
    async ({ lab }) => {
      const names = tenantNames(300)
      await lab.write(chain(3))
      await lab.makeSchemas(names)
      await lab.run({ tenants: '0:100', target: revisionId(1), jobs: 8 })
      await lab.run({ tenants: '50:80', target: revisionId(2), jobs: 8 })
      // Ten have a table of their own in the way.
      const broken = names.slice(200, 210)
      await lab.database.client.query(broken.map((name) => `CREATE TABLE ${name}.t2 ()`).join('; '))
      const { plan, result, events } = await lab.run({ tenants: 'all', jobs: 8, goOn: true })

      expect(plan.alike.map(({ steps, work }) => [steps.length, work.length])).toEqual([
        [2, 70],
        [1, 30],
        [3, 200],
      ])
      expect(result).toMatchObject({ done: 290, left: 0, steps: 70 * 2 + 30 + 190 * 3 })
      expect(result.failures.map(({ target }) => target.schema).sort()).toEqual(broken)
      expect(failureGroups(result.failures)).toMatchObject([
        { code: 'database-error', tenants: { length: 10 } },
      ])
      const error = tenantRunError(result, { goOn: true })
      expect(error).toMatchObject({ code: 'tenants-failed', exitCode: 7, facts: { done: 290 } })

      const versions = await lab.versions()
      for (const name of names) {
        expect(versions[name]).toEqual([broken.includes(name) ? revisionId(1) : revisionId(3)])
      }
      const progress = events.filter((event) => event.event === 'tenants-progress').at(-1)
      expect(progress).toMatchObject({ done: 290, failed: 10, left: 0, total: 300 })
      expect(events.filter((event) => event.event === 'tenant-done')).toHaveLength(290)

      await lab.database.client.query(broken.map((name) => `DROP TABLE ${name}.t2`).join('; '))
      const again = await lab.run({ tenants: 'all', jobs: 8, goOn: true })
      expect(again.plan.work.map(({ unit }) => unit.schema)).toEqual(broken)
      expect(again.result).toMatchObject({ done: 10, failures: [], steps: 20 })
      expect(new Set(Object.values(await lab.versions()).map(String))).toEqual(new Set([revisionId(3)]))
    },
  )
})

describe('a run over tenants', () => {
  tenantTest('stops at the first failure with that failure, and says what is left', async ({ lab }) => {
    await lab.write(chain(1))
    await lab.makeSchemas(tenantNames(20))
    await lab.database.client.query('CREATE TABLE tenant_003.t1 ()')
    const { result } = await lab.run({ tenants: 'all', jobs: 1 })
    expect(result).toMatchObject({ done: 3, left: 16 })
    const error = tenantRunError(result, {})
    expect(error).toMatchObject({ code: 'database-error', exitCode: 3, facts: { done: 3, left: 16 } })
    expect(error?.message).toContain('tenant_003')
    expect(error?.help).toContain('--continue')
  })

  tenantTest('leaves the others alone when a canary fails', async ({ lab }) => {
    await lab.write(chain(1))
    await lab.makeSchemas(tenantNames(10))
    await lab.database.client.query('CREATE TABLE tenant_001.t1 ()')
    const { result } = await lab.run({ tenants: 'all', canary: 2, goOn: true, jobs: 1 })
    expect(result).toMatchObject({ done: 1, left: 8, canaryFailed: true })
    expect(tenantRunError(result, { goOn: true })).toMatchObject({ code: 'canary-failed', exitCode: 7 })
  })

  tenantTest('stops once so many have failed', async ({ lab }) => {
    await lab.write(chain(1))
    const names = tenantNames(10)
    await lab.makeSchemas(names)
    await lab.database.client.query(names.map((name) => `CREATE TABLE ${name}.t1 ()`).join('; '))
    const { result } = await lab.run({ tenants: 'all', maxFailures: 3, jobs: 1 })
    expect(result).toMatchObject({ done: 0, left: 7, failures: { length: 3 } })
  })

  tenantTest('reverts revisions from the tenants that are named, each by its own log', async ({ lab }) => {
    await lab.write(chain(3))
    await lab.makeSchemas(tenantNames(6))
    await lab.run({ tenants: 'all' })
    await lab.run({ tenants: 'tenant_000', direction: 'downgrade', target: '-1' })
    const { result } = await lab.run({
      tenants: 'tenant_00[012]'.replace('[012]', '*'),
      direction: 'downgrade',
      target: '-1',
    })
    expect(result).toMatchObject({ done: 6, steps: 6 })
    const versions = await lab.versions()
    expect(versions.tenant_000).toEqual([revisionId(1)])
    expect(versions.tenant_005).toEqual([revisionId(2)])
  })

  tenantTest('does a single line first where a revision of the tenants depends on it', async ({ lab }) => {
    await lab.write({
      'shared/20260101_000000_b00000000001_plans.ts': revisionText(
        1,
        "await op.execute('CREATE TABLE app_shared.plans (id int PRIMARY KEY)')",
      ).replaceAll(revisionId(1), 'b00000000001'),
      'tenant/20260101_000001_x.ts': revisionText(
        1,
        "await op.execute('CREATE TABLE t (plan int REFERENCES app_shared.plans)')",
        '',
        ['b00000000001'],
      ),
    })
    await lab.makeSchemas(tenantNames(5))
    const { result } = await lab.run({ tenants: 'all' })
    expect(result.failures.map(({ error }) => error.message)).toEqual([])
    const versions = await lab.versions()
    expect(Object.keys(versions)).toEqual(['app_shared', ...tenantNames(5)])
    expect((await lab.plan({ tenants: 'all' })).work).toEqual([])
  })

  tenantTest('gives a revision the -x values that env.ts declares', async ({ lab }) => {
    await lab.write({
      'tenant/20260101_000001_x.ts': revisionText(
        1,
        'await op.execute(op.sql`SELECT set_config(\'lab.x\', ${JSON.stringify(op.x)}, false)`); await op.execute(`CREATE TABLE ${op.schema}."${op.x.name}_${op.x.shards}_${op.x.loud}" ()`)',
      ),
    })
    await lab.makeSchemas(['tenant_a'])
    const settings = { x: { name: 'string', shards: 'number', loud: 'boolean' } } as const
    const { result } = await lab.run({ tenants: 'all', settings, x: ['name=n', 'shards=4', 'loud=true'] })
    expect(result.failures.map(({ error }) => error.message)).toEqual([])
    const { rows } = await lab.database.client.query(
      "SELECT tablename FROM pg_tables WHERE schemaname = 'tenant_a'",
    )
    expect(rows).toEqual([{ tablename: 'n_4_true' }])
  })

  tenantTest('refuses a tenant that is ahead of the code and goes on with the others', async ({ lab }) => {
    await lab.write(chain(1))
    await lab.makeSchemas(tenantNames(3))
    await lab.run({ tenants: 'tenant_001' })
    await lab.database.client.query("UPDATE mig.version SET revision = 'cafe00000000'")
    const { result } = await lab.run({ tenants: 'all', goOn: true })
    expect(result.done).toBe(2)
    expect(result.failures).toMatchObject([
      { target: { schema: 'tenant_001' }, error: { code: 'ahead-of-code' } },
    ])
    expect(result.failures[0]?.error.message).toContain('tenant_001')
  })

  tenantTest(
    'that is interrupted leaves each tenant whole, and a rerun does only what is left',
    async ({ lab }) => {
      await lab.write(chain(3))
      await lab.makeSchemas(tenantNames(12))
      const stop = new AbortController()
      const run = lab.run({
        tenants: 'all',
        jobs: 2,
        signal: stop.signal,
        onEvent: (event) => {
          if (event.event === 'tenant-done') stop.abort('SIGTERM')
        },
      })
      await expect(run).rejects.toMatchObject({ code: 'interrupted', exitCode: 143 })
      const left = (await lab.plan({ tenants: 'all' })).work.length
      expect(left).toBeGreaterThan(0)
      expect(left).toBeLessThan(12)
      const { result } = await lab.run({ tenants: 'all' })
      expect(result).toMatchObject({ done: left, failures: [], left: 0 })
      const { rows } = await lab.database.client.query(
        "SELECT count(*)::int AS steps FROM mig.log WHERE outcome = 'done'",
      )
      expect(rows).toEqual([{ steps: 36 }])
    },
  )

  tenantTest(
    'takes up a tenant that an earlier run has left in the middle of a revision',
    async ({ lab }) => {
      const text = revisionText(
        1,
        `await op.autocommit(async () => {
          await op.execute('CREATE TABLE one ()')
          await op.execute('CREATE TABLE two ()')
        })`,
      )
      await lab.write({ 'tenant/20260101_000001_x.ts': text })
      const names = tenantNames(4)
      await lab.makeSchemas(names)
      await lab.database.client.query('CREATE TABLE tenant_001.two ()')
      const first = await lab.run({ tenants: 'all', goOn: true })
      expect(first.result).toMatchObject({ done: 3, failures: [{ target: { schema: 'tenant_001' } }] })
      const project = await lab.project()
      const tenants = await targetTenants(project.env, 'tenant', {}, 'all')
      const begun = (await lineStatuses(project, tenants, {})).map(({ halfDone }) => halfDone)
      const goOn = `just mig-upgrade ${revisionId(1)} tenant --tenants tenant_001`
      const inTheMiddle = { revision: revisionId(1), direction: 'upgrade', statement: 1, goOn }
      expect(begun.toSorted()).toEqual([inTheMiddle, null, null, null])

      // What is done is not what the file begins with.
      const { client } = lab.database
      await client.query("UPDATE mig.progress SET digest = digest || 'x'")
      const differing = await lab.run({ tenants: 'tenant_001' })
      expect(differing.result.failures).toMatchObject([{ error: { code: 'resume-differs' } }])
      expect(differing.result.failures[0]?.error.help).toContain(
        'just mig-stamp base tenant --tenants tenant_001',
      )
      await client.query('UPDATE mig.progress SET digest = left(digest, -1)')

      // The code of another branch, which has not this revision.
      await lab.write({ 'tenant/20260101_000001_x.ts': text.replaceAll(revisionId(1), revisionId(9)) })
      const { result } = await lab.run({ tenants: 'tenant_001' })
      expect(result.failures).toMatchObject([{ error: { code: 'half-done' } }])
      expect(result.failures[0]?.error.help).toContain(`then ${goOn}; or undo`)

      await lab.write({ 'tenant/20260101_000001_x.ts': text })
      await lab.database.client.query('DROP TABLE tenant_001.two')
      const again = await lab.run({ tenants: 'all', goOn: true })
      expect(again.result).toMatchObject({ done: 1, failures: [] })
      expect(Object.keys(await lab.versions())).toEqual(names)
    },
  )
})
