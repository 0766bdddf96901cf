import type { ClientBase } from 'pg'
import type { Environment, TargetSchema } from '../../environment/index.ts'
import { MigError } from '../../errors.ts'
import { ledgerRows } from '../../ledger/read.ts'
import { quoteIdent } from '../../postgres/index.ts'
import type { RevisionFile } from '../../revisions/index.ts'
import type { Project } from '../project.ts'

/** The project as one tenant sees it: the tenant line is a single line with the tenant's schema. */
export function tenantProject(
  project: Project,
  { line, schema }: Pick<TargetSchema, 'line' | 'schema'>,
): Project {
  const { env } = project
  const schemas = { ...env.schemas, [line]: schema }
  return { ...project, env: { ...env, filter: [line], schemas, createSchema: makesSchemas(env, line) } }
}

/**
 * Whether the schema of a tenant is made on the way up. What a pattern finds is there, so when it is gone nobody wants
 * it back; a list, a query or a function may name a tenant before it has a schema.
 */
export function makesSchemas({ lines, targets, createSchema }: Environment, line: string): boolean {
  const source = lines.find(({ key }) => key === line)?.tenants
  const isPattern = source?.like !== undefined || source?.match !== undefined
  return targets.createSchema || (createSchema && !isPattern)
}

/** Does a revision of the line, or one that it is built on, depend on a revision of another line? */
export function needsOtherLines({ graph, files }: Project, line: string): boolean {
  const own = [...files.values()].filter((file) => file.line === line).map((file) => file.revision)
  return graph.ancestors(own).some((id) => files.get(id)?.line !== line)
}

/** Is the history of the line a plain chain, so that the log cannot tell more than the ledger's rows? */
export function isChain({ graph, files }: Project, line: string): boolean {
  const own = [...files.values()].filter((file) => file.line === line)
  const isLink = ({ revision, downRevision }: RevisionFile) =>
    [downRevision ?? []].flat().length < 2 && graph.children(revision).length < 2
  return own.every(isLink) && graph.bases({ lines: [line] }).length < 2
}

/**
 * The heads of the tenants in a database, each once: what they depend on cannot be taken from the single lines.
 * Tenants whose schema is gone hold nothing.
 * @param going tenants that do not count
 * @throws MigError `no-permission`
 */
export async function tenantHeads(
  client: ClientBase,
  { env, files }: Pick<Project, 'env' | 'files'>,
  going: readonly TargetSchema[] = [],
): Promise<readonly string[]> {
  const lines = tenantLines(env)
  if (lines.size === 0) return []
  const rows = await ledgerRows<{ revision: string }>(
    client,
    env.ledgerSchema,
    `SELECT DISTINCT revision FROM ${quoteIdent(env.ledgerSchema)}.version
       WHERE target_schema <> ALL ($1)
         AND EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname::text = target_schema)`,
    [ownNames(env, going)],
  )
  return rows.flatMap(({ revision }) => (lines.has(files.get(revision)?.line ?? '') ? [revision] : []))
}

/** The tenants in the environment's own database, whose ledger is the one that is read. */
function ownNames({ databaseUrl }: Project['env'], tenants: readonly TargetSchema[]): readonly string[] {
  return tenants.flatMap((tenant) =>
    tenant.databaseUrl === null || tenant.databaseUrl === databaseUrl ? [tenant.schema] : [],
  )
}

/** The refusal of a downgrade that tenants stand in the way of, with the command that takes it from them first. */
export function namingTenants({ env, files }: Pick<Project, 'env' | 'files'>, error: unknown): unknown {
  if (!(error instanceof MigError) || error.code !== 'needed-by-other-line') return error
  const lines = tenantLines(env)
  const ids = (error.facts.revisions as readonly string[]).filter((id) => files.has(id))
  const others = [...new Set(ids.map((id) => files.get(id)?.line ?? ''))]
  if (!others.some((line) => lines.has(line))) return error
  const commands = others.map((line) => {
    const inLine = ids.filter((id) => files.get(id)?.line === line)
    const parentsOf = (id: string) => [files.get(id)?.downRevision ?? []].flat()
    const lowest = inLine.find((id) => !parentsOf(id).some((parent) => inLine.includes(parent)))
    const target = parentsOf(lowest ?? '')[0] ?? 'base'
    return `just mig-downgrade ${target} ${line}${lines.has(line) ? ' --tenants all' : ''}`
  })
  return error.with({ help: `revert it first: ${commands.join('; ')}` })
}

function tenantLines({ lines }: Project['env']): ReadonlySet<string> {
  return new Set(lines.flatMap(({ key, tenants }) => (tenants === null ? [] : [key])))
}
