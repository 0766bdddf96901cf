import type { Environment, TargetSchema } from '../../environment/index.ts'
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
