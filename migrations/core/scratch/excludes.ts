import {
  type Environment,
  type Excludes,
  excludedObjects,
  isOfKinds,
  silentOf,
  tenantExcludes,
} from '../environment/index.ts'
import { tenantStandIn } from './lines.ts'

/**
 * What is left alone on scratch databases: what the environment excludes, and in the stand-in of a tenant line the
 * tables that the line excludes; and what the models of a schema cannot say.
 * @throws MigError `bad-setting` for a kind that there is not
 */
export function scratchExcludes(env: Pick<Environment, 'lines' | 'models' | 'options'>): Excludes {
  const everywhere = excludedObjects(env.options)
  const standIns = new Map(
    env.lines.flatMap(({ key, tenants }) =>
      tenants === null ? [] : [[tenantStandIn(key), tenantExcludes(env, key)] as const],
    ),
  )
  const silent = silentSchemas(env)
  const none = new Set<string>()
  return (object) => {
    const standIn = standIns.get(object.schema)
    return standIn === undefined
      ? everywhere(object) || isOfKinds(object, silent.get(object.schema) ?? none)
      : standIn(object)
  }
}

/** The kinds that the models of each schema cannot say, where there are any. */
export function silentSchemas({
  lines,
  models,
}: Pick<Environment, 'lines' | 'models'>): ReadonlyMap<string, ReadonlySet<string>> {
  const all = lines.flatMap(({ key, schema }) =>
    schema === null ? [] : [[schema, silentOf(models, key)] as const],
  )
  return new Map(all.filter(([, kinds]) => kinds.size > 0))
}
