import { setTimeout as pause } from 'node:timers/promises'
import { exitCodes, MigError } from '../../migrations/core/index.ts'
import { connect } from '../../migrations/core/postgres/index.ts'
import { durationText } from '../../migrations/core/report/index.ts'
import type { Command } from './command.ts'

/** What a database that is coming up answers; a wrong password or name does not fix itself. */
const passing = new Set(['no-server', 'server-starting', 'too-many-connections'])
const pauseBetween = 500

/**
 * Waits until the database lets us in.
 * @param patience milliseconds; 0 is not to wait, and the recipe says what is wrong
 * @throws MigError `database-not-up` when it does not come up in time, and what `connect` throws for a wrong
 *   password, name or URL
 */
export async function awaitDatabase(
  url: string,
  patience: number,
  { output, signal }: Pick<Command, 'output' | 'signal'>,
): Promise<void> {
  if (patience === 0) return
  const deadline = AbortSignal.timeout(patience)
  const either = AbortSignal.any([signal, deadline])
  let last: MigError | undefined
  while (!either.aborted) {
    try {
      const client = await connect({ url, applicationName: 'just-mig', signal: either })
      await client.end()
      return
    } catch (error) {
      if (either.aborted) break
      if (!(error instanceof MigError) || !passing.has(error.code)) throw error
      if (error.message !== last?.message) {
        output.event({
          event: 'notice',
          severity: 'INFO',
          message: `waiting for the database: ${error.message}`,
        })
      }
      last = error
    }
    await pause(pauseBetween, undefined, { signal: either }).catch(() => undefined)
  }
  signal.throwIfAborted()
  throw new MigError(
    'database-not-up',
    `the database did not come up in ${durationText(patience)}${last === undefined ? '' : `: ${last.message}`}`,
    {
      help: 'look at the log of the database, or wait longer with --wait 5min',
      exitCode: exitCodes.stepFailed,
      ...(last === undefined ? {} : { facts: last.facts, cause: last }),
    },
  )
}
