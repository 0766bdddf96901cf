import { commaList } from '../../comma-list.ts'
import { roleOf, shellWord, type TargetSchema, type TenantTargets } from '../../environment/index.ts'
import { exitCodes, MigError } from '../../errors.ts'
import { quoteIdent } from '../../postgres/index.ts'
import { readStates } from '../applied/state.ts'
import { troubleNote } from '../applied/trouble.ts'
import { planTargets } from '../plan/targets.ts'
import type { Project } from '../project.ts'
import { isSchema, runTargets } from '../run/targets.ts'
import { type Session, type SessionOptions, usingSession } from '../session/session.ts'
import { schemaOwner } from '../statement/own-sql.ts'
import { databaseEnvironment } from '../targets/databases.ts'
import { sourceTakes } from '../targets/list-tenants.ts'
import { ambiguousTenant, selectTenants } from '../targets/select-tenants.ts'
import { allTenants, checkNewName, notListed, tenantLine } from '../targets/targets.ts'
import { forgetLeftovers } from './drop.ts'

/** A tenant that was created. */
export interface CreatedTenant {
  readonly tenant: TargetSchema
  readonly revisions: readonly string[]
  readonly ms: number
}

/**
 * The tenant that is to be made: where the source lists it already, or else in the environment's own database.
 * @throws MigError `tenant-exists` when there is such a schema; `bad-tenant`; `ambiguous-tenant` when the source lists it
 *   on several shards; `unknown-shard`
 */
export async function newTenant(
  project: Project,
  line: string,
  schema: string,
  sessions: SessionOptions,
): Promise<{ readonly tenant: TargetSchema; readonly isListed: boolean }> {
  const { env } = project
  checkNewName(env, schema)
  const { tenants: source } = tenantLine(env, line)
  const known = placeOf(line, await allTenants(env, line, sessions), schema, env.targets)
  if (known === undefined && schema.includes(',')) throw severalNames(schema)
  const tenant = known ?? { line, schema, databaseUrl: null, shard: null }
  if (await schemaExists(project, tenant, sessions)) throw await tenantExists(project, tenant, sessions)
  if (known !== undefined || source === null) return { tenant, isListed: true }
  const isPattern = source.like !== undefined || source.match !== undefined
  const takes = (session: Session) => sourceTakes(source, schema, () => Promise.resolve(session.client))
  if (!isPattern || !(await usingSession(env, sessions, takes))) {
    sessions.emit?.({ event: 'warning', ...notListed(line, schema) })
  }
  return { tenant, isListed: false }
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
  sessions: SessionOptions,
): Promise<CreatedTenant> {
  const started = performance.now()
  const { tenant } = await newTenant(project, line, schema, sessions)
  await forgetLeftovers(project, tenant, sessions)
  const { env } = project
  const withSchema: Project = { ...project, env: { ...env, targets: { ...env.targets, createSchema: true } } }
  const request = { direction: 'upgrade', target: 'heads' } as const
  const group = { lines: [line], tenantLine: line }
  const plan = await planTargets(withSchema, group, [tenant], request, sessions)
  if (plan.work.length === 0) await makeSchema(withSchema, tenant, sessions)
  const { failures } = await runTargets(withSchema, plan, { jobs: 1 }, sessions)
  const [failure] = failures
  if (failure !== undefined) {
    // The schema comes with the first revision, and goes with it.
    const isThere = await schemaExists(project, tenant, sessions)
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
