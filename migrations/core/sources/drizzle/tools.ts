import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type DrizzleCasing, manifestOf } from '../../environment/index.ts'
import { MigError } from '../../errors.ts'

/** What is used of a project's own drizzle-orm and drizzle-kit. */
export interface DrizzleTools {
  readonly kit: DrizzleKit
  readonly orm: DrizzleOrm
  /** drizzle-orm 1.0: bigint defaults are written as such, and a table says itself what its names become. */
  readonly isFirst: boolean
}

interface DrizzleKit {
  readonly generateDrizzleJson: (
    objects: Readonly<Record<string, unknown>>,
    previous?: string,
    schemas?: readonly string[],
    casing?: DrizzleCasing,
  ) => unknown
  readonly generateMigration: (from: unknown, to: unknown) => Promise<readonly string[]>
}

interface DrizzleOrm {
  readonly PgDialect: new (options?: {
    readonly casing?: DrizzleCasing | undefined
  }) => {
    readonly sqlToQuery: (sql: unknown) => { readonly sql: string; readonly params: readonly unknown[] }
  }
  readonly sql: { readonly raw: (text: string) => unknown }
}

const tried =
  'drizzle-orm 0.30 to 0.45 with drizzle-kit 0.23.2 to 0.31, and release candidates of 1.0 with theirs'

/**
 * The project's own drizzle-orm, which its models import, and the drizzle-kit beside it.
 * @param packages files of packages that the models import
 * @param places files of the models, from which drizzle-kit is looked for
 * @throws MigError `drizzle-version` for versions that were not tried, or do not fit each other; `no-drizzle-kit`
 */
export async function drizzleTools(
  packages: readonly string[],
  places: readonly string[],
): Promise<DrizzleTools> {
  const folders = new Set(packages.flatMap((path) => /^.*[\\/]drizzle-orm(?=[\\/])/.exec(path)?.[0] ?? []))
  const [folder, other] = folders
  if (folder === undefined) throw notTried('the models have Drizzle objects, and import no drizzle-orm')
  if (other !== undefined)
    throw notTried(`the models import two copies of drizzle-orm, ${folder} and ${other}`)
  const version = versionOf(folder)
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major > 1 || (major === 1 && minor > 0) || (major === 0 && (minor < 30 || minor > 45)))
    throw notTried(`the models import drizzle-orm ${version}`)
  const [orm, core, kit] = await Promise.all([
    importFile(join(folder, 'index.js')),
    importFile(join(folder, 'pg-core', 'index.js')),
    kitFor(major, version, places),
  ])
  return { kit, orm: { ...orm, ...core } as unknown as DrizzleOrm, isFirst: major > 0 }
}

/** @throws MigError `drizzle-casing` where the version takes no casing from outside of the schema */
export function expectCasing({ isFirst }: DrizzleTools, casing: DrizzleCasing): void {
  if (!isFirst) return
  throw new MigError('drizzle-casing', `drizzle-orm 1.0 takes the casing (${casing}) from the schema alone`, {
    help: "write it into the schema: import { snakeCase } from 'drizzle-orm/pg-core', and snakeCase.table(…)",
  })
}

async function kitFor(major: number, orm: string, places: readonly string[]): Promise<DrizzleKit> {
  const name = major === 0 ? 'drizzle-kit/api' : 'drizzle-kit/api-postgres'
  const own = found(name, places)
  if (own !== undefined) return (await importFile(own)) as unknown as DrizzleKit
  // The models' own drizzle-kit may be older than its programming interface, and one beside us newer.
  if (major === 0) return await kitBesideUs()
  throw new MigError(
    'drizzle-version',
    `drizzle-orm ${orm} needs drizzle-kit 1.0, and the project does not have it`,
    {
      help: 'npm install --save-dev drizzle-kit@rc',
      facts: { orm },
    },
  )
}

/** @throws MigError `no-drizzle-kit` */
async function kitBesideUs(): Promise<DrizzleKit> {
  try {
    return (await import('drizzle-kit/api')) as unknown as DrizzleKit
  } catch (cause) {
    throw new MigError('no-drizzle-kit', 'Drizzle models need drizzle-kit 0.23.2 or newer in the project', {
      help: 'npm install --save-dev drizzle-kit@0.31',
      cause,
    })
  }
}

function found(name: string, places: readonly string[]): string | undefined {
  for (const place of places) {
    try {
      return createRequire(place).resolve(name)
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined
      if (code !== 'MODULE_NOT_FOUND' && code !== 'ERR_PACKAGE_PATH_NOT_EXPORTED') throw error
    }
  }
  return undefined
}

async function importFile(path: string): Promise<Readonly<Record<string, unknown>>> {
  return await import(pathToFileURL(path).href)
}

function versionOf(folder: string): string {
  const version = manifestOf(join(folder, 'index.js'))?.version
  return typeof version === 'string' ? version : 'of no version'
}

function notTried(what: string): MigError {
  return new MigError('drizzle-version', what, {
    help: `supported are ${tried}; or keep its DDL as a model: npx drizzle-kit export > migrations/models/drizzle.sql`,
  })
}
