import { type Environment, environmentFile, loadEnvironment } from '../../migrations/core/index.ts'
import type { trustLiveFlag } from './arguments.ts'
import type { CommandWith } from './command.ts'

/**
 * The environment of a folder that may have no env.ts yet: a stand-in for its schema map serves to find the folders and the
 * database.
 */
export async function standInEnvironment(
  flags: CommandWith<{ 'trust-live': typeof trustLiveFlag }>['flags'],
): Promise<{
  readonly env: Environment
  /** Whether there is an env.ts, which says something else. */
  readonly isThere: boolean
  /** What to load it with then. */
  readonly place: Parameters<typeof loadEnvironment>[0]
}> {
  const place = {
    root: process.cwd(),
    filter: 'all',
    trustLive: flags['trust-live'] === true,
    databaseUrl: flags['database-url'],
  }
  const env = await loadEnvironment({ ...place, options: { schemas: { app: 'app' } } })
  return { env, isThere: environmentFile(env.dir) !== undefined, place }
}
