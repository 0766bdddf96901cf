import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import {
  type EnvironmentOptions,
  type LoadOptions,
  loadEnvironment,
  type MigEvent,
  openProject,
  type PoolOptions,
  type PoolResult,
  type Project,
  planTargets,
  runTargets,
  type TargetPlan,
  targetTenants,
} from '../../migrations/core/index.ts'
import { databaseTest, type TestDatabase } from '../support/database.ts'

/** A project with a tenant line and a single line on a database of its own. */
export interface TenantLab {
  readonly database: TestDatabase
  readonly root: string
  /** Writes revision files, by path below `migrations/versions`. */
  readonly write: (files: Readonly<Record<string, string>>) => Promise<void>
  readonly project: (given?: LabOptions) => Promise<Project>
  readonly plan: (given?: LabOptions) => Promise<TargetPlan>
  readonly run: (given?: LabOptions) => Promise<LabRun>
  /** Makes empty schemas. */
  readonly makeSchemas: (names: readonly string[]) => Promise<void>
  /** Target schema → its rows in the ledger. */
  readonly versions: () => Promise<Readonly<Record<string, readonly string[]>>>
}

export interface LabOptions
  extends Pick<LoadOptions, 'tenants' | 'shard' | 'x' | 'lockWait' | 'transaction'>,
    PoolOptions {
  readonly settings?: Partial<EnvironmentOptions>
  readonly direction?: 'upgrade' | 'downgrade'
  readonly target?: string
  readonly signal?: AbortSignal
  readonly onEvent?: (event: MigEvent) => void
  readonly allowMissing?: boolean
  /** Instead of the database's own URL. */
  readonly url?: string
}

export interface LabRun {
  readonly plan: TargetPlan
  readonly result: PoolResult
  readonly events: readonly MigEvent[]
}

/** The tenant line of the lab. */
export const tenantGroup = { lines: ['tenant'], tenantLine: 'tenant' }

export const schemaMap = { tenant: { tenants: { like: 'tenant\\_%' } }, shared: 'app_shared' }

/** `tenantTest('…', async ({ lab }) => …)`: a test with a project and a database, both gone after it. */
export const tenantTest = databaseTest.extend<{ lab: TenantLab }>({
  lab: async ({ database }, use) => {
    const root = await mkdtemp(join(tmpdir(), 'just-mig-tenants-'))
    await use(tenantLab(database, root))
    await rm(root, { recursive: true, force: true })
  },
})

function tenantLab(database: TestDatabase, root: string): TenantLab {
  const project = async ({
    settings,
    tenants,
    shard,
    x,
    lockWait,
    transaction,
    url = database.url,
  }: LabOptions = {}) => {
    const given = { tenants, shard, x, lockWait, transaction }
    return openProject(
      await loadEnvironment({
        root,
        variables: {},
        databaseUrl: url,
        ...defined(given),
        options: {
          schemas: schemaMap,
          lockTimeout: '300ms',
          retry: { for: '5s', firstDelay: '20ms' },
          ...settings,
        },
      }),
    )
  }
  const planned = async (opened: Project, options: LabOptions, emit: (event: MigEvent) => void) => {
    const { direction = 'upgrade', target = 'head', allowMissing = false } = options
    const sessions = { emit, ...defined({ signal: options.signal }) }
    const targets = await targetTenants(opened.env, 'tenant', sessions)
    return planTargets(opened, tenantGroup, targets, { direction, target, allowMissing }, sessions)
  }
  return {
    database,
    root,
    project,
    async write(files) {
      for (const [name, text] of Object.entries(files)) {
        const path = join(root, 'migrations', 'versions', name)
        await mkdir(dirname(path), { recursive: true })
        await writeFile(path, text)
      }
    },
    plan: async (options = {}) => planned(await project(options), options, () => undefined),
    async run(options = {}) {
      const events: MigEvent[] = []
      const emit = (event: MigEvent) => {
        events.push(event)
        options.onEvent?.(event)
      }
      const opened = await project(options)
      const plan = await planned(opened, options, emit)
      const sessions = { emit, ...defined({ signal: options.signal }) }
      return { plan, result: await runTargets(opened, plan, options, sessions), events }
    },
    async makeSchemas(names) {
      const statements = names.map((name) => `CREATE SCHEMA "${name.replaceAll('"', '""')}"`)
      await database.client.query(statements.join('; '))
    },
    async versions() {
      const { rows } = await database.client.query<{ schema: string; revisions: string[] }>(
        `SELECT target_schema AS schema, array_agg(revision ORDER BY revision) AS revisions
         FROM mig.version GROUP BY 1 ORDER BY target_schema COLLATE "C"`,
      )
      return Object.fromEntries(rows.map(({ schema, revisions }) => [schema, revisions]))
    },
  }
}

/** A chain of revisions of the line `tenant`: each makes a table `t1`, `t2` …, with ids `a00000000001` … */
export function chain(count: number): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, at) => {
      const number = at + 1
      const file = `tenant/20260101_${String(number).padStart(6, '0')}_${revisionId(number)}_t${number}.ts`
      const up = `await op.execute(\`CREATE TABLE t${number} (id bigint PRIMARY KEY, name text)\`)`
      const down = `await op.execute(\`DROP TABLE t${number}\`)`
      return [file, revisionText(number, up, down)]
    }),
  )
}

export function revisionId(number: number): string {
  return `a${String(number).padStart(11, '0')}`
}

/** A revision of a chain; `up` and `down` are bodies with `op` in scope. */
export function revisionText(
  number: number,
  up: string,
  down = '',
  dependsOn: readonly string[] = [],
): string {
  const parent = number === 1 ? 'null' : `'${revisionId(number - 1)}'`
  return `/**
 * revision ${number}
 *
 * Revision: ${revisionId(number)}
 * Revises: ${number === 1 ? '' : revisionId(number - 1)}
 * Created: 2026-01-01T00:00:00Z
 */
export const revision = '${revisionId(number)}'
export const downRevision = ${parent}
export const dependsOn = ${JSON.stringify(dependsOn)}
export const branchLabels = []

export async function upgrade(op) {
  ${up}
}

export async function downgrade(op) {
  ${down}
}
`
}

/** `tenant_000`, `tenant_001` … */
export function tenantNames(count: number): readonly string[] {
  return Array.from({ length: count }, (_, at) => `tenant_${String(at).padStart(3, '0')}`)
}

/** The object without its undefined values. */
export function defined<Value extends object>(
  value: Value,
): { [Key in keyof Value]: Exclude<Value[Key], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as {
    [Key in keyof Value]: Exclude<Value[Key], undefined>
  }
}
