import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import {
  applyPlan,
  type EnvironmentOptions,
  loadEnvironment,
  type MigEvent,
  offlineScript,
  openProject,
  type PlanRequest,
  type Project,
  planRun,
  type RunResult,
  type Session,
  usingSession,
} from '../../migrations/core/index.ts'
import { databaseTest, type TestDatabase } from '../support/database.ts'

/** A project with three lines on a database of its own. */
export interface Lab {
  readonly database: TestDatabase
  readonly root: string
  /** Writes revision files, by path below `migrations/versions`. */
  readonly write: (files: Readonly<Record<string, string>>) => Promise<void>
  readonly project: (options?: Partial<EnvironmentOptions>, url?: string) => Promise<Project>
  /** Plans and runs on a session of its own. */
  readonly run: (request: PlanRequest, options?: RunOptions) => Promise<LabRun>
  readonly upgrade: (options?: RunOptions) => Promise<LabRun>
  /** What `--sql` writes for an upgrade from where the database is. */
  readonly script: (settings?: Partial<EnvironmentOptions>) => Promise<string>
}

export interface RunOptions {
  readonly settings?: Partial<EnvironmentOptions>
  readonly signal?: AbortSignal
  readonly onEvent?: (event: MigEvent, session: Session) => void
  readonly resumeEdited?: boolean
  /** Instead of the database's own URL. */
  readonly url?: string
}

export interface LabRun {
  readonly events: readonly MigEvent[]
  /** What the run threw, if it did. */
  readonly error: unknown
  readonly result: RunResult | undefined
}

const schemas = { user: 'app_user', policy: 'app_policy', message: 'app_message' }

/** `labTest('…', async ({ lab }) => …)`: a test with a project and a database, both gone after it. */
export const labTest = databaseTest.extend<{ lab: Lab }>({
  lab: async ({ database }, use) => {
    const lab = await createLab(database)
    await use(lab)
    await rm(lab.root, { recursive: true, force: true })
  },
})

/** A project on a database; the caller removes `root`. */
export async function createLab(database: TestDatabase): Promise<Lab> {
  const root = await mkdtemp(join(tmpdir(), 'just-mig-lab-'))
  const write: Lab['write'] = async (files) => {
    for (const [name, text] of Object.entries(files)) {
      const path = join(root, 'migrations', 'versions', name)
      await mkdir(dirname(path), { recursive: true })
      await writeFile(path, text)
    }
  }
  const project = async (options: Partial<EnvironmentOptions> = {}, url = database.url) => {
    const env = await loadEnvironment({
      root,
      variables: {},
      databaseUrl: url,
      options: { schemas, lockTimeout: '300ms', retry: { for: '10s', firstDelay: '20ms' }, ...options },
    })
    return openProject(env)
  }
  const run: Lab['run'] = async (request, options = {}) => {
    const opened = await project(options.settings, options.url)
    const events: MigEvent[] = []
    let session: Session | undefined
    try {
      const result = await usingSession(
        opened.env,
        {
          ...(options.signal === undefined ? {} : { signal: options.signal }),
          emit: (event) => {
            events.push(event)
            if (session !== undefined) options.onEvent?.(event, session)
          },
        },
        async (given) => {
          session = given
          const asked = { ...request, resumeEdited: options.resumeEdited ?? false }
          return applyPlan(given, opened, await planRun(given, opened, asked), asked)
        },
      )
      return { events, result, error: undefined }
    } catch (error) {
      return { events, error, result: undefined }
    }
  }
  const upgrade: Lab['upgrade'] = (options) => run({ direction: 'upgrade', target: 'head' }, options)
  const script: Lab['script'] = async (settings) => {
    const opened = await project(settings)
    const plan = await usingSession(opened.env, {}, (session) =>
      planRun(session, opened, { direction: 'upgrade', target: 'head' }),
    )
    let text = ''
    for await (const part of offlineScript({ project: opened, plan })) text += part
    return text
  }
  return { database, root, write, project, run, upgrade, script }
}

/** A revision file in TypeScript; `up` and `down` are bodies with `op` in scope. */
export function revision(
  id: string,
  downRevision: string | null,
  up: string,
  options: { readonly down?: string; readonly dependsOn?: readonly string[]; readonly head?: string } = {},
): string {
  const { down = '', dependsOn = [], head = '' } = options
  return `/**
 * revision ${id}
 *
 * Revision: ${id}
 * Revises: ${downRevision ?? ''}
 * Created: 2026-11-21T10:00:00Z
 */
export const revision = '${id}'
export const downRevision = ${downRevision === null ? 'null' : `'${downRevision}'`}
export const dependsOn = ${JSON.stringify(dependsOn)}
export const branchLabels = []
${head}
export async function upgrade(op) {
  ${up}
}

export async function downgrade(op) {
  ${down}
}
`
}

/** The statements that a run has sent. */
export function statementsOf(run: LabRun): readonly string[] {
  return run.events.flatMap((event) => (event.event === 'statement' ? [event.sql] : []))
}
