import type { Environment } from '../../environment/index.ts'
import { releaseLocks, takeLocks, tryAllLocks } from '../../ledger/index.ts'
import { isConnectionLost } from '../../postgres/index.ts'
import { rollBack, type Session } from './session.ts'

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
  await lockTargets(session, env, targetSchemas)
  return releasing(session, env, targetSchemas, body)
}

/** As {@link holdingLocks}, on a connection that is guarded already. */
export async function holdingGuarded<Result>(
  session: Session,
  env: LockSettings,
  targetSchemas: readonly string[],
  body: () => Promise<Result>,
): Promise<Result> {
  await takeTargetLocks(session, env, targetSchemas)
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
    return await body()
  } catch (error) {
    lost = isConnectionLost(error)
    if (!lost) await rollBack(session)
    throw error
  } finally {
    await session.own?.cancelled()
    // A connection that is gone has given its locks back.
    if (!lost) await released(session, ledgerSchema, targetSchemas)
  }
}

/** A session that breaks here has given its locks back, and what was done is committed. */
async function released({ client }: Session, ledgerSchema: string, targetSchemas: readonly string[]) {
  try {
    await releaseLocks(client, ledgerSchema, targetSchemas)
  } catch (error) {
    if (!isConnectionLost(error)) throw error
  }
}

/** Guards the connection and takes the locks of target schemas. @throws MigError `lock-not-obtained` */
export async function lockTargets(
  session: Session,
  env: LockSettings,
  targetSchemas: readonly string[],
): Promise<void> {
  await guardConnection(session)
  await takeTargetLocks(session, env, targetSchemas)
}

function takeTargetLocks(
  { client, emit, signal }: Session,
  { ledgerSchema, lockWait: wait }: LockSettings,
  targetSchemas: readonly string[],
): Promise<void> {
  return takeLocks(client, { ledgerSchema, targetSchemas, wait, emit, signal })
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
