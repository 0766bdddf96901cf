import { commaList } from '../../comma-list.ts'
import {
  type Line,
  roleOf,
  shellWord,
  type TargetSchema,
  type TenantTargets,
} from '../../environment/index.ts'
import { exitCodes, MigError } from '../../errors.ts'
import { quoteIdent } from '../../postgres/index.ts'
import { readStates } from '../applied/state.ts'
import { troubleNote } from '../applied/trouble.ts'
import { planTargets } from '../plan/target-plan.ts'
import type { Project } from '../project.ts'
import { isSchema, runTargets } from '../run/apply.ts'
import { type Session, type SessionOptions, usingSession } from '../session/session.ts'
import { schemaOwner } from '../statement/own-sql.ts'
import { databaseEnvironment } from '../targets/databases.ts'
import { tenantLine } from '../targets/line-groups.ts'
import { sourceTakes } from '../targets/list-tenants.ts'
import { ambiguousTenant, selectTenants } from '../targets/select-tenants.ts'
import { allTenants, checkNewName, listsThemselves, notListed } from '../targets/target-schemas.ts'
import { forgetLeftovers } from './drop.ts'

/** A tenant that was created. */
export interface CreatedTenant {
  readonly tenant: TargetSchema
  readonly revisions: readonly string[]
  readonly ms: number
}

/** A tenant that is to be made. */
export interface NewTenant {
  readonly tenant: TargetSchema
  readonly isListed: boolean
  /** With the session that is open on its database. */
  readonly sessions: SessionOptions
}

/**
 * Makes a tenant: where the source lists it already, or else in the environment's own database.
 * @throws MigError `tenant-exists` when there is such a schema; `bad-tenant`; `ambiguous-tenant` when the source lists it
 *   on several shards; `unknown-shard`; what `make` throws
 */
export async function makingTenant<Result>(
  project: Project,
  line: string,
  schema: string,
  given: SessionOptions,
  make: (made: NewTenant) => Promise<Result>,
): Promise<Result> {
  const { env } = project
  checkNewName(env, schema)
  const ofLine = tenantLine(env, line)
  const find = async (own: SessionOptions) =>
    placeOf(line, await allTenants(env, line, own), schema, env.targets)
  const asksNobody = listsThemselves(ofLine)
  const place = asksNobody ? await find(given) : undefined
  const databaseUrl = place?.databaseUrl ?? null
  return usingSession(databaseEnvironment(env, databaseUrl), given, async (open) => {
    // Where no database is configured, a session on a shard would be taken for one on the embedded server.
    const sessions = databaseUrl !== null && env.databaseUrl === null ? given : { ...given, open }
    const known = asksNobody ? place : await find(sessions)
    if (known === undefined && schema.includes(',')) throw severalNames(schema)
    const tenant = known ?? { line, schema, databaseUrl: null, shard: null }
    if (await schemaExists(project, tenant, sessions)) throw await tenantExists(project, tenant, sessions)
    if (known === undefined && !(await isMatched(ofLine, schema, open)))
      given.emit?.({ event: 'warning', ...notListed(line, schema) })
    return make({ tenant, isListed: known !== undefined, sessions })
  })
}

/** Whether the pattern of a line, where it has one, will find a tenant. */
async function isMatched({ tenants }: Line, schema: string, { client }: Session): Promise<boolean> {
  if (tenants?.like === undefined && tenants?.match === undefined) return false
  return sourceTakes(tenants, schema, () => Promise.resolve(client))
}

/** Where the source lists a name, on the shard that is asked for. */
function placeOf(
  line: string,
  listed: readonly TargetSchema[],
  schema: string,
  { shards }: TenantTargets,
): TargetSchema | undefined {
  const { tenants } = selectTenants(line, listed, { selection: { kind: 'all' }, shards, createSchema: false })
  const named = tenants.filter((tenant) => tenant.schema === schema)
  if (named.length > 1) throw ambiguousTenant(schema, named)
  if (shards === null || named.length === 1) return named[0]
  throw new MigError('unknown-tenant', `env.ts lists no tenant ${schema} on shard ${shards.join(', ')}`, {
    help: 'add it, with its database, to the list in env.ts first',
    facts: { line, tenant: schema, shards },
  })
}

