import type { Environment, Line, TargetSchema } from '../../environment/index.ts'
import { MigError } from '../../errors.ts'
import { type Session, type SessionOptions, usingSession } from '../session/session.ts'
import { type LineGroup, tenantLine } from './line-groups.ts'
import { listTenants, sourceTakes, takenSchemas, whyNoTenant } from './list-tenants.ts'
import { noneNamed, selectTenants } from './select-tenants.ts'

/** The target schemas of single lines. @param keys default: all of them */
export function singleTargets(
  { schemas }: Pick<Environment, 'schemas'>,
  keys: readonly string[] = Object.keys(schemas),
): readonly TargetSchema[] {
  return keys.flatMap((line) => {
    const schema = schemas[line]
    return schema === undefined ? [] : [{ line, schema, databaseUrl: null, shard: null }]
  })
}

/**
 * The target schemas of a line group: of single lines, those in the schema map; of a tenant line, those that the
 * command names, in code-point order, and with `create_schema` unknown ones last.
 * @param whenNone what to use if no tenant is named; default: an error that says how to name them
 * @throws MigError as `selectTenants` and `listTenants` do.
 */
export async function targetSchemas(
  env: Environment,
  { lines, tenantLine }: LineGroup,
  options: SessionOptions,
  whenNone?: 'all',
): Promise<readonly TargetSchema[]> {
  return tenantLine === null ? singleTargets(env, lines) : targetTenants(env, tenantLine, options, whenNone)
}

/** As {@link targetSchemas}, of one tenant line. */
export async function targetTenants(
  env: Environment,
  key: string,
  options: SessionOptions,
  whenNone?: 'all',
): Promise<readonly TargetSchema[]> {
  const line = tenantLine(env, key)
  return onDatabase(env, line, options, async (connect) => {
    const listed = await listTenants(env, line, connect)
    const { selection, shards } = env.targets
    if (selection === null && shards === null && whenNone === 'all') return listed
    const { tenants, unknown } = selectTenants(key, listed, env.targets)
    for (const schema of unknown) {
      checkNewName(env, schema)
      if (line.tenants !== null && (await sourceTakes(line.tenants, schema, connect))) continue
      options.emit?.({ event: 'warning', ...notListed(key, schema) })
    }
    return [...tenants, ...unknown.map((schema) => ({ line: key, schema, databaseUrl: null, shard: null }))]
  })
}

/**
 * The tenants of all groups of a command, looked up before the first group is treated: what names none, or one that is
 * not there, is refused then. Nothing is asked where there is one group alone.
 * @param given `whenNone` as for `targetSchemas`; `isListMade`: single lines that come first may make what a list is read
 *   from, and one that cannot be read is left for its turn
 * @throws MigError as `targetSchemas` does
 */
export async function expectTenants(
  env: Environment,
  groups: readonly LineGroup[],
  options: SessionOptions,
  given: { readonly whenNone?: 'all'; readonly isListMade?: boolean } = {},
): Promise<readonly TargetSchema[]> {
  const { selection, shards } = env.targets
  const { whenNone, isListMade = false } = given
  const isAnyNamed = selection !== null || shards !== null
  if (groups.length < 2 || (whenNone === 'all' && !isAnyNamed)) return []
  const mayComeLater = isListMade && groups[0]?.tenantLine === null
  const found: TargetSchema[] = []
  for (const line of groups.flatMap(({ tenantLine }) => tenantLine ?? [])) {
    try {
      found.push(...(await targetTenants(env, line, options, whenNone)))
    } catch (error) {
      if (!mayComeLater || !isUnlisted(error)) throw error
      if (!isAnyNamed) throw noneNamed(line)
    }
  }
  return found
}

/** Whether the tenants of a line could not be listed. */
function isUnlisted(error: unknown): boolean {
  return error instanceof MigError && ['tenant-query', 'bad-tenants'].includes(error.code)
}

/** The warning about a tenant that later commands will not find. */
export function notListed(line: string, schema: string) {
  return {
    code: 'tenant-not-listed',
    message: `the schema map will not list ${schema} as a tenant of line ${line}`,
    help: 'add it to the list in env.ts, so that later commands find it',
  }
}

/** All tenants of a line, in code-point order. @throws MigError as `listTenants` does */
export function allTenants(
  env: Environment,
  key: string,
  options: SessionOptions,
): Promise<readonly TargetSchema[]> {
  return onDatabase(env, tenantLine(env, key), options, (connect) =>
    listTenants(env, tenantLine(env, key), connect),
  )
}

/**
 * Refuses a name that no tenant can have.
 * @throws MigError `bad-tenant`.
 */
export function checkNewName(env: Environment, schema: string): void {
  const isTaken = takenSchemas(env).includes(schema)
  const reason = isTaken ? 'is a schema of another line' : whyNoTenant(schema)
  if (reason === undefined) return
  throw new MigError('bad-tenant', `${JSON.stringify(schema)} ${reason}`, { help: 'choose another name' })
}

/** Whether the tenants of a line are listed without asking a database. */
export function listsThemselves({ tenants }: Pick<Line, 'tenants'>): boolean {
  return tenants?.list !== undefined || tenants?.function !== undefined
}

/** Connects only for sources that ask the database. */
function onDatabase<Result>(
  env: Environment,
  line: Line,
  options: SessionOptions,
  body: (connect: () => Promise<Session['client']>) => Promise<Result>,
): Promise<Result> {
  if (!listsThemselves(line))
    return usingSession(env, options, ({ client }) => body(() => Promise.resolve(client)))
  return body(() => Promise.reject(new Error('this source of tenants asks no database')))
}
