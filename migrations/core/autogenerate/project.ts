import { exclusionsKey } from '../environment/index.ts'
import { MigError } from '../errors.ts'
import { ensureEmbeddedServer } from '../postgres/index.ts'
import { scratchServer } from '../postgres/scratch-server.ts'
import { type Project, planRun, type Session } from '../runner/index.ts'
import { filteredLines } from '../runner/tenants/index.ts'
import { type AutogenerateResult, autogenerate } from './autogenerate.ts'
import type { CastDecisions } from './guide/decisions.ts'
import type { ModelInput } from './input.ts'
import type { RenameDecisions } from './renames.ts'
import { lineTargets, runOnScratch, scratchProject, stampOnScratch } from './replay.ts'
import { type FileRequest, type GeneratedFile, provableFiles, revisionFiles } from './revision-files.ts'
import { expectTenantBase } from './tenants/base.ts'
import { scratchExcludes } from './tenants/excludes.ts'
import { proveOnTenants } from './tenants/proof.ts'

/** What `mig-autogen` was asked for. */
export interface AutogenRequest extends FileRequest {
  readonly privileges: boolean
  readonly strict: boolean
  /** Write the non-blocking form for tables that are there already. */
  readonly online: boolean
  /** Start from the revisions alone: the live database is not looked at. */
  readonly fromHistory: boolean
  /** Take the live database for what is wanted, and the history for the base. */
  readonly adopt: boolean
  readonly casts: CastDecisions
  readonly renames: RenameDecisions
  /** Give the files although their proof failed; the result says why it did. */
  readonly keep: boolean
}

export interface AutogenFiles extends AutogenerateResult {
  readonly files: readonly GeneratedFile[]
}

/**
 * Makes the revision files that lead from the database (or the history) to the models. Nothing is written.
 * @throws MigError `not-up-to-date` when revisions of the filter are pending; what {@link autogenerate} throws
 */
export async function autogenerateProject(
  session: Session,
  project: Project,
  request: AutogenRequest,
): Promise<AutogenFiles> {
  const models = await modelInput(session, project, request.privileges)
  if (!request.fromHistory) await expectAtHead(session, project, models)
  const scratch = scratchProject(project)
  let files: readonly GeneratedFile[] = []
  const input = {
    ...models,
    liveUrl: request.fromHistory || request.adopt ? null : liveUrl(session, project),
    ...(request.adopt && session.url !== null ? { adoptUrl: session.url } : {}),
    replay: (client: Parameters<typeof runOnScratch>[0]) =>
      runOnScratch(client, scratch, { direction: 'upgrade', target: 'heads' }),
    standAtHeads: (client: Parameters<typeof stampOnScratch>[0]) => stampOnScratch(client, scratch),
    ...(project.env.options.rewriteStatements === undefined
      ? {}
      : { rewrite: project.env.options.rewriteStatements }),
    casts: request.casts,
    renames: request.renames,
    strict: request.strict,
    online: request.online,
    keep: request.keep,
  }
  const result = await autogenerate(input, (revisions) => {
    files = revisionFiles(project, revisions, request)
    return Promise.resolve([provableFiles(project, files, request.message, request.format)])
  })
  if (result.unproved === undefined) await proveOnTenants(project, files, models, request)
  return { ...result, files }
}

/** What autogenerate and check have in common, from the environment. */
export async function modelInput(
  session: Session,
  project: Project,
  privileges: boolean,
): Promise<ModelInput> {
  const { env } = project
  const databaseUrl = session.url ?? env.databaseUrl
  if (databaseUrl === null) {
    throw new MigError('no-scratch', 'a connection alone does not say where a scratch database can be made', {
      help: 'set MIG_DATABASE_URL or MIG_SCRATCH_URL',
    })
  }
  const server = await scratchServer({
    databaseUrl,
    ...(env.scratchUrl === null ? {} : { scratchUrl: env.scratchUrl }),
    embedded: () => ensureEmbeddedServer({ root: env.root, emit: session.emit }),
  })
  return {
    scratchUrl: server.adminUrl,
    modelsDir: env.modelsDir,
    cacheDir: env.cacheDir,
    lines: lineTargets(project),
    filter: env.filter,
    excludes: scratchExcludes(env),
    exclusions: exclusionsKey(env.options),
    privileges,
    emit: session.emit,
    ...(session.signal === undefined ? {} : { signal: session.signal }),
  }
}

/** Tenant schemas have other names on scratch databases, so a tenant line starts from its history. */
function liveUrl(session: Session, { env }: Project): string | null {
  const filtered = env.lines.filter((line) => env.filter.includes(line.key))
  return filtered.every((line) => line.schema === null) ? null : session.url
}

async function expectAtHead(session: Session, project: Project, models: ModelInput): Promise<void> {
  const { single, tenant } = filteredLines(project.env)
  for (const line of tenant) await expectTenantBase(session, project, line, models)
  if (single.length === 0) return
  const plan = await planRun(session, project, { direction: 'upgrade', target: 'heads', lines: single })
  if (plan.steps.length === 0) return
  const pending = plan.steps.map(({ line, revision, message }) => `  ${line} ${revision} ${message}`)
  throw new MigError('not-up-to-date', `Target database is not up to date. Pending:\n${pending.join('\n')}`, {
    help: `just mig-upgrade heads ${project.env.filter.join(',')}, or --from-history to leave the database out`,
    facts: { pending: plan.steps.map(({ line, revision }) => ({ line, revision })) },
  })
}
