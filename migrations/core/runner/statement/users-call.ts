import type { ClientBase } from 'pg'
import { MigError } from '../../errors.ts'
import { idleUnheld } from '../../postgres/index.ts'

/** Ends each wait for a function of the user's that is under way in this process. */
const waits = new Set<() => void>()

/**
 * Runs a function of the user's. Where no query of ours is under way meanwhile, our connection does not keep the
 * process: only what the function waits for does. So an event loop with nothing left to do (Node's `beforeExit`) tells
 * that it waits for nothing, and `endStalledCalls` then ends the wait.
 * @throws what the function throws, and MigError `never-settles`
 */
export async function usersCall<Result>(
  client: ClientBase,
  name: string,
  call: () => Result | Promise<Result>,
): Promise<Result> {
  let end: () => void = () => undefined
  const stalled = new Promise<never>((_resolve, reject) => {
    end = () => reject(neverSettles(name))
  })
  waits.add(end)
  const holdAgain = idleUnheld(client)
  try {
    return await Promise.race([call(), stalled])
  } finally {
    waits.delete(end)
    holdAgain()
  }
}

/**
 * Ends the wait for every function of the user's that is under way; to be called when nothing is left that could
 * settle them.
 * @returns whether there was one
 */
export function endStalledCalls(): boolean {
  const open = [...waits]
  for (const end of open) end()
  return open.length > 0
}

function neverSettles(name: string): MigError {
  return new MigError('never-settles', `${name} awaits a promise that never settles`, {
    help: 'look at what it awaits: a promise that is never resolved, or a timer with unref()',
  })
}
