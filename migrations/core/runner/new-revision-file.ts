import { existsSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import type { Environment } from '../environment/index.ts'
import { type NewRevision, newRevisionId, renderRevisionFile, revisionFileName } from '../revisions/index.ts'
import type { Project } from './project.ts'

/** What a new revision file is made from. */
export interface NewFileRequest {
  readonly line: string
  readonly message: string
  /** Default: a new one. */
  readonly revision?: string
  /** Where it stands in the graph; see `RevisionGraph.newRevisionEdges`. */
  readonly edges: NewRevision
  readonly format: 'ts' | 'sql'
  readonly now: Date
  /** Why nothing reverts it; the file then has no downgrade. */
  readonly irreversible?: string
  readonly upgradeBody?: string
  readonly downgradeBody?: string
  /** Lines for the header, below the metadata. */
  readonly headerNotes?: readonly string[]
}

/** A revision file that is not written yet. */
export interface NewFile {
  readonly line: string
  readonly revision: string
  readonly path: string
  readonly text: string
}

/**
 * A new revision file of a line: its name by the environment's template, in the first of the line's folders.
 * Nothing is written; see `writeNewFile`.
 */
export function newRevisionFile({ env }: Pick<Project, 'env'>, request: NewFileRequest): NewFile {
  const { line, message, edges, format, now } = request
  const revision = request.revision ?? newRevisionId()
  const { fileTemplate, timeZone, slugLength } = env.options
  const name = revisionFileName({
    format,
    date: now,
    revision,
    message,
    template: fileTemplate,
    timeZone,
    slugLength,
  })
  const dir = env.lines.find(({ key }) => key === line)?.locations[0] ?? join(env.dir, 'versions', line)
  const { downRevision, dependsOn, branchLabels } = edges
  const text = renderRevisionFile({
    format,
    revision,
    downRevision,
    dependsOn,
    branchLabels,
    message,
    createdAt: now,
    typesImport: typesImport(env, dir),
    irreversible: request.irreversible,
    upgradeBody: request.upgradeBody,
    downgradeBody: request.downgradeBody,
    headerNotes: request.headerNotes,
  })
  return { line, revision, path: join(dir, name), text }
}

/** The core beside the environment, or the installed package. */
function typesImport(env: Environment, dir: string): string {
  const core = [join(env.dir, 'core', 'index.ts'), join(env.root, 'migrations', 'core', 'index.ts')].find(
    (path) => existsSync(path),
  )
  return core === undefined ? 'just-mig' : relative(dir, core).replaceAll(sep, '/')
}
