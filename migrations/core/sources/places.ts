import { existsSync, readdirSync, statSync } from 'node:fs'
import { isAbsolute, join, relative, resolve, sep } from 'node:path'
import { resolveModule } from '../environment/index.ts'
import { MigError } from '../errors.ts'
import { seedNames } from '../scratch/rows/index.ts'
import { globFiles } from './glob.ts'

/** A model file, and where it comes from. */
export interface ModelPlace {
  readonly path: string
  /** The schema key that it is named for, or whose name its folder or file bears. */
  readonly key: string | undefined
  /** The key is that of the setting. */
  readonly keyed: boolean
  /** It was named by itself, so that it must have models. */
  readonly named: boolean
}

/**
 * The files that a place names: a folder, a file, a glob, or a package specifier, relative to `base`.
 * @throws MigError `no-models` for a place that is not there, or has no model file
 */
export async function placesOf(
  source: string,
  key: string | undefined,
  base: string,
): Promise<readonly ModelPlace[]> {
  const keyed = key !== undefined
  const path = isAbsolute(source) ? source : resolve(base, source)
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat?.isDirectory() === true) return inFolder(path, key)
  if (stat !== undefined) return [{ path, key, keyed, named: true }]
  if (/[*?[\]{}]/.test(source)) {
    const files = globFiles(source, base).filter(isModelFile)
    if (files.length > 0) return files.map((file) => ({ path: file, key, keyed, named: false }))
    throw noModels(source, base, 'matches no model file')
  }
  const found = /^[./]|^[A-Za-z]:/.test(source) ? undefined : await resolveModule(source, base)
  if (found !== undefined) return [{ path: found, key, keyed, named: true }]
  throw noModels(source, base, 'is not there')
}

function inFolder(folder: string, key: string | undefined): readonly ModelPlace[] {
  return modelPaths(folder).map((path) => ({
    path,
    // `models/tenant.sql` and `models/tenant/billing.sql` are both of `tenant`.
    key:
      key ??
      relative(folder, path)
        .split(sep)[0]
        ?.replace(/\.[^.]+$/, ''),
    keyed: key !== undefined,
    named: false,
  }))
}

function noModels(source: string, base: string, what: string): MigError {
  const path = isAbsolute(source) ? source : resolve(base, source)
  const nearby = [`${path}.ts`, `${path}.sql`, resolve(base, '..', source)].find((each) => existsSync(each))
  const guess = nearby === undefined ? '' : `did you mean '${relative(base, nearby)}'? `
  return new MigError('no-models', `${source}, which "models" in env.ts names, ${what}`, {
    help: `${guess}paths are relative to ${base}: a folder, a file, a glob, or a package such as '@acme/db/schema'`,
    facts: { source, base },
  })
}

const seeds: ReadonlySet<string> = new Set(seedNames)

/** The model files of a folder, in the order of their names. Declaration files, dot files and a seed are none. */
function modelPaths(dir: string): readonly string[] {
  return readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .filter((name) => isModelFile(name) && !seeds.has(name))
    .sort()
    .map((name) => join(dir, name))
}

function isModelFile(name: string): boolean {
  return (
    /\.(sql|[cm]?tsx?|[cm]?jsx?)$/.test(name) &&
    !/\.d\.[cm]?ts$|\.(test|spec)\.\w+$/.test(name) &&
    !name
      .split(sep)
      .some((part) => part === 'node_modules' || (part.startsWith('.') && !/^\.\.?$/.test(part)))
  )
}
