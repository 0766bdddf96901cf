import { tenantExclusion } from '../../environment/index.ts'
import { exitCodes, MigError } from '../../errors.ts'
import { quoteIdent, readFingerprintHashes } from '../../postgres/index.ts'
import type { Project } from '../../runner/index.ts'
import { type ScratchDatabase, scratchOptions, withScratchDatabase } from '../../scratch/database.ts'
import { tenantStandIn } from '../../scratch/lines.ts'
import type { ModelInput } from '../wanted/input.ts'
import { type FileRequest, type GeneratedFile, provableFiles } from '../write/revision-files.ts'

/** Names that break whatever quotes, folds, formats or hard-codes a schema's name. */
const hostileNames = ['Tenant "Ünïcode" $1 \'%s\' \\', 'select']

/**
 * Proves new revisions of tenant lines on two more tenants with hostile names: each is taken up by the files
 * themselves, and must look like the stand-in that was proved against the models; where only tenant lines have new
 * files, they are taken down and up again as well.
 * @throws MigError `proof-failed` (exit 5) naming the tenant
 */
export async function proveOnTenants(
  project: Project,
  files: readonly GeneratedFile[],
  input: ModelInput,
  { message, format }: Pick<FileRequest, 'message' | 'format'>,
): Promise<void> {
  const isTenant = (key: string) =>
    project.env.lines.some((line) => line.key === key && line.tenants !== null)
  const keys = [...new Set(files.map((file) => file.line))].filter(isTenant)
  if (keys.length === 0) return
  const alone = files.every((file) => isTenant(file.line))
  await withScratchDatabase(scratchOptions(input), async (scratch) => {
    const namings = [tenantStandIn, ...hostileNames.map((name) => (key: string) => `${name} ${key}`)]
    for (const nameOf of namings) {
      const named = withTenants(project, keys, nameOf)
      for (const schema of Object.values(schemasOf(named, nameOf)))
        await scratch.client.query(`CREATE SCHEMA IF NOT EXISTS ${quoteIdent(schema)}`)
      const provable = provableFiles(named, files, message, format)
      const steps =
        alone && provable.downgrade !== undefined
          ? (['upgrade', 'downgrade', 'upgrade'] as const)
          : (['upgrade'] as const)
      for (const step of steps) {
        await provable[step]?.(scratch.client).catch((error: unknown) => {
          throw failed(`the ${step} does not run on a tenant named ${nameOf(keys[0] ?? '')}`, error)
        })
      }
    }
    for (const key of keys)
      await expectAlike(
        scratch,
        project,
        key,
        namings.map((nameOf) => nameOf(key)),
      )
  })
}

async function expectAlike(
  { client }: ScratchDatabase,
  { env }: Project,
  key: string,
  schemas: readonly string[],
): Promise<void> {
  const exclude = tenantExclusion(env, key, tenantStandIn(key))
  const hashes = await readFingerprintHashes(client, { schemas, exclude, ignoreGeneratedNames: true })
  const [first, ...others] = schemas
  const odd = others.find((schema) => hashes.get(schema) !== hashes.get(first ?? ''))
  if (odd !== undefined) throw failed(`a tenant named ${odd} gets a different structure`, undefined)
}

/** The project with tenant lines as single lines of these schemas. */
function withTenants(project: Project, keys: readonly string[], nameOf: (key: string) => string): Project {
  const { env } = project
  const lines = env.lines.map((line) =>
    keys.includes(line.key) ? { ...line, tenants: null, schema: nameOf(line.key) } : line,
  )
  return { ...project, env: { ...env, lines } }
}

function schemasOf({ env }: Project, nameOf: (key: string) => string): Readonly<Record<string, string>> {
  return Object.fromEntries(env.lines.map(({ key, schema }) => [key, schema ?? nameOf(key)]))
}

function failed(what: string, cause: unknown): MigError {
  const reason = cause instanceof Error ? `: ${cause.message}` : ''
  return new MigError('proof-failed', `${what}${reason}`, {
    exitCode: exitCodes.proofFailed,
    help: existsOnce(cause)
      ? 'a database has it only once, and a revision of a tenant line runs for each tenant: generate it in a line with one schema, or write it by hand with IF NOT EXISTS: just mig-revision'
      : 'a revision of a tenant line has no schema name; write it by hand: just mig-revision',
    cause,
  })
}

/** Whether PostgreSQL says that there is such an object already (duplicate_object). */
function existsOnce(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return ('code' in error && error.code === '42710') || existsOnce(error.cause)
}
