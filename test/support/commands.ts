import { Console } from 'node:console'
import { join } from 'node:path'
// It keeps the folder of its first import, which must not be one that a test removes.
import 'esbuild'
import { supervisedBy } from '../../scripts/cli/supervise.ts'
import { cleanVariables, type RecipeOptions, type RecipeResult, repository } from './recipes.ts'

/** What a command run needs besides its arguments. */
export type CommandOptions = Pick<RecipeOptions, 'cwd' | 'env'>

/** A run's result, also with both streams as they came. */
export interface CommandResult extends RecipeResult {
  readonly all: string
}

let last: Promise<unknown> = Promise.resolve()

/**
 * Runs what a recipe starts inside of this process: same arguments, folder, variables, output and exit code, without
 * the start of `just` and Node. One at a time, since a process has one folder and one environment. What is about the process
 * itself (signals, terminals, several runs at once, programs that share its streams) runs by `recipe`.
 * @param args as `just` takes them: the recipe's name, its arguments and flags; or a script's that no recipe starts
 */
export function command(args: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  const run = last.then(() => runAlone(args, options))
  last = run.catch(() => undefined)
  return run
}

async function runAlone(
  [name = '', ...args]: readonly string[],
  { cwd = repository, env }: CommandOptions,
): Promise<CommandResult> {
  const script: { readonly main: (argv: readonly string[], root: string) => Promise<void> } = await import(
    join(repository, 'scripts', `${name}.ts`)
  )
  const all: Buffer[] = []
  const [out, err] = [captured(process.stdout, all), captured(process.stderr, all)]
  const before = { cwd: process.cwd(), env: process.env, exitCode: process.exitCode, console }
  process.chdir(cwd)
  process.env = cleanVariables(env)
  globalThis.console = new Console(process.stdout, process.stderr)
  const { signal } = new AbortController()
  try {
    await supervisedBy({ signal, note: () => undefined }, () => script.main(args, repository))
    const code = Number(process.exitCode ?? 0)
    return { code, stdout: out.text(), stderr: err.text(), all: textOf(all) }
  } finally {
    for (const stream of [out, err]) stream.release()
    globalThis.console = before.console
    process.exitCode = before.exitCode
    process.env = before.env
    process.chdir(before.cwd)
  }
}

/** What is written to a stream, until it is released. @param all takes it too */
function captured(
  stream: NodeJS.WriteStream,
  all: Buffer[],
): { readonly text: () => string; readonly release: () => void } {
  const { write } = stream
  const chunks: Buffer[] = []
  stream.write = (chunk: string | Uint8Array, ...rest: readonly unknown[]) => {
    const bytes = Buffer.from(chunk as string)
    chunks.push(bytes)
    all.push(bytes)
    const done = rest.find((each) => typeof each === 'function')
    if (done !== undefined) process.nextTick(done)
    return true
  }
  return {
    text: () => textOf(chunks),
    release: () => {
      stream.write = write
    },
  }
}

/** As of a process, without the last line's end. */
function textOf(chunks: readonly Buffer[]): string {
  return Buffer.concat(chunks)
    .toString('utf8')
    .replace(/\r?\n$/, '')
}
