import type { ClientBase } from 'pg'
import type { Environment } from '../../environment/index.ts'
import { allTenants, listTenants, type SessionOptions } from '../../runner/index.ts'

/** The schemas of all tenants of a database but these: nobody who looks at these wants to read the others. */
export async function otherTenants(
  env: Environment,
  databaseUrl: string | null,
  shown: readonly string[],
  sessions: SessionOptions,
): Promise<readonly string[]> {
  const wanted = new Set(shown)
  const names: string[] = []
  for (const { key, tenants } of env.lines) {
    const listed = tenants === null ? [] : await allTenants(env, key, sessions)
    for (const tenant of listed)
      if (tenant.databaseUrl === databaseUrl && !wanted.has(tenant.schema)) names.push(tenant.schema)
  }
  return names
}

/**
 * The schemas of tenants in the database of a connection, which a look at single lines can do without. A function of
 * env.ts is not asked: what has nothing to do with single lines shall not make their commands fail.
 */
export async function tenantsBeside(
  env: Environment,
  { client }: { readonly client: ClientBase },
): Promise<readonly string[]> {
  const names: string[] = []
  for (const line of env.lines) {
    if (line.tenants === null || line.tenants.function !== undefined) continue
    const listed = await listTenants(env, line, () => Promise.resolve(client))
    names.push(...listed.flatMap(({ schema, databaseUrl }) => (databaseUrl === null ? [schema] : [])))
  }
  return names
}
