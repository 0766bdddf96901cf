import { MigError } from '../../migrations/core/index.ts'
import type { Command } from './command.ts'

/**
 * Asks before something that cannot be undone; `--yes` answers it.
 * @throws MigError `not-confirmed` when the answer is not yes, or nobody is there to give one.
 */
export async function confirm({ flags, signal }: Command, question: string): Promise<void> {
  if (flags.yes === true) return
  if (!process.stdin.isTTY) {
    throw new MigError('not-confirmed', `${question} Nobody is there to say yes`, {
      help: 'add --yes to go on without asking',
    })
  }
  const { question: ask } = await import('zx')
  const answer = await Promise.race([
    ask(`${question} [y/N] `),
    new Promise<string>((resolve) => signal.addEventListener('abort', () => resolve(''))),
  ])
  if (!/^y(es)?$/i.test(answer.trim()))
    throw new MigError('not-confirmed', 'nothing was done', { help: 'answer y, or add --yes' })
}
