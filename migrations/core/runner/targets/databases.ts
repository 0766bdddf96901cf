import type { Environment, TargetSchema } from '../../environment/index.ts'
import { MigError } from '../../errors.ts'
import { groupBy } from '../../group-by.ts'
import { type Session, type SessionOptions, usingSession } from '../session/session.ts'

/** Target schemas by the database that they live in. */
export function byDatabase<Target extends TargetSchema>(
  targets: readonly Target[],
): ReadonlyMap<string | null, readonly Target[]> {
  return groupBy(targets, ({ databaseUrl }) => databaseUrl)
}

/** The environment on the database of a target schema. */
export function databaseEnvironment(env: Environment, databaseUrl: string | null): Environment {
  return databaseUrl === null ? env : { ...env, databaseUrl, databaseSource: 'env.ts' }
}

/**
 * Runs `body` once for each database of the target schemas, one after the other, on a connection of its own.
 * @param onUnreachable told of the target schemas of a database that cannot be asked; default: its error is thrown
 * @throws MigError as `usingSession` does, and what `body` throws
 */
export async function onEachDatabase<Target extends TargetSchema>(
  env: Environment,
  targets: readonly Target[],
  sessions: SessionOptions,
  body: (session: Session, targets: readonly Target[]) => Promise<void>,
  onUnreachable?: (targets: readonly Target[], error: MigError) => void,
): Promise<void> {
  for (const [databaseUrl, group] of byDatabase(targets)) {
    const asked = usingSession(databaseEnvironment(env, databaseUrl), sessions, (session) =>
      body(session, group),
    )
    await asked.catch((error: unknown) => {
      if (onUnreachable === undefined || !(error instanceof MigError) || sessions.signal?.aborted) throw error
      onUnreachable(group, error)
    })
  }
}

/**
 * Warns of target schemas that cannot be asked, unless none of all can.
 * @throws MigError the error of the last database when it is all of them
 */
export function warnUnreachable(
  all: number,
  { emit }: SessionOptions,
): (targets: readonly TargetSchema[], error: MigError) => void {
  let silent = 0
  return (targets, error) => {
    silent += targets.length
    if (silent === all) throw error
    const { code, message, help } = error
    const shards = [...new Set(targets.flatMap(({ shard }) => shard ?? []))]
    const where = shards.length === 0 ? '' : ` of ${shards.join(', ')}`
    const count = `${targets.length} tenant${targets.length === 1 ? '' : 's'}`
    emit?.({
      event: 'warning',
      code,
      message: `${count}${where} cannot be asked: ${message}`,
      ...(help === undefined ? {} : { help }),
    })
  }
}
