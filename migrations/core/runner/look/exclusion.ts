import {
  type Environment,
  type ExcludableObject,
  type Excludes,
  excludedObjects,
  excludedTables,
  fingerprintExcludes,
} from '../../environment/index.ts'

type Excluding = Pick<Environment, 'lines' | 'options'>

/**
 * What of a tenant no command compares: what the environment excludes by table, kind and function, and the tables
 * that the line excludes.
 * @throws MigError `bad-setting` for a kind that there is not
 */
export function tenantExcludes({ lines, options }: Excluding, line: string): Excludes {
  const own = lines.find(({ key }) => key === line)?.tenants?.excludeTables ?? []
  const [inLine, everywhere] = [excludedTables(own), excludedObjects(options)]
  return (object) => inLine(object) || everywhere(object)
}

/**
 * As `tenantExcludes`, for a fingerprint.
 * @param seenAs the schema that objects are asked about under, where a stand-in is compared with this tenant: a
 *   pattern or function may name it
 */
export function tenantExclusion(
  env: Excluding,
  line: string,
  seenAs?: string,
): (object: ExcludableObject & { readonly parent?: string }) => boolean {
  const excludes = fingerprintExcludes(tenantExcludes(env, line))
  return (object) => excludes(seenAs === undefined ? object : { ...object, schema: seenAs })
}
