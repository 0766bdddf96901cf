import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { cleanVariables, repository } from '../support/recipes.ts'
import { chain, revisionId, type TenantLab, tenantNames, tenantTest } from './support.ts'

/** One runner of a shared upgrade, as a machine of its own would start it. */
interface Runner {
  readonly child: ChildProcess
  /** Resolves with the tenant that it has finished first, or undefined when it ends without any. */
  readonly firstDone: Promise<string | undefined>
  readonly ended: Promise<{ readonly code: number | null; readonly output: string }>
}

function startRunner(lab: TenantLab): Runner {
  const args = ['mig-upgrade', 'head', 'tenant', '--tenants', 'all', '--share', '--jobs', '2', '--json']
  const child = spawn(process.execPath, [join(repository, 'scripts/launch.mjs'), ...args], {
    cwd: lab.root,
    env: cleanVariables({ MIG_DATABASE_URL: lab.database.url }),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  let report: (tenant: string | undefined) => void = () => undefined
  const firstDone = new Promise<string | undefined>((resolve) => {
    report = resolve
  })
  child.stdout?.on('data', (chunk) => {
    output += String(chunk)
    const [, tenant] = /"event":"tenant-done","line":"tenant","targetSchema":"([^"]+)"/.exec(output) ?? []
    if (tenant !== undefined) report(tenant)
  })
  child.stderr?.on('data', (chunk) => {
    output += String(chunk)
  })
  const ended = once(child, 'exit').then(([code]) => {
    report(undefined)
    return { code, output }
  })
  return { child, firstDone, ended }
}

/** Every tenant at head, each step done once by the log. */
async function expectEachOnce(lab: TenantLab, tenants: readonly string[], revisions: number): Promise<void> {
  const versions = await lab.versions()
  expect(Object.keys(versions)).toEqual(tenants)
  expect(new Set(Object.values(versions).map(String))).toEqual(new Set([revisionId(revisions)]))
  const { rows } = await lab.database.client.query(
    `SELECT target_schema, revision, count(*)::int AS times FROM mig.log WHERE outcome = 'done' GROUP BY 1, 2 HAVING count(*) > 1`,
  )
  expect(rows).toEqual([])
  const { rows: steps } = await lab.database.client.query(
    `SELECT count(*)::int AS steps, count(DISTINCT target_schema)::int AS tenants FROM mig.log WHERE outcome = 'done'`,
  )
  expect(steps).toEqual([{ steps: tenants.length * revisions, tenants: tenants.length }])
}

const environment = "export default { schemas: { tenant: { tenants: { like: 'tenant_%' } } } }\n"

async function prepared(lab: TenantLab, tenants: number, revisions: number): Promise<readonly string[]> {
  await lab.write({ ...chain(revisions), '../env.ts': environment })
  const names = tenantNames(tenants)
  await lab.makeSchemas(names)
  return names
}

describe('the same command with --share on several machines', () => {
  tenantTest('two runners divide the tenants, and one goes on when the other is killed', async ({ lab }) => {
    const names = await prepared(lab, 120, 6)
    const [victim, other] = [startRunner(lab), startRunner(lab)]
    expect(await victim.firstDone).toBeDefined()
    victim.child.kill('SIGKILL')
    const { code, output } = await other.ended
    expect(code, output).toBe(0)
    await victim.ended
    await expectEachOnce(lab, names, 6)
  })

  tenantTest('of four runners two are killed, and the two others do all that is left', async ({ lab }) => {
    const names = await prepared(lab, 200, 6)
    const runners = Array.from({ length: 4 }, () => startRunner(lab))
    const [first, second, third, fourth] = runners
    for (const victim of [first, second]) {
      await victim?.firstDone
      victim?.child.kill('SIGKILL')
    }
    for (const survivor of [third, fourth]) {
      const end = await survivor?.ended
      expect(end?.code, end?.output).toBe(0)
    }
    await expectEachOnce(lab, names, 6)
  })

  tenantTest(
    'a runner that finds everything in other hands waits for them and ends when nothing is left',
    async ({ lab, database }) => {
      const names = await prepared(lab, 4, 1)
      const key = `just-mig mig ${names[2]}`
      await database.client.query('SELECT pg_advisory_lock(hashtextextended($1, 0))', [key])
      const settled: string[] = []
      const { result } = await lab.run({
        tenants: 'all',
        share: true,
        jobs: 2,
        onEvent(event) {
          if (event.event !== 'tenant-done') return
          settled.push(event.targetSchema)
          // Only once the three free ones are done is the fourth given free.
          if (settled.length === 3)
            void database.client.query('SELECT pg_advisory_unlock(hashtextextended($1, 0))', [key])
        },
      })
      expect(result).toMatchObject({ done: 4, failures: [], left: 0 })
      expect(settled.at(-1)).toBe(names[2])
    },
  )
})
