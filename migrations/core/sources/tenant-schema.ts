import { MigError } from '../errors.ts'
import type { ModelStatement } from './model.ts'
import { placeOf, where } from './place.ts'

/** The schema map, as models are loaded by it. */
export interface ModelSchemas {
  /** Schema key → physical schema; for a tenant line the schema that stands for all tenants. */
  readonly schemas: Readonly<Record<string, string>>
  /** The keys of tenant lines, whose models stand unqualified in a file or folder of that name. */
  readonly tenantKeys: readonly string[]
}

/** The tenant line whose key a name has in the place of a schema. @param name as `shop.account` */
export function tenantLineOf(name: string, { schemas, tenantKeys }: ModelSchemas): string | undefined {
  const known = Object.values(schemas)
  return tenantKeys.find((key) => name.startsWith(`${key}.`) && !known.includes(key))
}

/**
 * The error for models that name a schema where there is one for each tenant.
 * @param name the name with its schema, as `shop.account`
 */
export function schemaInTenantModel(line: string, name: string, statement: ModelStatement): MigError {
  const bare = name.slice(name.indexOf('.') + 1)
  return new MigError(
    'schema-in-tenant-model',
    `${where(statement)} names ${name}: models of tenant line ${line} must not name a schema, since each tenant has its own`,
    {
      help: `write ${bare} for ${name}, in the models of ${line}: a file or folder of that name, or what models: { ${line}: … } in env.ts names; other lines cannot refer to it`,
      place: placeOf(statement),
      facts: { line, object: name },
    },
  )
}
