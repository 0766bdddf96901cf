import type { ModelInput } from '../autogenerate/input.ts'
import { lineTargets, scratchProject } from '../autogenerate/replay.ts'
import { fingerprintOf } from '../autogenerate/state.ts'
import { scratchExcludes } from '../autogenerate/tenants/excludes.ts'
import type { Environment } from '../environment/index.ts'
import type { EmitEvent } from '../events.ts'
import {
  ensureEmbeddedServer,
  type Fingerprint,
  quoteIdent,
  scratchServer,
  withScratchDatabase,
} from '../postgres/index.ts'
import {
  applyPlan,
  databaseUrl,
  type PlanRequest,
  type Project,
  planRun,
  type Session,
} from '../runner/index.ts'

/** What the checks share. */
export interface VerifyContext {
  /** As the user has it. */
  readonly project: Project
  /** As it runs on scratch databases: every line, tenant lines in a stand-in, no hooks. */
  readonly scratch: Project
  readonly models: ModelInput
  readonly emit: EmitEvent
  readonly signal: AbortSignal | undefined
}

/** A scratch database with the lines' schemas, and a session of the runner on it. */
export interface ScratchSession extends Session {
  /** Runs a request to its end; gives the number of its steps. */
  readonly run: (request: PlanRequest) => Promise<number>
  /** The structure of all lines' schemas. */
  readonly fingerprint: () => Promise<Fingerprint>
}

/**
 * Finds where scratch databases can be made. It connects, and starts the embedded server when no database is
 * configured.
 * @throws MigError `no-scratch` without the right to create databases, and the errors of `connect`
 */
export async function verifyContext(
  project: Project,
  emit: EmitEvent,
  signal: AbortSignal | undefined,
): Promise<VerifyContext> {
  const { env } = project
  const models: ModelInput = {
    scratchUrl: await scratchUrl(env, emit),
    modelsDir: env.modelsDir,
    cacheDir: env.cacheDir,
    lines: lineTargets(project),
    filter: env.filter,
    excludes: scratchExcludes(env),
    privileges: false,
    emit,
    ...(signal === undefined ? {} : { signal }),
  }
  return { project, scratch: scratchProject(project), models, emit, signal }
}

async function scratchUrl(env: Environment, emit: EmitEvent): Promise<string> {
  const { adminUrl } = await scratchServer({
    databaseUrl: await databaseUrl(env, emit),
    ...(env.scratchUrl === null ? {} : { scratchUrl: env.scratchUrl }),
    embedded: () => ensureEmbeddedServer({ root: env.root, emit }),
  })
  return adminUrl
}

/**
 * Makes a scratch database with the lines' schemas in it, for `body`. They are there from the start, since no
 * revision makes or drops them.
 */
export async function onScratch<Result>(
  { scratch: project, models, emit, signal }: VerifyContext,
  body: (session: ScratchSession) => Promise<Result>,
): Promise<Result> {
  const { scratchUrl: adminUrl } = models
  return withScratchDatabase(
    { adminUrl, emit, ...(signal === undefined ? {} : { signal }) },
    async ({ client, url }) => {
      const schemas = Object.values(project.env.schemas)
      for (const schema of schemas) await client.query(`CREATE SCHEMA IF NOT EXISTS ${quoteIdent(schema)}`)
      const session: Session = { client, url, emit: () => undefined, signal }
      return body({
        ...session,
        async run(request) {
          const plan = await planRun(session, project, request)
          return (await applyPlan(session, project, plan, request)).steps.length
        },
        fingerprint: () => fingerprintOf(client, { ...models, schemas }),
      })
    },
  )
}
