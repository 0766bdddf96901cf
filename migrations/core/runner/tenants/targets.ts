import {
  type Environment,
  listTenants,
  selectTenants,
  sourceTakes,
  type Tenant,
  whyNoTenant,
} from '../../environment/index.ts'
import type { Line } from '../../environment/schema-map.ts'
import { MigError } from '../../errors.ts'
import { type Session, type SessionOptions, usingSession } from '../session.ts'

/** The tenants that a command is for. */
export interface TenantTargetList {
  readonly line: string
  /** In code-point order, those to be made last. */
  readonly tenants: readonly Tenant[]
  /** How many tenants the line has in all. */
  readonly listed: number
}

/**
 * The line of a key, which must be a tenant line.
 * @throws MigError `no-tenant-line`.
 */
export function tenantLine(env: Environment, key: string): Line {
  const line = env.lines.find((each) => each.key === key && each.tenants !== null)
  if (line !== undefined) return line
  const keys = env.lines.flatMap((each) => (each.tenants === null ? [] : [each.key]))
  throw new MigError('no-tenant-line', `"${key}" is not a tenant line`, {
    help:
      keys.length === 0
        ? "env.ts has none; make one with schemas: { tenant: tenants({ like: 'tenant_%' }) }"
        : `the tenant lines are ${keys.join(', ')}`,
  })
}

/** All tenants of a line, in code-point order. @throws MigError as `listTenants` does */
export function allTenants(
  env: Environment,
  key: string,
  options: SessionOptions,
): Promise<readonly Tenant[]> {
  return onDatabase(env, tenantLine(env, key), options, (connect) =>
    listTenants(tenantLine(env, key), connect, takenSchemas(env)),
  )
}

/**
 * The tenants of a line that the command line names; unknown ones with `create_schema`.
 * @param whenNone what to take when none is named; default: an error that says how
 * @throws MigError as `selectTenants` and `listTenants` do.
 */
export async function targetTenants(
  env: Environment,
  key: string,
  options: SessionOptions,
  whenNone?: 'all',
): Promise<TenantTargetList> {
  const line = tenantLine(env, key)
  return onDatabase(env, line, options, async (connect) => {
    const listed = await listTenants(line, connect, takenSchemas(env))
    const { selection, shards } = env.targets
    const none = selection === null && shards === null && whenNone === 'all'
    const { tenants, unknown } = none
      ? { tenants: listed, unknown: [] }
      : selectTenants(key, listed, env.targets)
    for (const schema of unknown) {
      checkNewName(env, schema)
      if (line.tenants !== null && (await sourceTakes(line.tenants, schema, connect))) continue
      options.emit?.({
        event: 'warning',
        code: 'tenant-not-listed',
        message: `the schema map will not list ${schema} as a tenant of line ${key}`,
        help: 'add it to what env.ts lists, or later commands will not find it',
      })
    }
    const made = unknown.map((schema): Tenant => ({ line: key, schema, databaseUrl: null, shard: null }))
    return { line: key, tenants: [...tenants, ...made], listed: listed.length }
  })
}

/**
 * Refuses a name that no tenant can have.
 * @throws MigError `bad-tenant`.
 */
export function checkNewName(env: Environment, schema: string): void {
  const isTaken = takenSchemas(env).includes(schema)
  const reason = isTaken ? 'is the schema of something else' : whyNoTenant(schema)
  if (reason === undefined) return
  throw new MigError('bad-tenant', `${JSON.stringify(schema)} ${reason}`, { help: 'choose another name' })
}

/** Schemas that are not tenants whatever a pattern says. */
export function takenSchemas(env: Environment): readonly string[] {
  return [env.ledgerSchema, ...Object.values(env.schemas)]
}

/** Connects only for sources that ask the database. */
function onDatabase<Result>(
  env: Environment,
  { tenants }: Line,
  options: SessionOptions,
  body: (connect: () => Promise<Session['client']>) => Promise<Result>,
): Promise<Result> {
  const asksNothing = tenants?.list !== undefined || tenants?.function !== undefined
  if (!asksNothing) return usingSession(env, options, ({ client }) => body(() => Promise.resolve(client)))
  return body(() => Promise.reject(new Error('this source of tenants asks no database')))
}
