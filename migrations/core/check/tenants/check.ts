import { type ModelInput, modelInput } from '../../autogenerate/wanted/input.ts'
import { loadAll, readAllModels } from '../../autogenerate/wanted/wanted.ts'
import { type TargetSchema, tenantExclusion } from '../../environment/index.ts'
import { readFingerprint, readFingerprintHashes } from '../../postgres/index.ts'
import {
  type EditedFile,
  editedFiles,
  type LineStatus,
  lineStatuses,
  type Project,
  type SessionOptions,
  usingSession,
} from '../../runner/index.ts'
import { scratchOptions, withScratchDatabase } from '../../scratch/database.ts'
import { tenantStandIn } from '../../scratch/lines.ts'
import { relativeChanges } from './changes.ts'
import {
  comparedBy,
  differingTenants,
  type Expected,
  someDiffer,
  type TenantComparison,
  type TenantDrift,
} from './differing.ts'
import { keptStructure } from './kept-structure.ts'
import { type TenantStatements, tenantStatements } from './statements.ts'

export interface TenantCheckOptions extends TenantComparison {
  /** The statements as well, of so many tenants as are worth it. */
  readonly sql?: boolean
}

export interface TenantCheck {
  readonly line: string
  readonly tenants: number
  /** Not at head, or not there. */
  readonly behind: readonly LineStatus[]
  /** Files that are no longer what was applied. */
  readonly edited: readonly EditedFile[]
  /** What it would take to bring them to the models; the largest group first. */
  readonly drift: readonly TenantDrift[]
  /** What would bring tenants that differ to the models; only with `sql`. */
  readonly statements: readonly TenantStatements[]
}

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
  options: TenantCheckOptions = { privileges: false },
): Promise<TenantCheck> {
  const compared = { structure: true, privileges: options.privileges }
  const statuses = await lineStatuses(project, tenants, sessions, compared)
  const answered = statuses.filter(({ state }) => state !== 'unreachable')
  const edited = await editedFiles(project, answered, sessions)
  return usingSession(project.env, sessions, async (session) => {
    const input = await modelInput(session, project, options.privileges)
    const behind = statuses.filter(({ state }) => state !== 'head')
    const kept = await keptStructure(session, project, input, line, tenants[0])
    if (kept.hash !== undefined && !someDiffer(statuses, kept.hash))
      return { line, tenants: tenants.length, behind, edited, drift: [], statements: [] }
    const models = await readAllModels(input)
    const load =
      (named: ModelInput) =>
      async (client: Parameters<typeof loadAll>[0]): Promise<void> => {
        await loadAll(client, models.files, named)
      }
    const wanted = await withScratchDatabase(scratchOptions(input), async ({ client }) => {
      await load(input)(client)
      return expectedIn(client, project, line, tenants[0], options)
    })
    kept.keep(wanted.hash, models.inputs)
    const drift = await differingTenants(
      project,
      statuses,
      () => wanted,
      { ...options, told: relativeChanges },
      sessions,
    )
    const statements = options.sql
      ? await tenantStatements(project, drift, input, (tenant) => load(inTenant(input, tenant)), sessions)
      : []
    return { line, tenants: tenants.length, behind, edited, drift, statements }
  })
}

/** What the stand-in of a line is on a scratch database. */
async function expectedIn(
  client: Parameters<typeof readFingerprint>[0],
  { env }: Project,
  line: string,
  tenant: TargetSchema | undefined,
  comparison: TenantComparison,
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
