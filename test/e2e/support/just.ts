import { expect } from 'vitest'
import { type CommandOptions, command } from '../../support/commands.ts'
import type { RecipeResult } from '../../support/recipes.ts'

/** Runs a recipe's command on one database; `''` as an argument is dropped by nobody, as in a shell. */
export type Just = (args: readonly string[] | string, options?: CommandOptions) => Promise<RecipeResult>

/**
 * The commands of recipes, on a database and in this process: `just('mig-upgrade head user')` splits at spaces, a list is
 * taken as it is.
 * @param defaults apply to every call; a call's own variables go before them
 */
export function justOn(databaseUrl: string, defaults: CommandOptions = {}): Just {
  return (args, options = {}) =>
    command(typeof args === 'string' ? args.split(' ') : args, {
      ...defaults,
      ...options,
      env: { MIG_DATABASE_URL: databaseUrl, ...defaults.env, ...options.env },
    })
}

/** The recipe must end well: a failure shows what it said. */
export async function succeed(run: Promise<RecipeResult>): Promise<RecipeResult> {
  const result = await run
  expect(result, `exit ${result.code}\n${result.stdout}\n${result.stderr}`).toMatchObject({ code: 0 })
  return result
}

/** The recipe must fail with this error and exit code, tell it on stderr with a help line, and nothing internal. */
export async function fail(
  run: Promise<RecipeResult>,
  code: string,
  exitCode: number,
): Promise<RecipeResult> {
  const result = await run
  const [first = ''] = result.stderr.split('\n').filter((line) => line.startsWith('error '))
  expect(first, `exit ${result.code}\n${result.stdout}\n${result.stderr}`).toMatch(
    new RegExp(`^error MIG-${code}: `),
  )
  expect(result.stderr).toMatch(/^help: \S/m)
  expect(result.code).toBe(exitCode)
  return result
}

export type JsonLine = { readonly event: string } & Readonly<Record<string, unknown>>

/** The JSON lines of a `--json` run. */
export function jsonLines({ stdout }: RecipeResult): readonly JsonLine[] {
  return stdout.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as JsonLine]))
}

/** The ids that a plan or a run names, in their order, from its JSON lines. */
export function stepsOf(result: RecipeResult): readonly string[] {
  const plan = jsonLines(result).find((line) => line.event === 'plan')
  return ((plan?.steps ?? []) as readonly { readonly revision: string }[]).map(({ revision }) => revision)
}
