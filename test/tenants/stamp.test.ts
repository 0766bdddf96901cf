import { describe, expect } from 'vitest'
import {
  type MigError,
  type MigEvent,
  type PoolOptions,
  stampTargets,
  targetStampPlan,
  targetTenants,
  tenantRunError,
} from '../../migrations/core/index.ts'
import { chain, type LabOptions, revisionId, type TenantLab, tenantNames, tenantTest } from './support.ts'

const group = { lines: ['tenant'], tenantLine: 'tenant' }

interface StampOptions extends PoolOptions {
  readonly given?: LabOptions
  readonly purge?: boolean
  readonly signal?: AbortSignal
  readonly onEvent?: (event: MigEvent) => void
}

async function stamp(lab: TenantLab, target: string, { given = {}, purge, ...options }: StampOptions = {}) {
  const project = await lab.project({ tenants: 'all', ...given })
  const targets = await targetTenants(project.env, 'tenant', {})
  const { signal, onEvent } = options
  const sessions = {
    ...(signal === undefined ? {} : { signal }),
    ...(onEvent === undefined ? {} : { emit: onEvent }),
  }
  return stampTargets(project, group, targets, { target, ...(purge ? { purge } : {}) }, options, sessions)
}

async function locking(lab: TenantLab, schema: string, body: () => Promise<void>): Promise<void> {
  const name = `just-mig mig ${schema}`
  await lab.database.client.query('SELECT pg_advisory_lock(hashtextextended($1, 0))', [name])
  await body()
  await lab.database.client.query('SELECT pg_advisory_unlock(hashtextextended($1, 0))', [name])
}

