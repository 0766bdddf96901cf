import { spawn } from 'node:child_process'

/** Ends the programs of this run when it is interrupted. */
export const interruption = new AbortController()

/** What a program sees of the caller's variables: nothing that changes what a tool does. */
const own = Object.fromEntries(
  ['PATH', 'HOME', 'TMPDIR'].flatMap((name) => {
    const value = process.env[name]
    return value === undefined ? [] : [[name, value]]
  }),
)

/**
 * Runs a program to its end.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ readonly cwd?: string, readonly variables?: Readonly<Record<string, string>>, readonly evenInterrupted?: boolean }} [options]
 * @returns {Promise<string>} what it prints
 * @throws {Error} where it ends in another way than with 0
 */
export function run(program, args, { cwd, variables = {}, evenInterrupted = false } = {}) {
  const signal = evenInterrupted ? undefined : interruption.signal
  signal?.throwIfAborted()
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      ...(cwd === undefined ? {} : { cwd }),
      env: { ...own, ...variables },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(signal === undefined ? {} : { signal }),
    })
    let output = ''
    let errors = ''
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output += text
    })
    child.stderr.setEncoding('utf8').on('data', (text) => {
      errors += text
    })
    child.once('error', reject)
    child.once('close', (code) =>
      code === 0
        ? resolve(output)
        : reject(new Error(`${program} ${args.join(' ')} ended with ${code}:\n${output}${errors}`)),
    )
  })
}

/** Whether a program is there and runs. @param {string} program @param {readonly string[]} args */
export async function runs(program, args) {
  try {
    await run(program, args)
    return true
  } catch {
    interruption.signal.throwIfAborted()
    return false
  }
}
