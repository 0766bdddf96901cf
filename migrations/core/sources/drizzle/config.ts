import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import {
  type DrizzleCasing,
  type Inputs,
  loadDescriptions,
  mergedInputs,
  seenInputs,
} from '../../environment/index.ts'
import { MigError, messageOf } from '../../errors.ts'
import { readSource } from '../../source-file.ts'
import { globFiles } from '../glob.ts'

const names = ['ts', 'mts', 'js', 'mjs', 'cjs', 'json'].map((ending) => `drizzle.config.${ending}`)

/** Where a drizzle.config.ts may be: above a folder, up to the outermost folder with a package.json; the nearest first. */
function candidates(folder: string): readonly string[] {
  const all: string[] = []
  let last = 0
  for (let at = folder; ; at = dirname(at)) {
    all.push(...names.map((name) => join(at, name)))
    if (existsSync(join(at, 'package.json'))) last = all.length
    if (dirname(at) === at) return all.slice(0, last)
  }
}

interface Configured {
  readonly casing: DrizzleCasing | undefined
  /** What it follows from; undefined where that is not known. */
  readonly inputs: Inputs | undefined
}

/**
 * How names become a database's, as the nearest drizzle.config.ts says. One that does not speak of it is not loaded, since
 * it may ask for what only an application has.
 * @throws MigError `drizzle-config` where it does not load, as where it asks for a variable
 */
export async function configuredCasing(folder: string, cacheDir: string): Promise<Configured> {
  const places = candidates(folder)
  const file = places.find((path) => existsSync(path))
  const looked = seenInputs({ files: places })
  if (file === undefined) return { casing: undefined, inputs: looked }
  const text = readSource(file)
  const mayImportIt = /['"]\.{1,2}\//.test(text.replace(/\b(schema|out)\s*:\s*\S+/g, ''))
  if (!/\bcasing\b/.test(text) && !mayImportIt) return { casing: undefined, inputs: looked }
  const help = 'set what it needs in .env, or say in env.ts how columns are named: drizzleCasing'
  const { config, inputs } = await loadedConfig(file, cacheDir, help)
  const { casing } = config
  return {
    casing: casing === 'snake_case' || casing === 'camelCase' ? casing : undefined,
    inputs: inputs === undefined ? undefined : mergedInputs([looked, inputs]),
  }
}

/** What a project's drizzle.config.ts says of its schema. */
export interface DrizzleConfig {
  readonly file: string
  /** Absolute files, folders and globs. */
  readonly schema: readonly string[]
  readonly schemaFilter: readonly string[]
  readonly tablesFilter: readonly string[]
}

/**
 * Reads the drizzle.config.ts of a folder, else the only one below it.
 * @returns undefined where there is none, or one for another database
 * @throws MigError `drizzle-config` where it does not load
 */
export async function readDrizzleConfig(
  folder: string,
  cacheDir: string,
): Promise<DrizzleConfig | undefined> {
  const file = names.map((name) => join(folder, name)).find((path) => existsSync(path)) ?? onlyBelow(folder)
  if (file === undefined) return undefined
  const { config } = await loadedConfig(file, cacheDir, 'set what it needs in .env')
  const { dialect, schema, schemaFilter, tablesFilter } = config
  if (dialect !== undefined && dialect !== 'postgresql') return undefined
  const texts = (value: unknown) => [value ?? []].flat().filter((each) => typeof each === 'string')
  return {
    file,
    schema: texts(schema).map((path) => placed(path, folder, dirname(file))),
    schemaFilter: texts(schemaFilter),
    tablesFilter: texts(tablesFilter),
  }
}

function onlyBelow(folder: string): string | undefined {
  const [found, ...others] = globFiles('**/drizzle.config.{ts,mts,js,mjs,cjs,json}', folder)
  return others.length === 0 ? found : undefined
}

/** drizzle-kit takes paths from where it is called, which is mostly the folder of the package. */
function placed(path: string, folder: string, beside: string): string {
  const [start = ''] = path.split(/[*?[{]/)
  return existsSync(join(folder, start)) ? join(folder, path) : join(beside, path)
}

async function loadedConfig(
  file: string,
  cacheDir: string,
  help: string,
): Promise<{ readonly config: Readonly<Record<string, unknown>>; readonly inputs: Inputs | undefined }> {
  const { exports, inputs } = await loadDescriptions([file], cacheDir)
    // One that insists on the address of a database, which nobody connects to here.
    .catch(() => loadDescriptions([file], cacheDir, nowhereFor))
    .catch((cause: unknown) => {
      const message = messageOf(cause)
      throw new MigError('drizzle-config', message, { help, place: { file }, cause })
    })
  const exported = exports.get(file)
  return { config: (exported?.default ?? exported ?? {}) as Readonly<Record<string, unknown>>, inputs }
}

/** For a variable that has the address of a database by its name, one where nobody listens. */
function nowhereFor(name: string): string | undefined {
  return /URL|URI|DSN|CONNECTION|POOLER|POSTGRES|DATABASE|^PG|^DB/i.test(name)
    ? 'postgresql://nobody:nothing@127.0.0.1:1/nothing'
    : undefined
}
