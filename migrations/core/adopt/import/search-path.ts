import { type Environment, listed } from '../../environment/index.ts'
import { catalogName } from '../../postgres/index.ts'
import type { Session } from '../../runner/index.ts'

/** The search_path that is set for the role or the database, which the other tool ran under (manual, section 20.1.3). */
export async function usualSearchPath({ client }: Session): Promise<string | undefined> {
  const { rows } = await client.query<{ path: string }>(
    `SELECT substr(setting, length('search_path=') + 1) AS path
       FROM pg_db_role_setting, unnest(setconfig) AS setting
      WHERE starts_with(setting, 'search_path=') AND setrole IN (0, to_regrole(quote_ident(current_user)))
        AND setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
      ORDER BY setrole = 0, setdatabase = 0 LIMIT 1`,
  )
  return rows[0]?.path
}

/**
 * The usual search_path, where unqualified names mean something else by it than by that of our revisions, which begins with
 * the target schema. A tenant's schema is not in it: there names mean the tenant.
 */
export function otherPath(
  usual: string | undefined,
  target: string | undefined,
  { options }: Pick<Environment, 'options'>,
): string | undefined {
  if (usual === undefined || target === undefined) return undefined
  const names = [...usual.matchAll(/"(?:[^"]|"")*"|[^,\s]+/g)]
    .map(([name]) => catalogName(name))
    .filter((name) => name !== '$user' && name !== '')
  const ours = [target, 'public', ...listed(options.searchPath)]
  const isOurs = names[0] === target && names.every((name) => ours.includes(name))
  return names.length === 0 || isOurs ? undefined : usual
}