describe('a stamp on tenants', () => {
  tenantTest('writes what each needs, whichever place it starts from, and then nothing', async ({ lab }) => {
    await lab.write(chain(3))
    const names = [...tenantNames(40), 'tenant_"odd" \\ % 1']
    await lab.makeSchemas(names)
    await lab.run({ tenants: '0:5', target: revisionId(1) })
    await lab.run({ tenants: '5:8' })
    const { client } = lab.database
    await client.query(
      `INSERT INTO mig.progress (target_schema, revision, direction, line, statement, digest, checksum)
       VALUES ('tenant_006', 'x', 'upgrade', 'tenant', 1, '', '')`,
    )
    const events: MigEvent[] = []
    const result = await stamp(lab, revisionId(2), { onEvent: (event) => void events.push(event) })
    expect(result).toMatchObject({ done: 41, failures: [], left: 0 })
    // In the order of the tenants, whichever connection was first.
    expect(result.changes.map(({ targetSchema }) => targetSchema)).toEqual(names.toSorted())
    expect(result.changes.find(({ targetSchema }) => targetSchema === 'tenant_001')).toMatchObject({
      before: [revisionId(1)],
      after: [revisionId(2)],
    })
    expect(new Set(Object.values(await lab.versions()).flat())).toEqual(new Set([revisionId(2)]))
    expect((await client.query('SELECT FROM mig.progress')).rowCount).toBe(0)
    const { rows } = await client.query<{ count: number }>(
      `SELECT count(DISTINCT target_schema)::int FROM mig.log
       WHERE direction = 'stamp' AND revision = $1 AND checksum IS NOT NULL`,
      [revisionId(2)],
    )
    expect(rows[0]?.count).toBe(41)
    expect(events.findLast(({ event }) => event === 'tenants-progress')).toMatchObject({ done: 41, left: 0 })
    expect(await stamp(lab, revisionId(2))).toMatchObject({ done: 41, steps: 0, changes: [] })
    // Other tests lock in databases of their own.
    const locks = await client.query(
      `SELECT FROM pg_locks WHERE locktype = 'advisory'
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    )
    expect(locks.rowCount).toBe(0)
  })

  tenantTest('says in a plan what it would write, and writes nothing', async ({ lab }) => {
    await lab.write(chain(2))
    await lab.makeSchemas(tenantNames(50))
    await lab.run({ tenants: '0:1' })
    const project = await lab.project({ tenants: 'all' })
    const targets = await targetTenants(project.env, 'tenant', {})
    const { changes } = await targetStampPlan(project, group, targets, { target: 'head' }, {})
    expect(changes).toHaveLength(49)
    expect(Object.keys(await lab.versions())).toEqual(['tenant_000'])
  })

  tenantTest('waits for a tenant that somebody works on, and fails with it alone', async ({ lab }) => {
    await lab.write(chain(1))
    await lab.makeSchemas(tenantNames(6))
    await locking(lab, 'tenant_002', async () => {
      const given = { lockWait: '100ms' }
      const result = await stamp(lab, 'head', { given, goOn: true })
      expect(result.failures.map(({ target, error }) => [target.schema, error.code])).toEqual([
        ['tenant_002', 'lock-not-obtained'],
      ])
      expect(tenantRunError(result, { goOn: true })?.exitCode).toBe(7)
      expect(Object.keys(await lab.versions())).toHaveLength(5)
    })
    expect(await stamp(lab, 'head')).toMatchObject({ done: 6, steps: 1 })
  })

  tenantTest('fails with the tenant whose row cannot be written, and with no other', async ({ lab }) => {
    await lab.write(chain(2))
    await lab.makeSchemas(tenantNames(5))
    await lab.run({ tenants: '0:1' })
    const nothingStamped = `DELETE FROM mig.version; DELETE FROM mig.log WHERE target_schema <> 'tenant_003'`
    await lab.database.client.query(
      `${nothingStamped}; CREATE UNIQUE INDEX once ON mig.log (target_schema, direction);
       INSERT INTO mig.log (direction, line, revision, target_schema, outcome, tool_version)
       VALUES ('stamp', 'tenant', 'none', 'tenant_003', 'failed', '0')`,
    )
    const result = await stamp(lab, 'head', { goOn: true })
    expect(result).toMatchObject({ done: 4, left: 0 })
    expect(result.failures.map(({ target }) => target.schema)).toEqual(['tenant_003'])
    await lab.database.client.query(nothingStamped)
    const stopped = await stamp(lab, 'head', { jobs: 1 })
    expect(stopped).toMatchObject({ done: 3, left: 1 })
    await lab.database.client.query(nothingStamped)
    const canary = await stamp(lab, 'head', { canary: 4, goOn: true })
    expect(canary).toMatchObject({ canaryFailed: true, done: 3, left: 1 })
  })

  tenantTest('refuses a target that fits no tenant as a mistake of the command', async ({ lab }) => {
    await lab.write(chain(1))
    await lab.makeSchemas(tenantNames(3))
    const refused = await stamp(lab, 'nosuchrevision').catch((error: unknown) => error as MigError)
    expect(refused).toMatchObject({ code: 'cant-locate', exitCode: 2 })
  })

  tenantTest('starts over with purge where the ledger has a revision that no file has', async ({ lab }) => {
    await lab.write(chain(1))
    await lab.makeSchemas(tenantNames(3))
    await lab.run({ tenants: 'all' })
    await lab.database.client.query(
      "UPDATE mig.version SET revision = 'gone00000000' WHERE target_schema = 'tenant_001'",
    )
    await stamp(lab, 'head', { purge: true })
    expect((await lab.versions()).tenant_001).toEqual([revisionId(1)])
  })

  tenantTest('ends when it is interrupted, and another one goes on', async ({ lab }) => {
    await lab.write(chain(1))
    await lab.makeSchemas(tenantNames(12))
    const stop = new AbortController()
    const onEvent = ({ event }: MigEvent) => {
      if (event === 'tenant-done') stop.abort('SIGTERM')
    }
    const ended = await stamp(lab, 'head', { signal: stop.signal, onEvent }).catch((error: unknown) => error)
    expect(ended).toMatchObject({ code: 'interrupted', exitCode: 143 })
    const left = 12 - Object.keys(await lab.versions()).length
    expect(left).toBeGreaterThan(0)
    expect(await stamp(lab, 'head')).toMatchObject({ done: 12, steps: left })
  })
})
