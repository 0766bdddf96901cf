import type { TargetSchema } from '../../environment/index.ts'
import { makesSchemas } from '../plan/tenant-project.ts'
import type { Project } from '../project.ts'
import type { Session } from '../session/session.ts'
import { allTenants } from '../targets/targets.ts'

/**
 * Whether a tenant was dropped after the run had listed it: its schema is not there, and the source, asked again,
 * no longer lists it. One that the run would make is never gone.
 */
export async function isGone(
  project: Project,
  { client, signal }: Pick<Session, 'client' | 'signal'>,
  tenant: TargetSchema,
): Promise<boolean> {
  if (makesSchemas(project.env, tenant.line)) return false
  const { rows } = await client.query<{ exists: boolean }>(
    'SELECT EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname::text = $1) AS exists',
    [tenant.schema],
  )
  if (rows[0]?.exists !== false) return false
  const listed = await allTenants(project.env, tenant.line, signal === undefined ? {} : { signal })
  return !listed.some(
    ({ schema, databaseUrl }) => schema === tenant.schema && databaseUrl === tenant.databaseUrl,
  )
}
