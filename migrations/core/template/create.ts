import { roleOf, shellWord, type TargetSchema, tenantExclusion } from '../environment/index.ts'
import { exitCodes, MigError } from '../errors.ts'
import { createLedger, ledgerStatements } from '../ledger/index.ts'
import {
  compareFingerprints,
  databaseError,
  fingerprintChangesText,
  isConnectionLost,
  quoteIdent,
  readFingerprint,
  readFingerprintHashes,
} from '../postgres/index.ts'
import { ofLine } from '../runner/applied/state.ts'
import {
  type CreatedTenant,
  databaseEnvironment,
  fileChecksum,
  forgetLeftovers,
  makingTenant,
  type PlanStep,
  type Project,
  planTargets,
  type Session,
  type SessionOptions,
  usingSession,
} from '../runner/index.ts'
import { holdingLocks } from '../runner/session/locks.ts'
import { whereFrom } from '../runner/session/session.ts'
import { leavingStatements, roleStatements, schemaOwner } from '../runner/statement/own-sql.ts'
import { type SharedSeeds, seedStatements, wrongTables } from './seed-statements.ts'
import { readSeeds } from './seeds.ts'
import { type TenantStructure, tenantStructure } from './structure.ts'

/**
 * Makes a tenant with the structure of another one: one script in one transaction, in which both are compared by
 * fingerprint before it is committed. It gets the rows that its revisions write, from a replay on a scratch database:
 * no row of the template is ever read. The log has the revisions as stamped, since none of them ran.
 * @param template a tenant at head, on the same database
 * @throws MigError `template-behind`, `template-differs` (exit 5) when the template is not what its revisions make;
 *   `tenant-exists`, `no-template`, `database-error`
 */
export async function createTenantFromTemplate(
  project: Project,
  line: string,
  schema: string,
  template: TargetSchema,
  given: SessionOptions,
): Promise<CreatedTenant> {
  const started = performance.now()
  return makingTenant(project, line, schema, given, async ({ tenant: named, isListed, sessions }) => {
    if (isListed && named.databaseUrl !== template.databaseUrl) throw templateElsewhere(named, template)
    const tenant = { ...named, databaseUrl: template.databaseUrl, shard: template.shard }
    await forgetLeftovers(project, tenant, sessions)
    const steps = await stepsToHead(project, line, tenant, template, sessions)
    const env = databaseEnvironment(project.env, template.databaseUrl)
    await usingSession(env, sessions, async (session) => {
      const structure = await tenantStructure(session, { ...project, env }, line)
      await holdingLocks(session, env, [schema], async () => {
        await createLedger(session.client, env.ledgerSchema)
        await copyStructure(session, project, { line, schema, template, structure, steps })
      })
    })
    const revisions = steps.at(-1)?.appliedAfter ?? []
    return { tenant, revisions, ms: performance.now() - started }
  })
}

interface Copy {
  readonly line: string
  readonly schema: string
  readonly template: TargetSchema
  readonly structure: TenantStructure
  readonly steps: readonly PlanStep[]
}

async function copyStructure(session: Session, project: Project, copy: Copy): Promise<void> {
  const { client } = session
  const { line, schema, template, structure, steps } = copy
  const name = quoteIdent(schema)
  const role = roleOf(project.env, line, schema)
  const script = [
    'BEGIN',
    `CREATE SCHEMA ${name}${schemaOwner(role)}`,
    ...roleStatements(role, 'transaction'),
    `SET LOCAL search_path TO ${name}, public`,
    ...structure.statements,
    ...seedStatements(structure.seeds),
    ...leavingStatements({ role, login: session.role ?? 'none' }, false),
    ...steps.flatMap((step, at) => stampStatements(project, step, at === steps.length - 1)),
  ].join(';\n')
  try {
    await client.query(script)
    await expectEqual(session, project, line, template.schema, schema)
    await expectSeeds(session, structure.seeds, schema)
    await client.query('COMMIT')
  } catch (error) {
    throw error instanceof MigError || isConnectionLost(error) ? error : databaseError(error, { sql: script })
  }
}

