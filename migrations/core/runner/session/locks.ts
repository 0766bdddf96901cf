import type { Environment } from '../../environment/index.ts'
import { createLedger, releaseLocks, takeLocks, tryAllLocks } from '../../ledger/index.ts'
import { isConnectionLost } from '../../postgres/index.ts'
import { rollingBack, type Session } from './session.ts'

type LockSettings = Pick<Environment, 'ledgerSchema' | 'lockWait'>

/**
 * Runs `body` under the locks of its target schemas, on a connection whose loss is noticed on both sides. What `body`
 * has left open when it throws is rolled back.
 * @throws MigError `lock-not-obtained`, and what `body` throws
 */
export async function holdingLocks<Result>(
  session: Session,
  env: LockSettings,
  targetSchemas: readonly string[],
  body: () => Promise<Result>,
): Promise<Result> {
  await guardConnection(session)
  return holdingGuarded(session, env, targetSchemas, body)
}

/** As {@link holdingLocks}, on a connection that is guarded already. */
export async function holdingGuarded<Result>(
  session: Session,
  env: LockSettings,
  targetSchemas: readonly string[],
  body: () => Promise<Result>,
): Promise<Result> {
  await lockTargets(session, env, targetSchemas)
  return releasing(session, env, targetSchemas, body)
}

/** As {@link holdingGuarded}, without waiting for somebody who works on them. @returns `busy` when somebody does */
export async function holdingIfFree<Result>(
  session: Session,
  env: LockSettings,
  targetSchemas: readonly string[],
  body: () => Promise<Result>,
): Promise<Result | 'busy'> {
  if (!(await tryAllLocks(session.client, env.ledgerSchema, targetSchemas))) return 'busy'
  return releasing(session, env, targetSchemas, body)
}

async function releasing<Result>(
  session: Session,
  { ledgerSchema }: LockSettings,
  targetSchemas: readonly string[],
  body: () => Promise<Result>,
): Promise<Result> {
  let lost = false
  try {
    return await rollingBack(session, body)
  } catch (error) {
    lost = isConnectionLost(error)
    throw error
  } finally {
    await session.own?.cancelled()
    const { client } = session
    // A connection that is gone has given its locks back; where it goes now, what was done is committed.
    if (!lost) await releaseLocks(client, ledgerSchema, targetSchemas).catch(unlessLost)
  }
}

function unlessLost(error: unknown): void {
  if (!isConnectionLost(error)) throw error
}

/** Takes the locks of target schemas. @throws MigError `lock-not-obtained` */
export function lockTargets(
  { client, emit, signal }: Session,
  { ledgerSchema, lockWait: wait }: LockSettings,
  targetSchemas: readonly string[],
): Promise<void> {
  return takeLocks(client, { ledgerSchema, targetSchemas, wait, emit, signal })
}

/** Makes a connection ready to take steps: its loss is noticed on both sides, and the ledger is there. */
export async function readyToRun(session: Session, { ledgerSchema }: LockSettings): Promise<void> {
  await guardConnection(session)
  await createLedger(session.client, ledgerSchema)
}

/**
 * Has the server notice soon that this side has gone: it asks the socket while a statement runs
 * (client_connection_check_interval, manual 20.3.1; not on every platform), and a silent network for two minutes at
 * most. A session that outlives its runner keeps the locks; one that a server ends for its idleness loses them.
 */
export async function guardConnection({ client, own }: Pick<Session, 'client' | 'own'>): Promise<void> {
  // What the caller has opened keeps its settings.
  if (own === undefined) return
  const settings = {
    ...{ tcp_keepalives_idle: 60, tcp_keepalives_interval: 10, tcp_keepalives_count: 6 },
    // A run that pauses, or waits for a lock, has nothing to ask.
    idle_session_timeout: 0,
    // What follows LOCK sees all that was committed before the lock (manual, LOCK, Notes).
    default_transaction_isolation: "'read committed'",
  }
  const texts = Object.entries(settings).map(([name, value]) => `SET ${name} = ${value}`)
  await client.query(texts.join('; '))
  try {
    await client.query("SET client_connection_check_interval = '2s'")
  } catch (error) {
    // invalid_parameter_value: a platform without the poll that it needs.
    if (!(error instanceof Error && 'code' in error && error.code === '22023')) throw error
  }
}
