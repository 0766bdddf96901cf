import type { ClientBase } from 'pg'
import type { TargetSchema } from '../../environment/index.ts'
import { MigError } from '../../errors.ts'
import { ledgerRows } from '../../ledger/read.ts'
import { quoteIdent } from '../../postgres/index.ts'
import type { Project } from '../project.ts'

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
