import { Console } from 'node:console'
import { join } from 'node:path'
import { supervisedBy } from '../../scripts/cli/supervise.ts'
import { cleanVariables, type RecipeOptions, type RecipeResult, repository } from './recipes.ts'

/** What a command run needs besides its arguments. */
export type CommandOptions = Pick<RecipeOptions, 'cwd' | 'env'>

let last: Promise<unknown> = Promise.resolve()

/**
 * Runs what a recipe starts inside of this process: same arguments, folder, variables, output and exit code, without
 * the start of `just` and Node. One at a time, since a process has one folder and one environment. What is about the process
 * itself (signals, terminals, several runs at once, programs that share its streams) runs by `recipe`.
 * @param args as `just` takes them: the recipe's name, its arguments and flags; or a script's that no recipe starts
 */
export function command(args: readonly string[], options: CommandOptions = {}): Promise<RecipeResult> {
  const run = last.then(() => runAlone(args, options))
  last = run.catch(() => undefined)
  return run
}

async function runAlone(
  [name = '', ...args]: readonly string[],
  { cwd = repository, env }: CommandOptions,
): Promise<RecipeResult> {
  const script: { readonly main: (argv: readonly string[], root: string) => Promise<void> } = await import(
    join(repository, 'scripts', `${name}.ts`)
  )
  const [out, err] = [captured(process.stdout), captured(process.stderr)]
  const before = { cwd: process.cwd(), env: process.env, exitCode: process.exitCode, console }
  process.chdir(cwd)
  process.env = cleanVariables(env)
  globalThis.console = new Console(process.stdout, process.stderr)
  const { signal } = new AbortController()
  try {
    await supervisedBy({ signal, note: () => undefined }, () => script.main(args, repository))
    return { code: Number(process.exitCode ?? 0), stdout: out.text(), stderr: err.text() }
  } finally {
    for (const stream of [out, err]) stream.release()
    globalThis.console = before.console
    process.exitCode = before.exitCode
    process.env = before.env
    process.chdir(before.cwd)
  }
}

/** What is written to a stream, until it is released; as of a process, without the last line's end. */
function captured(stream: NodeJS.WriteStream): {
  readonly text: () => string
  readonly release: () => void
} {
  const { write } = stream
  const chunks: Buffer[] = []
  stream.write = (chunk: string | Uint8Array, ...rest: readonly unknown[]) => {
    chunks.push(Buffer.from(chunk as string))
    const done = rest.find((each) => typeof each === 'function')
    if (done !== undefined) process.nextTick(done)
    return true
  }
  return {
    text: () =>
      Buffer.concat(chunks)
        .toString('utf8')
        .replace(/\r?\n$/, ''),
    release: () => {
      stream.write = write
    },
  }
}
