import { existsSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { type BuiltModels, type Inputs, type ModelProgram, seenInputs } from '../../environment/index.ts'
import { MigError } from '../../errors.ts'
import { parseDatabaseUrl } from '../../postgres/index.ts'
import { sqlStatements } from '../ddl.ts'
import { globFiles } from '../glob.ts'
import type { ModelFile, ModelStatement } from '../model.ts'
import { commandOf, runProgram } from './run.ts'

/**
 * Makes an empty scratch database, lets `fill` make a schema there, and gives the DDL of what is there then.
 * @param ledgers tables that are not models
 */
export type BuildModels = (
  fill: (url: string) => Promise<void>,
  ledgers: readonly string[],
) => Promise<readonly string[]>

export interface ProgramOptions {
  readonly base: string
  readonly build: BuildModels
  readonly signal?: AbortSignal | undefined
}

interface KeyedProgram {
  readonly key: string | undefined
  readonly program: ModelProgram
}

/**
 * What programs say, as model files. One that is named for several keys runs once.
 * @throws MigError `program-failed`, `program-timeout`; `program-silent` where one prints or builds nothing
 */
export async function programFiles(
  programs: readonly KeyedProgram[],
  options: ProgramOptions,
): Promise<readonly ModelFile[]> {
  const said = new Map<string, Said>()
  const files: ModelFile[] = []
  for (const { key, program } of programs) {
    const same = JSON.stringify(program)
    const own = said.get(same) ?? (await whatItSays(program, options))
    said.set(same, own)
    files.push({ ...own, key, keyed: key !== undefined })
  }
  return files
}

type Said = Pick<ModelFile, 'path' | 'statements'>

async function whatItSays(program: ModelProgram, options: ProgramOptions): Promise<Said> {
  const path = `${'print' in program ? 'output' : 'database'} of ${commandOf(program)}`
  const statements =
    'print' in program
      ? sqlStatements(outputOf(await runProgram(program, { ...options, scratch: undefined })), path)
      : await built(program, options, path)
  if (statements.length > 0) return { path, statements }
  throw new MigError(
    'program-silent',
    'print' in program
      ? `${program.print}, which "models" in env.ts names, printed no SQL`
      : `${program.build}, which "models" in env.ts names, created nothing in the database that it was given`,
    {
      help:
        'print' in program
          ? 'it must print its DDL to standard output'
          : 'it must use the database in DATABASE_URL, or get it in the command by {url}, {host}, {port}, {database}, {user} and {password}',
    },
  )
}

/** What a program's result follows from; undefined where its user has not said. */
export function programInputs(program: ModelProgram, base: string): Inputs | undefined {
  return program.inputs === undefined ? undefined : seenInputs({ files: inputFiles(program, base) })
}

/**
 * The files that the inputs of a program name, which become more when one is written.
 * @throws MigError `no-models` for an input that names nothing, since a result would be kept for too long
 */
export function inputFiles({ inputs = [] }: ModelProgram, base: string): readonly string[] {
  return inputs.flatMap((input) => {
    const path = resolve(base, input)
    const files = existsSync(path) && statSync(path).isFile() ? [path] : globFiles(input, base)
    if (files.length > 0) return files
    throw new MigError('no-models', `the input ${input}, which "models" in env.ts names, matches no file`, {
      help: `inputs are files and globs relative to ${base}, such as '../src/**/*.ts'`,
    })
  })
}

/** What `npm run`, `pnpm run` and `yarn run` write around a program's output is not SQL; the lines stay, for their numbers. */
function outputOf(output: string): string {
  return stripVTControlCharacters(output)
    .replace(/^(?:\s*\n|(?:> |\$ |yarn run v).*\n)+/, (heading) => heading.replace(/.+/g, ''))
    .replace(/\nDone in [\d.]+m?s\.?\s*$/, '\n')
}

async function built(
  program: BuiltModels,
  options: ProgramOptions,
  file: string,
): Promise<readonly ModelStatement[]> {
  const fill = async (url: string) => {
    await runProgram(program, { ...options, scratch: parseDatabaseUrl(url) })
  }
  const statements = await options.build(fill, program.ledgers ?? [])
  return statements.map((sql) => ({ sql, file, line: undefined }))
}
