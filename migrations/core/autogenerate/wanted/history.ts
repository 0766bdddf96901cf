import type { Client, DatabaseError } from 'pg'
import { MigError } from '../../errors.ts'
import type { EmitEvent } from '../../events.ts'
import { isServerError } from '../../postgres/index.ts'
import { type RevisionFile, revisionGraph } from '../../revisions/index.ts'
import type { Project } from '../../runner/index.ts'
import { runOnScratch, scratchProject } from '../../scratch/project.ts'
import { runSurrounded, surroundHistory } from '../../scratch/surroundings/surroundings.ts'
import { availableExtensions, missingExtensions } from '../../sources/missing-extensions.ts'
import type { ModelInput } from './input.ts'

/** What to go on without. */
interface LeftOut {
  readonly project: Project
  readonly files: readonly RevisionFile[]
  readonly extensions: readonly string[]
}

/**
 * Runs the revisions of all lines on an empty scratch database, with what they refer to. Where the server lacks an extension
 * that only lines outside the filter need, the revisions that need it are left out, and those that come after them.
 * @returns the project without the revisions that were left out
 * @throws MigError what the runner throws
 */
export async function runHistory(
  client: Client,
  project: Project,
  { surroundings, filter, emit }: Pick<ModelInput, 'surroundings' | 'filter' | 'emit'>,
): Promise<Project> {
  let left = project
  await surroundHistory(client, project, surroundings)
  await runSurrounded(client, surroundings, async () => {
    left = await runWithoutLacking(
      left,
      { filter, emit, available: () => availableExtensions(client) },
      (each) => runOnScratch(client, scratchProject(each), { direction: 'upgrade', target: 'heads' }),
    )
  })
  return left
}

interface Asked {
  readonly filter: readonly string[]
  readonly emit?: EmitEvent | undefined
  /** The extensions that the server of scratch databases can make. */
  readonly available: () => Promise<ReadonlySet<string>>
}

/**
 * Runs revisions, and again without those of lines outside the filter that need an extension which the server lacks.
 * @returns the project without the revisions that were left out
 * @throws MigError what `run` throws
 */
export async function runWithoutLacking(
  project: Project,
  asked: Asked,
  run: (left: Project) => Promise<unknown>,
): Promise<Project> {
  const all: LeftOut[] = []
  for (let left = project; ; ) {
    try {
      await run(left)
      if (all.length > 0) warnOfLacking(all, asked)
      return left
    } catch (error) {
      const out = await withoutLacking(left, asked, error)
      if (out === undefined) throw error
      all.push(out)
      left = out.project
    }
  }
}

function warnOfLacking(all: readonly LeftOut[], { filter, emit }: Asked): void {
  const extensions = [...new Set(all.flatMap((out) => out.extensions))].join(', ')
  const files = all.flatMap((out) =>
    out.files.map(({ line, revision, path }) => `\n  ${line} ${revision}: ${path}`),
  )
  emit?.({
    event: 'warning',
    code: 'no-extension',
    message: `revisions need ${extensions}, which the server of scratch databases does not have:${files.slice(0, 10).join('')}`,
    help: `nothing to do for ${filter.join(', ')}: the revisions that need them are of other schemas, and skipped`,
  })
}

/** The project without what lacks an extension; undefined where a run failed for another reason, or the filter has it. */
async function withoutLacking(
  project: Project,
  { filter, available }: Asked,
  error: unknown,
): Promise<LeftOut | undefined> {
  if (!(error instanceof MigError)) return undefined
  const refused = serverError(error)
  const failed = String(error.facts.revision)
  const line = project.files.get(failed)?.line
  if (refused === undefined || line === undefined || filter.includes(line)) return undefined
  const statement = { sql: error.place?.statement ?? '' }
  const missing = missingExtensions([{ statement, error: refused }], await available())
  if (missing === undefined || missing.available.length === missing.names.length) return undefined
  const files = [...project.files.values()].filter(({ revision }) =>
    project.graph.ancestors([revision]).includes(failed),
  )
  if (files.some((file) => filter.includes(file.line))) return undefined
  return { project: withoutFiles(project, files), files, extensions: missing.names }
}

/** The server's own error, which that of a step has among its causes. */
function serverError(error: unknown): DatabaseError | undefined {
  if (isServerError(error)) return error
  return error instanceof Error && error.cause !== undefined ? serverError(error.cause) : undefined
}

function withoutFiles(project: Project, out: readonly RevisionFile[]): Project {
  const files = [...project.files.values()].filter((file) => !out.includes(file))
  return {
    ...project,
    graph: revisionGraph(files),
    files: new Map(files.map((file) => [file.revision, file])),
  }
}

/** The schemas of lines that have fewer revisions than they had. */
export function schemasCut(whole: Project, left: Project, lines: ModelInput['lines']): readonly string[] {
  const cut = new Set(
    [...whole.files.values()].flatMap(({ revision, line }) => (left.files.has(revision) ? [] : [line])),
  )
  return lines.filter(({ key }) => cut.has(key)).map(({ schema }) => schema)
}
