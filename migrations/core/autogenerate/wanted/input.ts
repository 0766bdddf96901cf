import type { ComparedObjects } from '../../difference/index.ts'
import { exclusionsKey, listed, type ModelsPlace } from '../../environment/index.ts'
import { MigError } from '../../errors.ts'
import type { EmitEvent } from '../../events.ts'
import type { Project, Session } from '../../runner/index.ts'
import { scratchExcludes } from '../../scratch/excludes.ts'
import { type LineTarget, lineTargets } from '../../scratch/lines.ts'
import { embeddedScratch, scratchServer } from '../../scratch/server.ts'
import {
  type OnLive,
  projectSurroundings,
  revisionTexts,
  type Surroundings,
} from '../../scratch/surroundings/surroundings.ts'
import { type EnumLabels, readEnumLabels } from '../../sources/index.ts'

/** What autogenerate and check work on. */
export interface ModelInput {
  /** Where scratch databases may be made; see `scratchServer`. */
  readonly scratchUrl: string
  readonly models: ModelsPlace
  /** The folder of a seed. */
  readonly modelsDir: string
  readonly cacheDir: string
  /** Every line of the schema map, in its order. */
  readonly lines: readonly LineTarget[]
  /** The keys that may change. */
  readonly filter: readonly string[]
  readonly excludes: ComparedObjects['excludes']
  /** Equal while `excludes` is; undefined when it cannot be known, so that nothing may be kept for later. */
  readonly exclusions?: string | undefined
  readonly privileges: boolean
  /** Schemas in which models find names after their own and `public`. */
  readonly searchPath?: readonly string[]
  /** What others own in a live database is rebuilt where it would run with our own rights; default: no. */
  readonly trustLive?: boolean
  /** What is made on scratch databases first; missing where no live database is looked at. */
  readonly surroundings?: Surroundings
  /** The enums of the database that the models are compared with, whose order they take; missing where order counts. */
  readonly enumLabels?: () => Promise<EnumLabels>
  readonly emit?: EmitEvent
  readonly signal?: AbortSignal
}

/** What autogenerate and check have in common, from the environment. */
export async function modelInput(
  session: Session,
  project: Project,
  privileges: boolean,
  {
    looksAtLive = true,
    isFirst = false,
  }: { readonly looksAtLive?: boolean; readonly isFirst?: boolean } = {},
): Promise<ModelInput> {
  const { env } = project
  const databaseUrl = session.url ?? env.databaseUrl
  if (databaseUrl === null) {
    throw new MigError('no-scratch', 'a connection alone does not tell where to create a scratch database', {
      help: 'set MIG_DATABASE_URL or MIG_SCRATCH_URL',
    })
  }
  return projectInput(project, {
    databaseUrl,
    privileges,
    onLive: looksAtLive ? (body) => body(session.client) : undefined,
    isFirst,
    emit: session.emit,
    signal: session.signal,
  })
}

/**
 * As {@link modelInput}, without a session of the runner.
 * @param onLive hands a session of the live database to its argument; undefined where that is not looked at
 * @param isFirst whether the first revision of a live database is to be written
 * @throws MigError `no-scratch` without the right to create databases, and the errors of `connect`
 */
export async function projectInput(
  project: Project,
  {
    databaseUrl,
    privileges,
    onLive,
    isFirst,
    emit,
    signal,
  }: {
    readonly databaseUrl: string
    readonly privileges: boolean
    readonly onLive: OnLive | undefined
    readonly isFirst?: boolean
    readonly emit: EmitEvent
    readonly signal: AbortSignal | undefined
  },
): Promise<ModelInput> {
  const { env } = project
  const server = await scratchServer({
    databaseUrl,
    ...(env.scratchUrl === null ? {} : { scratchUrl: env.scratchUrl }),
    embedded: embeddedScratch({ root: env.root, emit }),
  })
  return {
    scratchUrl: server.adminUrl,
    models: env.models,
    modelsDir: env.modelsDir,
    cacheDir: env.cacheDir,
    lines: lineTargets(project),
    filter: env.filter,
    excludes: scratchExcludes(env),
    exclusions: exclusionsKey(env),
    privileges,
    searchPath: listed(env.options.searchPath),
    trustLive: env.trustLive,
    surroundings: projectSurroundings(env, onLive, () => revisionTexts(project), isFirst),
    ...(onLive === undefined || env.options.compareEnumOrder === true
      ? {}
      : {
          enumLabels: () => onLive((live) => readEnumLabels(live, Object.values(env.schemas))),
        }),
    emit,
    ...(signal === undefined ? {} : { signal }),
  }
}
