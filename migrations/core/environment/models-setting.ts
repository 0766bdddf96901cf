import { MigError } from '../errors.ts'
import { checkKinds } from './excludable-kinds.ts'
import { isProgram, type ModelProgram, modelProgram } from './model-programs.ts'
import { nearest } from './nearest.ts'
import { silentKinds } from './silent-kinds.ts'

export interface ModelsPath {
  readonly path: string
  /** Kinds of objects that it cannot say. */
  readonly silentOn?: readonly string[]
}

/** A folder, a file, a glob or a package specifier; or a program. */
export type ModelSource = string | ModelsPath | ModelProgram

/** Where the models are: for all keys, or by key. */
export type ModelsSetting =
  | ModelSource
  | readonly ModelSource[]
  | Readonly<Record<string, ModelSource | readonly ModelSource[]>>

/** One source, and the key that it was named for. */
export interface KeyedSource {
  readonly key: string | undefined
  readonly source: string | ModelProgram
  /** Kinds of objects that it cannot say. */
  readonly silentOn?: readonly string[]
}

/** Where the models of an environment are. */
export interface ModelsPlace {
  /** The folder of env.ts. */
  readonly base: string
  readonly sources: readonly KeyedSource[]
  /** The user has said where they are. */
  readonly declared: boolean
  /** How Drizzle names the columns that have no name of their own. */
  readonly casing?: DrizzleCasing
}

export type DrizzleCasing = 'snake_case' | 'camelCase'

/**
 * The sources that the setting names, in its order.
 * @throws MigError `bad-setting` for what is not a source, `unknown-schema` for a key that the schema map does not have,
 *   `unknown-setting` for an unknown part of a program
 */
export function modelSources(setting: unknown, keys: readonly string[]): readonly KeyedSource[] {
  if (!isRecord(setting) || isPath(setting, keys) || isProgram(setting, keys))
    return keyed(undefined, setting, 'models')
  return Object.entries(setting).flatMap(([key, given]) => {
    if (keys.includes(key)) return keyed(key, given, `models.${key}`)
    const guess = nearest(key, keys)
    throw new MigError(
      'unknown-schema',
      `setting "models" in env.ts has the key "${key}", which the schema map does not have`,
      {
        help: `${guess === undefined ? '' : `did you mean "${guess}"? `}give a place, a list of places, or one for each of ${keys.join(', ')}`,
      },
    )
  })
}

function keyed(key: string | undefined, given: unknown, name: string): readonly KeyedSource[] {
  const list: readonly unknown[] = Array.isArray(given) ? given : [given]
  if (list.length === 0) throw badSource(name, 'names no source')
  return list.map((source) => {
    if (typeof source === 'string' && source.trim() !== '') return { key, source }
    if (isRecord(source)) {
      const { silentOn, path, ...program } = source
      const silent = silentOn === undefined ? {} : { silentOn: kindsOf(silentOn, `${name}.silentOn`) }
      if (path === undefined) return { key, source: modelProgram(program, name), ...silent }
      if (typeof path === 'string' && path.trim() !== '' && Object.keys(program).length === 0)
        return { key, source: path, ...silent }
    }
    throw badSource(name, `holds ${JSON.stringify(source) ?? 'nothing'}, which is not a model source`)
  })
}

function kindsOf(value: unknown, setting: string): readonly string[] {
  if (!Array.isArray(value) || !value.every((each) => typeof each === 'string'))
    throw new MigError('bad-setting', `setting "${setting}" in env.ts must be a list of kinds`, {
      help: "as in silentOn: ['function', 'trigger', 'partial index']",
    })
  checkKinds(setting, value, silentKinds)
  return value
}

function badSource(name: string, what: string): MigError {
  return new MigError('bad-setting', `setting "${name}" in env.ts ${what}`, {
    help: "a folder, a file, a glob, a package such as '@acme/db/schema', { print: 'command' } or { build: 'command' }",
  })
}

/** A key of the schema map may be called `path`, too. */
function isPath(given: Readonly<Record<string, unknown>>, keys: readonly string[]): boolean {
  return 'path' in given && !Object.keys(given).every((key) => keys.includes(key))
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
