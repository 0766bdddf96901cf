import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { Client, ClientBase } from 'pg'
import { searchScope, searchStatements } from '../autogenerate/search/search.ts'
import { modelInput } from '../autogenerate/wanted/input.ts'
import { statementSections } from '../autogenerate/write/revision.ts'
import { type Catalog, readCatalog } from '../difference/index.ts'
import { keepValue, keptValue } from '../environment/index.ts'
import { MigError } from '../errors.ts'
import { quoteIdent } from '../postgres/index.ts'
import { fileChecksum, type Project, type Session } from '../runner/index.ts'
import { scratchOptions, withScratchDatabase } from '../scratch/database.ts'
import { tenantStandIn } from '../scratch/lines.ts'
import { runOnScratch, scratchProject } from '../scratch/project.ts'
import { toolVersion } from '../tool-version.ts'
import { rowsElsewhere } from './elsewhere.ts'
import { type SharedSeeds, sharedSeeds } from './seed-statements.ts'
import { readSeeds } from './seeds.ts'

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
    // CREATE DATABASE … TEMPLATE fails while anyone is connected to the template (55006).
    await base.client.end()
    const made = await withScratchDatabase(scratchOptions(input, base), async ({ client }) => {
      const own = [standIn, project.env.ledgerSchema]
      const before = await rowsElsewhere(client, own)
      await runOnScratch(client, scratch, heads([line]))
      const to = await readCatalog(client)
      const after = await rowsElsewhere(client, own)
      const written = [...after].find(([table, rows]) => before.get(table) !== rows)?.[0]
      if (written !== undefined) throw noTemplate(`the revisions of ${line} write into ${written}`)
      const seeds = await readSeeds(client, standIn)
      if (seeds.tables.length === 0) return { to, seeds: sharedSeeds(seeds, seeds) }
      // What two tenants get alike, every tenant gets.
      const second = `${standIn} "2"`
      await runOnScratch(client, scratchProject(withTenant(project, line, second)), heads([line]))
      return { to, seeds: sharedSeeds(seeds, await readSeeds(client, second)) }
    })
    const { to, seeds } = made
    if ('what' in seeds) throw noTemplate(`rows of ${seeds.table} are specific to a tenant: ${seeds.what}`)
    const statements = await withScratchDatabase(scratchOptions(input, base), ({ client }) =>
      catalogScript(client, { from, to, standIn }),
    )
    if (statements === undefined)
      throw noTemplate(`the structure of ${line} cannot be created in one transaction`)
    return { statements, seeds }
  })
}

/**
 * The statements that make what stands in a schema, and who may use it, in an order that PostgreSQL has run; undefined where
 * they are not one transaction. The schema's name does not reach them.
 * @param client on a scratch database at `from`; it has `to` afterwards
 * @throws MigError what `searchStatements` throws
 */
async function catalogScript(
  client: Client,
  { from, to, standIn }: { readonly from: Catalog; readonly to: Catalog; readonly standIn: string },
): Promise<readonly string[] | undefined> {
  const whole = { schemas: [standIn], excludes: () => false, globals: new Set<string>(), privileges: true }
  const casts = { using: {}, recreate: ['*'] }
  const { actions } = await searchStatements({
    client,
    from,
    to,
    scope: searchScope(whole),
    first: [],
    casts,
  })
  const sections = statementSections(actions, [standIn])
  return sections.some(({ autocommit }) => autocommit)
    ? undefined
    : sections.flatMap(({ statements }) => statements)
}

/** The day: where the session is, in UTC, and where this process is. What goes by it is another one on another day. */
async function daysOf(client: ClientBase): Promise<readonly string[]> {
  const { rows } = await client.query<{ days: string[] }>(
    `SELECT ARRAY[pg_catalog.to_char(pg_catalog.now(), 'YYYY-MM-DD'), pg_catalog.to_char(pg_catalog.now() AT TIME ZONE 'UTC', 'YYYY-MM-DD')] AS days`,
  )
  return [...(rows[0]?.days ?? []), new Date().toDateString()]
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
