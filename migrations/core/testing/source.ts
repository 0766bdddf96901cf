import { resolve } from 'node:path'
import type { ClientBase } from 'pg'
import { type EnvironmentOptions, loadEnvironment, readVariables } from '../environment/index.ts'
import { MigError } from '../errors.ts'
import type { EmitEvent } from '../events.ts'
import { fileChecksum, openProject, type Project } from '../runner/index.ts'
import { tenantLine } from '../runner/targets/line-groups.ts'
import { embeddedScratch, scratchServer } from '../scratch/server.ts'
import { readSurroundings, surroundingsPath } from '../scratch/surroundings/file.ts'
import { readSource } from '../source-file.ts'
import { toolVersion } from '../tool-version.ts'

export interface SeedProgram {
  /** Change it when what `run` does has changed: a template with the old rows is not used then. */
  readonly version: string
  readonly run: (client: ClientBase) => Promise<unknown>
}

/** A file of SQL, relative to the project folder, or a program. */
export type Seed = string | SeedProgram

export interface TestDatabaseOptions {
  /** The project folder. Default: the working directory. */
  readonly root?: string
  /** The environment folder. Default: MIG_DIR, else `migrations`. */
  readonly dir?: string
  /** Instead of reading `env.ts`. */
  readonly options?: EnvironmentOptions
  /**
   * A database of the server to make test databases on. Default: MIG_SCRATCH_URL, else the configured database, else the
   * embedded server, which is also taken where the user of the configured database may not create databases.
   */
  readonly url?: string
  /** Rows that every test database has beside those that revisions write. */
  readonly seed?: Seed | readonly Seed[]
  /** By tenant line: the schemas of tenants that every test database has. */
  readonly tenants?: Readonly<Record<string, readonly string[]>>
  /** Told what happens. Default: nobody. */
  readonly emit?: EmitEvent
  readonly signal?: AbortSignal
}

/** What a template database is made from, and where. */
export interface TemplateSource {
  readonly project: Project
  /** For CREATE DATABASE. */
  readonly adminUrl: string
  readonly seeds: readonly Seed[]
  readonly tenants: Readonly<Record<string, readonly string[]>>
  /** The text of surroundings.sql. */
  readonly surroundings: string | undefined
  /** Equal as long as all of it is. */
  readonly key: string
  readonly emit: EmitEvent
  readonly signal: AbortSignal | undefined
}

/**
 * Reads the project and finds the server.
 * @throws MigError as `loadEnvironment`, `openProject` and `scratchServer` do; `no-tenant-line`; `no-seed` for a file that is not there
 */
export async function templateSource(given: TestDatabaseOptions): Promise<TemplateSource> {
  const { emit = () => undefined, signal, tenants = {} } = given
  const root = resolve(given.root ?? process.cwd())
  const env = await loadEnvironment({
    root,
    dir: given.dir,
    options: given.options,
    variables: readVariables(root, process.env),
    filter: 'all',
  })
  for (const line of Object.keys(tenants)) tenantLine(env, line)
  const project = openProject(env)
  const seeds = [given.seed ?? []]
    .flat()
    .map((seed) => (typeof seed === 'string' ? resolve(root, seed) : seed))
  const surroundings = readSurroundings(surroundingsPath(env.dir))
  const made = { project, seeds, tenants, surroundings }
  const adminUrl = await adminUrlOf(project, given.url, emit)
  return { ...made, key: keyOf(made), adminUrl, emit, signal }
}

function keyOf({
  project: { env, files },
  tenants,
  surroundings,
  seeds,
}: Pick<TemplateSource, 'project' | 'seeds' | 'tenants' | 'surroundings'>): string {
  return JSON.stringify(
    [
      ...[toolVersion, env.options, env.schemas, env.ledgerSchema, tenants, surroundings],
      [...files.values()].map((file) => [file.line, file.revision, fileChecksum(file.path)]).sort(),
      seeds.map((seed) => (typeof seed === 'string' ? readSeed(seed) : seed.version)),
    ],
    (_, value: unknown) => (typeof value === 'function' ? String(value) : value),
  )
}

/**
 * Sees that what was made is what its key says.
 * @throws MigError `files-changed`
 */
export function expectUnchanged(source: TemplateSource): void {
  if (keyOf(source) === source.key) return
  throw new MigError('files-changed', 'a revision or a seed changed while the template was made from it', {
    help: 'run the tests again',
  })
}

export function readSeed(path: string): string {
  try {
    return readSource(path)
  } catch (cause) {
    throw new MigError('no-seed', `the seed ${path} cannot be read`, {
      help: 'name a file of SQL, relative to the project folder',
      place: { file: path },
      cause,
    })
  }
}

async function adminUrlOf({ env }: Project, url: string | undefined, emit: EmitEvent): Promise<string> {
  const embedded = embeddedScratch({ root: env.root, emit })
  const named = url ?? env.scratchUrl
  // Whether its user may create databases shows when it does.
  if (named !== null) return named
  if (env.databaseUrl === null) return (await embedded.start()).url('postgres')
  return (await scratchServer({ databaseUrl: env.databaseUrl, embedded })).adminUrl
}
