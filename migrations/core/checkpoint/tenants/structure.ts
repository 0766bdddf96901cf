import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { modelInput } from '../../autogenerate/wanted/input.ts'
import { readCatalog } from '../../difference/index.ts'
import { keepValue, keptValue } from '../../environment/index.ts'
import { MigError } from '../../errors.ts'
import { quoteIdent } from '../../postgres/index.ts'
import { fileChecksum, type Project, type Session } from '../../runner/index.ts'
import { scratchOptions, withScratchDatabase } from '../../scratch/database.ts'
import { tenantStandIn } from '../../scratch/lines.ts'
import { runOnScratch, scratchProject } from '../../scratch/project.ts'
import { toolVersion } from '../../tool-version.ts'
import { daysOf } from '../facts.ts'
import { rowsElsewhere } from '../rows/elsewhere.ts'
import { type SharedSeeds, sharedSeeds } from '../rows/seed-statements.ts'
import { readSeeds } from '../rows/seeds.ts'
import { catalogScript, wholeScope } from '../script.ts'

/** A tenant as its revisions make it, without its name. */
export interface TenantStructure {
  readonly statements: readonly string[]
  /** The rows that the revisions write, which every tenant gets. */
  readonly seeds: SharedSeeds
}

/**
 * The structure and rows of a tenant at head: made once from the revisions on scratch databases, where no customer
 * has ever been, and kept in the cache until a revision changes, for a day.
 * @throws MigError `no-template` when the structure cannot be made in one transaction, when rows are a tenant's own,
 *   or when revisions write rows into other schemas; `no-scratch`; what a revision throws
 */
export async function tenantStructure(
  session: Session,
  project: Project,
  line: string,
): Promise<TenantStructure> {
  const { rows } = await session.client.query<{ version: string }>(
    `SELECT pg_catalog.current_setting('server_version') AS version`,
  )
  const days = await daysOf(session.client)
  const key = structureKey(project, line, [rows[0]?.version ?? '', ...days])
  const path = join(project.env.cacheDir, `structure-${key}.json`)
  const kept = keptValue<TenantStructure>(path)
  if (kept !== undefined) return kept
  const structure = await madeStructure(session, project, line)
  if (`${await daysOf(session.client)}` === `${days}`) keepValue(path, structure)
  return structure
}

/** Everything that the structure is made from: the files of the line and of what it depends on. */
function structureKey({ graph, files, env }: Project, line: string, server: readonly string[]): string {
  const own = [...files.values()].filter((file) => file.line === line).map((file) => file.revision)
  const parts = graph.ancestors(own).map((id) => {
    const file = files.get(id)
    return `${id} ${file === undefined ? '' : fileChecksum(file.path)}`
  })
  const text = JSON.stringify([toolVersion, server, line, env.schemas, env.x, parts])
  return createHash('sha256').update(text).digest('hex').slice(0, 32)
}

async function madeStructure(session: Session, project: Project, line: string): Promise<TenantStructure> {
  const input = { ...(await modelInput(session, project, true)), filter: [line] }
  const scratch = scratchProject(project)
  const standIn = tenantStandIn(line)
  const others = scratch.env.filter.filter((key) => key !== line)
  return withScratchDatabase(scratchOptions(input), async (base) => {
    for (const { schema } of input.lines)
      await base.client.query(`CREATE SCHEMA IF NOT EXISTS ${quoteIdent(schema)}`)
    const heads = (lines: readonly string[]) => ({ direction: 'upgrade', target: 'heads', lines }) as const
    if (others.length > 0) await runOnScratch(base.client, scratch, heads(others))
    const from = await readCatalog(base.client)
    // A template may have nobody in it.
    await base.client.end()
    const made = await withScratchDatabase(scratchOptions(input, base), async ({ client }) => {
      const own = [standIn, project.env.ledgerSchema]
      const before = await rowsElsewhere(client, own)
      await runOnScratch(client, scratch, heads([line]))
      const to = await readCatalog(client)
      const after = await rowsElsewhere(client, own)
      const written = [...after].find(([table, rows]) => before.get(table) !== rows)?.[0]
      if (written !== undefined) throw noTemplate(`the revisions of ${line} write into ${written}`)
      const seeds = await readSeeds(client, { schema: standIn })
      if (seeds.tables.length === 0) return { to, seeds: sharedSeeds(seeds, seeds) }
      // What two tenants get alike, every tenant gets.
      const second = `${standIn} "2"`
      await runOnScratch(client, scratchProject(withTenant(project, line, second)), heads([line]))
      return { to, seeds: sharedSeeds(seeds, await readSeeds(client, { schema: second })) }
    })
    const { to, seeds } = made
    if ('what' in seeds) throw noTemplate(`rows of ${seeds.table} are specific to a tenant: ${seeds.what}`)
    const statements = await withScratchDatabase(scratchOptions(input, base), ({ client }) =>
      catalogScript(client, { from, to, scope: wholeScope([standIn]) }, [standIn]),
    )
    if (statements === undefined)
      throw noTemplate(`the structure of ${line} cannot be created in one transaction`)
    return { statements, seeds }
  })
}

/** The project with a schema of its own in the place of the line's tenants. */
function withTenant(project: Project, line: string, schema: string): Project {
  const lines = project.env.lines.map((each) =>
    each.key === line ? { ...each, tenants: null, schema } : each,
  )
  return { ...project, env: { ...project.env, lines } }
}

function noTemplate(reason: string): MigError {
  return new MigError('no-template', `the tenant cannot be created as a copy: ${reason}`, {
    help: 'omit --from-template to run every revision',
  })
}