/** Every revision is logged; the rows of `version` are written once, with the last. */
function stampStatements(project: Project, step: PlanStep, isLast: boolean): readonly string[] {
  const { line, revision, targetSchema, appliedAfter, digest, file } = step
  const covered = isLast ? [...ofLine(project, line, appliedAfter)] : []
  const [before, after] = [[], isLast ? appliedAfter : []]
  const checksum = fileChecksum(file.path)
  const host = whereFrom
  return ledgerStatements(project.env.ledgerSchema, {
    ...{ direction: 'stamp', line, revision, targetSchema, before, after, digest, covered, checksum, host },
  })
}

/** The steps that replaying would take; the template must have taken them all. */
async function stepsToHead(
  project: Project,
  line: string,
  tenant: TargetSchema,
  template: TargetSchema,
  sessions: SessionOptions,
): Promise<readonly PlanStep[]> {
  const request = { direction: 'upgrade', target: 'heads' } as const
  const both = [template, tenant]
  const plan = await planTargets(project, { lines: [line], tenantLine: line }, both, request, sessions)
  if (plan.work.some((work) => work.unit === template)) {
    throw new MigError('template-behind', `the template ${template.schema} is not at head`, {
      help: `just mig-upgrade head ${line} --tenants ${shellWord(template.schema)}, or choose another with --template NAME`,
    })
  }
  const own = plan.work.find((work) => work.unit === tenant)
  return own === undefined ? [] : plan.planner.stepsOf(tenant, own.state)
}

async function expectEqual(
  { client }: Session,
  { env }: Project,
  line: string,
  template: string,
  schema: string,
): Promise<void> {
  const exclude = tenantExclusion(env, line, template)
  // Tenants with roles of their own have owners of their own.
  const privileges = roleOf(env, line, template) === roleOf(env, line, schema)
  const compared = { privileges, ignoreGeneratedNames: true, exclude }
  // One pass over both; only what is not equal is read closely.
  const hashes = await readFingerprintHashes(client, { ...compared, schemas: [template, schema] })
  if (hashes.get(template) === hashes.get(schema)) return
  const options = { ...compared, schemaRelative: true }
  const wanted = await readFingerprint(client, { ...options, schemas: [template] })
  const made = await readFingerprint(client, { ...options, schemas: [schema] })
  const changes = compareFingerprints(wanted, made)
  throw new MigError(
    'template-differs',
    `the template ${template} differs from what its revisions create, and so would a copy:\n${fingerprintChangesText(changes)}`,
    {
      exitCode: exitCodes.proofFailed,
      help: 'choose another template with --template NAME, or omit --from-template to run every revision',
      facts: { template, changes },
    },
  )
}

/** The new tenant has the rows that a replay gives, read back. */
async function expectSeeds({ client }: Session, seeds: SharedSeeds, schema: string): Promise<void> {
  const wrong = wrongTables(seeds, await readSeeds(client, schema))
  if (wrong.length === 0) return
  throw new MigError(
    'template-differs',
    `the rows of ${wrong.join(', ')} differ from those that the revisions write`,
    {
      exitCode: exitCodes.proofFailed,
      help: 'omit --from-template to run every revision',
      facts: { tables: wrong },
    },
  )
}

function templateElsewhere(tenant: TargetSchema, template: TargetSchema): MigError {
  const placeOf = ({ shard }: TargetSchema) => (shard === null ? 'the main database' : `shard ${shard}`)
  return new MigError(
    'no-template',
    `the template ${template.schema} is on ${placeOf(template)}, and ${tenant.schema} would be on ${placeOf(tenant)}`,
    { help: 'name a tenant of the same database: --template NAME; omit it to run every revision' },
  )
}