/**
 * Creates a tenant by running every revision of the line on a new schema.
 * @throws MigError `tenant-exists`, `bad-tenant`, and what a step throws; the steps before it are kept.
 */
export async function createTenant(
  project: Project,
  line: string,
  schema: string,
  given: SessionOptions,
): Promise<CreatedTenant> {
  const started = performance.now()
  const { env } = project
  const withSchema: Project = { ...project, env: { ...env, targets: { ...env.targets, createSchema: true } } }
  const request = { direction: 'upgrade', target: 'heads' } as const
  const group = { lines: [line], tenantLine: line }
  const { tenant, plan } = await makingTenant(project, line, schema, given, async ({ tenant, sessions }) => {
    await forgetLeftovers(project, tenant, sessions)
    const plan = await planTargets(withSchema, group, [tenant], request, sessions)
    if (plan.work.length === 0) await makeSchema(withSchema, tenant, sessions)
    return { tenant, plan }
  })
  const { failures } = await runTargets(withSchema, plan, { jobs: 1 }, given)
  const [failure] = failures
  if (failure !== undefined) {
    // The schema comes with the first revision, and goes with it.
    const isThere = await schemaExists(project, tenant, given)
    throw isThere ? halfMade(failure.error, tenant) : failure.error
  }
  const revisions = plan.alike[0]?.steps.at(-1)?.appliedAfter ?? []
  return { tenant, revisions, ms: performance.now() - started }
}

/** A line without revisions makes an empty tenant. */
async function makeSchema(project: Project, tenant: TargetSchema, sessions: SessionOptions): Promise<void> {
  const env = databaseEnvironment(project.env, tenant.databaseUrl)
  await usingSession(env, sessions, ({ client }) =>
    client.query(
      `CREATE SCHEMA ${quoteIdent(tenant.schema)}${schemaOwner(roleOf(env, tenant.line, tenant.schema))}`,
    ),
  )
}

function schemaExists(
  { env }: Project,
  { schema, databaseUrl }: TargetSchema,
  sessions: SessionOptions,
): Promise<boolean> {
  return usingSession(databaseEnvironment(env, databaseUrl), sessions, ({ client }) =>
    isSchema(client, schema),
  )
}

/** A comma stands between names wherever tenants are named, so no new name has one, unless env.ts lists it. */
function severalNames(schema: string): MigError {
  const names = commaList(schema)
  const each = names.map((name) => `just mig-tenant-create ${shellWord(name)}`).join('; ')
  return new MigError(
    'bad-tenant',
    `${JSON.stringify(schema)} has a comma, and only one tenant can be created at a time`,
    {
      help: each === '' ? 'choose another name' : `make each by itself: ${each}`,
    },
  )
}

async function tenantExists(
  project: Project,
  { line, schema, databaseUrl }: TargetSchema,
  sessions: SessionOptions,
): Promise<MigError> {
  const env = databaseEnvironment(project.env, databaseUrl)
  const states = await usingSession(env, sessions, ({ client }) =>
    readStates(client, project, [{ line, schema }]),
  )
  const state = states.get(schema)
  const note = state === undefined ? null : troubleNote(project.env, state)
  return new MigError(
    'tenant-exists',
    `there is a schema ${schema} already${note === null ? '' : `; ${note.what}`}`,
    {
      help: note?.help ?? `bring it to head: just mig-upgrade head ${line} --tenants ${shellWord(schema)}`,
      facts: { line, targetSchema: schema },
    },
  )
}

function halfMade(error: MigError, { line, schema }: TargetSchema): MigError {
  const { message, help, exitCode } = error
  const next = `go on: just mig-upgrade head ${line} --tenants ${shellWord(schema)}; or drop it: just mig-tenant-drop ${shellWord(schema)}`
  return error.with({
    message: `${message}\ntenant ${schema} is only partly created`,
    help: help === undefined ? next : `${help}\n${next}`,
    exitCode: exitCode === exitCodes.usage ? exitCodes.stepFailed : exitCode,
    cause: error,
  })
}
