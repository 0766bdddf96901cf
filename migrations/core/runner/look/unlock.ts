import { setTimeout as pause } from 'node:timers/promises'
import type { TargetSchema } from '../../environment/index.ts'
import { exitCodes, MigError } from '../../errors.ts'
import type { LockHolder } from '../../events.ts'
import { targetLockHolders } from '../../ledger/index.ts'
import type { Project } from '../project.ts'
import { holderLife, mayBeAtWork } from '../session/holder.ts'
import type { Session, SessionOptions } from '../session/session.ts'
import { onEachDatabase } from '../targets/databases.ts'

export interface UnlockRequest {
  /** The pid of a holder that is to be ended although it may be alive. */
  readonly force?: number
}

/** A session whose end has freed the locks of these target schemas. */
export interface EndedHolder {
  readonly holder: LockHolder
  readonly targetSchemas: readonly string[]
}

const patience = 10_000

/**
 * Ends the sessions that hold the locks of target schemas, where their runner is dead, their role could not run
 * anything, or where it is the one that `force` names. An open transaction of theirs is rolled back; no lock is held
 * without a session.
 * @throws MigError `holder-alive` (exit 6) when the runner is at work, or nobody can tell;
 *   `no-such-holder` when `force` names somebody who holds no lock.
 */
export async function unlockTargets(
  project: Project,
  targets: readonly TargetSchema[],
  request: UnlockRequest,
  sessions: SessionOptions,
): Promise<readonly EndedHolder[]> {
  const ended: EndedHolder[] = []
  await onEachDatabase(project.env, targets, sessions, async (session, group) => {
    ended.push(...(await unlock(session, project, request, group)))
  })
  return ended
}

async function unlock(
  session: Session,
  { env }: Pick<Project, 'env'>,
  { force }: UnlockRequest,
  targets: readonly TargetSchema[],
): Promise<readonly EndedHolder[]> {
  const targetSchemas = targets.map(({ schema }) => schema)
  const held = await targetLockHolders(session.client, env.ledgerSchema, targetSchemas)
  const byPid = new Map<number, EndedHolder>()
  for (const [schema, holder] of held) {
    const before = byPid.get(holder.pid)?.targetSchemas ?? []
    byPid.set(holder.pid, { holder, targetSchemas: [...before, schema] })
  }
  if (force !== undefined && !byPid.has(force)) throw noSuchHolder(force, [...byPid.keys()])
  const asked = [...byPid.values()].filter(({ holder }) => force === undefined || holder.pid === force)
  for (const { holder, targetSchemas: schemas } of asked) {
    if (force === undefined && mayBeAtWork(holder)) throw holderAlive(holder, schemas)
  }
  for (const { holder } of asked) {
    await session.client.query('SELECT pg_terminate_backend($1)', [holder.pid])
  }
  await untilGone(
    session,
    asked.map(({ holder }) => holder.pid),
  )
  return asked
}

/** pg_terminate_backend only sends the signal; the lock is free when the session has gone. */
async function untilGone({ client, signal }: Session, pids: readonly number[]): Promise<void> {
  const end = Date.now() + patience
  for (;;) {
    const { rows } = await client.query<{ pid: number }>(
      'SELECT pid FROM pg_stat_activity WHERE pid = ANY($1)',
      [[...pids]],
    )
    if (rows.length === 0) return
    if (Date.now() > end) {
      const which = rows.map(({ pid }) => pid).join(', ')
      throw new MigError('holder-stays', `pid ${which} was told to end and is still running`, {
        help: 'it may be rolling back a large change; see just mig-status',
        exitCode: exitCodes.lockNotObtained,
      })
    }
    await pause(50, undefined, { signal })
  }
}

function holderAlive(holder: LockHolder, targetSchemas: readonly string[]): MigError {
  const { pid, application, user, host, since, state } = holder
  const known =
    holderLife(holder) === 'alive' ? 'is alive' : 'may be alive: its process cannot be looked up from here'
  return new MigError(
    'holder-alive',
    `the lock of ${targetSchemas.join(', ')} is held by pid ${pid} (${application || 'no application name'}, ${user}@${host}, since ${since}, ${state}), which ${known}`,
    {
      help: `wait for it; or end it, whatever it is doing: just mig-unlock --force ${pid}`,
      exitCode: exitCodes.lockNotObtained,
      facts: { holder, targetSchemas },
    },
  )
}

function noSuchHolder(pid: number, holders: readonly number[]): MigError {
  return new MigError('no-such-holder', `pid ${pid} holds no lock of these schemas`, {
    help: holders.length === 0 ? 'no lock is held' : `the locks are held by pid ${holders.join(', ')}`,
    facts: { holders },
  })
}
