import type { DatabaseObject } from '../../postgres/fingerprint/index.ts'
import {
  byDatabase,
  databaseEnvironment,
  type LineStatus,
  type Project,
  type SessionOptions,
  usingSession,
} from '../../runner/index.ts'
import type { Drift } from '../result.ts'
import { wholeDatabaseChanges } from '../whole-database.ts'

/**
 * The databases of tenants that lack what the models declare of the whole database, each told with all of its tenants.
 * @param statuses of tenants whose databases have answered
 */
export async function databaseDrift(
  { env }: Project,
  line: string,
  statuses: readonly LineStatus[],
  declared: readonly DatabaseObject[],
  sessions: SessionOptions,
): Promise<readonly Drift[]> {
  if (declared.length === 0) return []
  const drift: Drift[] = []
  const there = statuses.filter(({ state }) => state !== 'absent').map(({ target }) => target)
  for (const [databaseUrl, targets] of byDatabase(there)) {
    const changes = await usingSession(databaseEnvironment(env, databaseUrl), sessions, ({ client }) =>
      wholeDatabaseChanges(client, declared),
    )
    if (changes.length > 0) drift.push({ line, targets, changes, statements: [] })
  }
  return drift
}
