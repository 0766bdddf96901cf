import { declaredObjects } from '../../autogenerate/wanted/declared.ts'
import { type ModelInput, modelInput } from '../../autogenerate/wanted/input.ts'
import { loadAll, readAllModels } from '../../autogenerate/wanted/wanted.ts'
import { type TargetSchema, tenantExclusion } from '../../environment/index.ts'
import type { DatabaseObject } from '../../postgres/fingerprint/index.ts'
import { readFingerprint, readFingerprintHashes } from '../../postgres/index.ts'
import {
  editedFiles,
  lineStatuses,
  type Project,
  type SessionOptions,
  usingSession,
} from '../../runner/index.ts'
import { scratchOptions, withScratchDatabase } from '../../scratch/database.ts'
import { tenantStandIn } from '../../scratch/lines.ts'
import type { CheckOptions, CheckResult } from '../result.ts'
import { relativeChanges } from './changes.ts'
import { databaseDrift } from './database-drift.ts'
import { comparedBy, differingTenants, type Expected, someDiffer } from './differing.ts'
import { keptStructure } from './kept-structure.ts'
import { withStatements } from './statements.ts'

/**
 * Compares all tenants with the models by fingerprint, in one pass per database; only one tenant of those that
 * differ alike is looked at closely. The models are loaded only where a tenant has not the fingerprint that they had
 * the last time, or they have changed since.
 * @throws MigError as loading the models does; `no-scratch`
 */
export async function checkTenants(
  project: Project,
  line: string,
  tenants: readonly TargetSchema[],
  sessions: SessionOptions,
  options: CheckOptions = { privileges: false },
): Promise<CheckResult> {
  const compared = { structure: true, privileges: options.privileges }
  const statuses = await lineStatuses(project, tenants, sessions, compared)
  const answered = statuses.filter(({ state }) => state !== 'unreachable')
  const edited = await editedFiles(project, answered, sessions)
  return usingSession(project.env, sessions, async (session) => {
    const input = await modelInput(session, project, options.privileges)
    const behind = statuses.filter(({ state }) => state !== 'head')
    const history = { pending: [], behind, edited, unmodeled: [] }
    const kept = await keptStructure(session, input, line, tenants[0])
    const ofDatabases = (declared: readonly DatabaseObject[]) =>
      databaseDrift(project, line, answered, declared, sessions)
    if (kept.hash !== undefined && !someDiffer(statuses, kept.hash))
      return { ...history, drift: await ofDatabases(kept.declared) }
    const models = await (options.read ?? readAllModels)(input)
    const load =
      (named: ModelInput) =>
      async (client: Parameters<typeof loadAll>[0]): Promise<void> => {
        await loadAll(client, models.files, named)
      }
    const own = models.files.filter(({ key }) => key === undefined || key === line)
    const wanted = await withScratchDatabase(scratchOptions(input), async ({ client }) => {
      await load(input)(client)
      const declared = await declaredObjects(client, own)
      return { ...(await expectedIn(client, project, line, tenants[0], options)), declared }
    })
    kept.keep(wanted, models.inputs)
    const told = { ...options, told: relativeChanges }
    const drift = await differingTenants(project, statuses, () => wanted, told, sessions)
    const make = (tenant: TargetSchema) => load(inTenant(input, tenant))
    const shown = options.sql ? await withStatements(project, drift, input, make, sessions) : drift
    return { ...history, drift: [...shown, ...(await ofDatabases(wanted.declared))] }
  })
}

/** What the stand-in of a line is on a scratch database. */
async function expectedIn(
  client: Parameters<typeof readFingerprint>[0],
  { env }: Project,
  line: string,
  tenant: TargetSchema | undefined,
  comparison: CheckOptions,
): Promise<Expected> {
  const schema = tenantStandIn(line)
  const exclude = tenantExclusion(env, line, tenant?.schema)
  const options = { ...comparedBy(comparison), schemas: [schema], exclude }
  const hashes = await readFingerprintHashes(client, options)
  const fingerprint = await readFingerprint(client, { ...options, schemaRelative: true })
  return { hash: hashes.get(schema) ?? null, fingerprint }
}

/** The models as this tenant has them, under its own name. */
function inTenant(input: ModelInput, { line, schema }: TargetSchema): ModelInput {
  const lines = input.lines.map((each) => (each.key === line ? { ...each, schema } : each))
  return { ...input, lines }
}
