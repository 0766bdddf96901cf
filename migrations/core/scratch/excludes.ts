import { type Environment, type Excludes, excludedObjects, tenantExcludes } from '../environment/index.ts'
import { tenantStandIn } from './lines.ts'

/**
 * What is left alone on scratch databases: what the environment excludes, and in the stand-in of a tenant line the
 * tables that the line excludes.
 * @throws MigError `bad-setting` for a kind that there is not
 */
export function scratchExcludes(env: Pick<Environment, 'lines' | 'options'>): Excludes {
  const everywhere = excludedObjects(env.options)
  const standIns = new Map(
    env.lines.flatMap(({ key, tenants }) =>
      tenants === null ? [] : [[tenantStandIn(key), tenantExcludes(env, key)] as const],
    ),
  )
  return (object) => (standIns.get(object.schema) ?? everywhere)(object)
}
