import type { ClientBase } from 'pg'
import { quoteIdent } from '../postgres/index.ts'
import type { Project } from '../runner/index.ts'

/** One key of the schema map, and the schema that stands for it on scratch databases. */
export interface LineTarget {
  readonly key: string
  /** The physical schema; for a tenant line {@link tenantStandIn} of its key. */
  readonly schema: string
  readonly tenant: boolean
}

/** The lines of a project as scratch databases have them: a tenant line stands in one schema. */
export function lineTargets({ env }: Pick<Project, 'env'>): readonly LineTarget[] {
  return env.lines.map(({ key, schema }) => ({
    key,
    schema: schema ?? tenantStandIn(key),
    tenant: schema === null,
  }))
}

/**
 * The schema that stands for the tenants of a line on scratch databases; it never reaches a file. PostgreSQL writes it
 * without quotes, whatever the key, so that it can be found in what PostgreSQL writes.
 */
export function tenantStandIn(key: string): string {
  const plain = key.replace(/[^a-z0-9_]/g, (letter) => `_x${letter.charCodeAt(0).toString(16)}_`)
  return `mig_tenant_of_${plain}`
}

/** Makes the schemas of lines on a scratch database. */
export async function makeSchemas(client: ClientBase, lines: readonly LineTarget[]): Promise<void> {
  const statements = lines.map(({ schema }) => `CREATE SCHEMA IF NOT EXISTS ${quoteIdent(schema)}`)
  if (statements.length > 0) await client.query(statements.join('; '))
}

/** The schemas of the filter. */
export function filteredSchemas({
  lines,
  filter,
}: {
  readonly lines: readonly LineTarget[]
  readonly filter: readonly string[]
}): readonly string[] {
  return lines.filter((line) => filter.includes(line.key)).map((line) => line.schema)
}

/** A text with the keys of tenant lines in the place of the schemas that stand for them. */
export function schemasToKeys(text: string, lines: readonly LineTarget[]): string {
  return lines
    .filter(({ tenant }) => tenant)
    .reduce((out, { key, schema }) => out.replaceAll(`${schema}.`, `${key}.`), text)
}
