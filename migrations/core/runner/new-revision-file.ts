import { existsSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import type { Environment } from '../environment/index.ts'
import type { RevisionFileContents } from '../revisions/files/render.ts'
import { type NewRevision, newRevisionId, renderRevisionFile, revisionFileName } from '../revisions/index.ts'
import type { Project } from './project.ts'

type GivenContents = 'message' | 'format' | 'irreversible' | 'upgradeBody' | 'downgradeBody' | 'headerNotes'

/** What a new revision file is made from. */
export interface NewFileRequest extends Pick<RevisionFileContents, GivenContents> {
  readonly line: string
  /** Default: a new one. */
  readonly revision?: string
  /** Where it stands in the graph; see `RevisionGraph.newRevisionEdges`. */
  readonly edges: NewRevision
  readonly now: Date
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
  const { line, edges, now, revision = newRevisionId(), ...contents } = request
  const { fileTemplate: template, timeZone, slugLength } = env.options
  const { format, message } = contents
  const name = revisionFileName({ format, date: now, revision, message, template, timeZone, slugLength })
  const dir = env.lines.find(({ key }) => key === line)?.locations[0] ?? join(env.dir, 'versions', line)
  const { downRevision, dependsOn, branchLabels } = edges
  const text = renderRevisionFile({
    ...{ ...contents, revision, downRevision, dependsOn, branchLabels },
    ...{ createdAt: now, typesImport: typesImport(env, dir) },
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
