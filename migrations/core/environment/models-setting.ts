import { MigError } from '../errors.ts'
import { nearest } from './nearest.ts'

/** What every program that says what the models are may be told. */
interface ProgramOptions {
  /** Where it runs, relative to the folder of env.ts. Default: the project folder. */
  readonly cwd?: string
  /** Variables for it; `{url}` and the other places are filled in. */
  readonly env?: Readonly<Record<string, string>>
  /** How long it may take. Default `2min`. */
  readonly timeout?: string
  /**
   * Files and globs, relative to the folder of env.ts, that its result follows from: while none has changed, the result is
   * kept. Without them it runs each time.
   */
  readonly inputs?: readonly string[]
  /** Kinds of objects that it cannot say, in PostgreSQL's words: those of the database are left alone. */
  readonly silentOn?: readonly string[]
}

/** A program whose output is DDL. */
export interface PrintedModels extends ProgramOptions {
  readonly print: string
}

/** A program that makes its schema in an empty database, which it is given in `DATABASE_URL` and as `{url}`. */
export interface BuiltModels extends ProgramOptions {
  readonly build: string
  /** Tables of its own that are no models, besides the ledgers that are known; names with or without schema. */
  readonly ledgers?: readonly string[]
}

export type ModelProgram = PrintedModels | BuiltModels

/** A folder, a file, a glob or a package specifier, or a program. */
export type ModelSource = string | ModelProgram

/** Where the models are: for all keys, or by key. */
export type ModelsSetting =
  | ModelSource
  | readonly ModelSource[]
  | Readonly<Record<string, ModelSource | readonly ModelSource[]>>

/** One source, and the key that it was named for. */
export interface KeyedSource {
  readonly key: string | undefined
  readonly source: ModelSource
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

const programKeys = ['print', 'build', 'cwd', 'env', 'timeout', 'inputs', 'silentOn', 'ledgers']

/**
 * The sources that the setting names, in its order.
 * @throws MigError `bad-setting`, `unknown-setting` and `unknown-schema`, for what is no source and no key
 */
export function modelSources(setting: unknown, keys: readonly string[]): readonly KeyedSource[] {
  if (!isRecord(setting) || isProgram(setting, keys)) return keyed(undefined, setting, 'models')
  return Object.entries(setting).flatMap(([key, given]) => {
    if (keys.includes(key)) return keyed(key, given, `models.${key}`)
    const guess = nearest(key, [...keys, 'print', 'build'])
    throw new MigError(
      'unknown-schema',
      `setting "models" in env.ts has the key "${key}", which the schema map has not`,
      {
        help: `${guess === undefined ? '' : `did you mean "${guess}"? `}give a place, a list of places, or one for each of ${keys.join(', ')}`,
      },
    )
  })
}

/** A key of the schema map may be called `build`, too. */
function isProgram(given: Readonly<Record<string, unknown>>, keys: readonly string[]): boolean {
  const isByKey = Object.keys(given).every((key) => keys.includes(key))
  return !isByKey && ('print' in given || 'build' in given)
}

function keyed(key: string | undefined, given: unknown, name: string): readonly KeyedSource[] {
  const list: readonly unknown[] = Array.isArray(given) ? given : [given]
  if (list.length === 0) throw badSource(name, 'names no source')
  return list.map((each) => ({ key, source: checkedSource(each, name) }))
}

function checkedSource(given: unknown, name: string): ModelSource {
  if (typeof given === 'string' && given.trim() !== '') return given
  if (!isRecord(given)) throw badSource(name, 'holds what is no source')
  for (const key of Object.keys(given)) {
    if (programKeys.includes(key)) continue
    const guess = nearest(key, programKeys)
    throw new MigError('unknown-setting', `setting "${name}" in env.ts has an unknown part "${key}"`, {
      help: guess === undefined ? `the parts are ${programKeys.join(', ')}` : `did you mean "${guess}"?`,
    })
  }
  if (typeof given.print === 'string' && given.build === undefined) return given as unknown as PrintedModels
  if (typeof given.build === 'string' && given.print === undefined) return given as unknown as BuiltModels
  throw badSource(name, 'needs either print or build, with a command')
}

function badSource(name: string, what: string): MigError {
  return new MigError('bad-setting', `setting "${name}" in env.ts ${what}`, {
    help: "a folder, a file, a glob, a package such as '@acme/db/schema', { print: 'command' } or { build: 'command' }",
  })
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
