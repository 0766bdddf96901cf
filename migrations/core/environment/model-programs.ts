import { MigError } from '../errors.ts'
import { parseDuration } from './duration.ts'
import { nearest } from './nearest.ts'

/** What every program that says what the models are may be told. */
interface ProgramOptions {
  /** Where it runs, relative to the folder of env.ts. Default: the nearest folder with a package.json. */
  readonly cwd?: string
  /** A file or folder of the project, relative to the folder of env.ts: `{file}` in the command and in `inputs`. */
  readonly file?: string
  /** Variables for it; `{url}` and the other places are filled in as in the command. */
  readonly env?: Readonly<Record<string, string>>
  /** How long it may take. Default `2min`. */
  readonly timeout?: string
  /**
   * Files and globs, relative to the folder of env.ts, that its result follows from: while none has changed, `mig-check`
   * does not run it again. Without them it always runs.
   */
  readonly inputs?: readonly string[]
  /** Kinds of objects that it cannot say, as `excludeKinds` has them, `partial index`, `expression index`, `gin index` … */
  readonly silentOn?: readonly string[]
}

/** A program whose output is DDL. */
export interface PrintedModels extends ProgramOptions {
  readonly print: string
}

/**
 * A program that makes its schema in an empty database: its command may have `{url}`, `{host}`, `{port}`, `{database}`,
 * `{user}` and `{password}`, and `DATABASE_URL` holds the same.
 */
export interface BuiltModels extends ProgramOptions {
  readonly build: string
  /** Tables of its own that are not models, besides the ledgers that are known; without their schema. */
  readonly ledgers?: readonly string[]
}

export type ModelProgram = PrintedModels | BuiltModels

type Check = (value: unknown) => boolean

const isText: Check = (value) => typeof value === 'string' && value.trim() !== ''
const isTextList: Check = (value) => Array.isArray(value) && value.every(isText)

const parts: Readonly<Record<string, { readonly check: Check; readonly what: string }>> = {
  print: { check: isText, what: 'a command' },
  build: { check: isText, what: 'a command' },
  cwd: { check: isText, what: 'a folder' },
  file: { check: isText, what: 'a path' },
  env: { check: isTexts, what: 'variables with texts' },
  timeout: { check: isText, what: "a duration such as '2min'" },
  inputs: { check: isTextList, what: 'a list of files and globs' },
  ledgers: { check: isTextList, what: 'a list of tables' },
}

/**
 * A program of the setting `models`, checked.
 * @param name the setting, for errors
 * @throws MigError `bad-setting`, `unknown-setting`, `bad-duration`
 */
export function modelProgram(given: Readonly<Record<string, unknown>>, name: string): ModelProgram {
  for (const [key, value] of Object.entries(given)) {
    const part = parts[key]
    if (part === undefined) {
      const names = [...Object.keys(parts), 'silentOn']
      const guess = nearest(key, names)
      throw new MigError('unknown-setting', `setting "${name}" in env.ts has an unknown part "${key}"`, {
        help: guess === undefined ? `the parts are ${names.join(', ')}` : `did you mean "${guess}"?`,
      })
    }
    if (!part.check(value)) throw badProgram(name, `has a "${key}" that is not ${part.what}`)
  }
  if ('print' in given === 'build' in given) throw badProgram(name, 'needs either print or build')
  if ('print' in given && 'ledgers' in given) throw badProgram(name, 'has "ledgers", which is only for build')
  if (typeof given.timeout === 'string') parseDuration(given.timeout, `setting "${name}.timeout"`)
  return given as unknown as ModelProgram
}

/** A key of the schema map may be called `build`, too. */
export function isProgram(given: Readonly<Record<string, unknown>>, keys: readonly string[]): boolean {
  const isByKey = Object.keys(given).every((key) => keys.includes(key))
  return !isByKey && ('print' in given || 'build' in given)
}

function isTexts(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).every((each) => typeof each === 'string')
  )
}

function badProgram(name: string, what: string): MigError {
  return new MigError('bad-setting', `setting "${name}" in env.ts ${what}`, {
    help: "a program is { print: 'command that prints DDL' } or { build: 'command that makes its schema in DATABASE_URL' }",
  })
}
