import { createInterface } from 'node:readline/promises'
import { MigError } from '../../migrations/core/index.ts'
import { printable } from '../../migrations/core/report/index.ts'
import type { Flag } from './arguments.ts'
import type { CommandWith } from './command.ts'

/**
 * Puts a question on the terminal and reads a line. Ctrl-C interrupts the command, as it does elsewhere.
 * @returns the answer without space around it; undefined where the input has ended (Ctrl-D)
 * @throws what `signal` aborts with
 */
export async function ask(question: string, signal: AbortSignal): Promise<string | undefined> {
  signal.throwIfAborted()
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  // While it reads, readline takes the key for itself.
  lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'))
  const ended = new Promise<undefined>((resolve) => lines.once('close', () => resolve(undefined)))
  try {
    return (await Promise.race([ended, lines.question(printable(question), { signal })]))?.trim()
  } finally {
    lines.close()
  }
}

/** Whether an answer is yes; everything else is no. */
export const isYes = (answer: string): boolean => /^y(es)?$/i.test(answer)

/**
 * Asks before something that cannot be undone; `--yes` answers it.
 * @throws MigError `not-confirmed` when the answer is not yes, or nobody is there to give one.
 */
export async function confirm(
  { flags, signal }: CommandWith<{ yes: Flag }>,
  question: string,
): Promise<void> {
  if (flags.yes === true) return
  if (!process.stdin.isTTY) {
    throw new MigError('not-confirmed', `${question} There is no terminal to answer on`, {
      help: 'add --yes to go on without asking',
    })
  }
  if (!isYes((await ask(`${question} [y/N] `, signal)) ?? ''))
    throw new MigError('not-confirmed', 'nothing was done', { help: 'answer y, or add --yes' })
}
