import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { newRevisionId, type RevisionFile, revisionGraph } from '../../revisions/index.ts'
import { type NewFile, newRevisionFile, type Project } from '../../runner/index.ts'
import { lineTargets } from '../../scratch/lines.ts'
import { runOnScratch, scratchProject } from '../../scratch/project.ts'
import type { Provable } from '../prove/prove.ts'
import { sideBody } from './body.ts'
import { earlierRevisions, refersToOthers } from './depends-on.ts'
import { headerNotes } from './header-notes.ts'
import type { GeneratedRevision } from './revision.ts'

export interface FileRequest {
  readonly message: string
  readonly format: 'ts' | 'sql'
  readonly now: Date
  /** Why nothing reverts the first revision of a line: it is what a live database had. */
  readonly irreversibleFirst?: string
}

/** A generated revision as a file, and its place in the graph. */
export interface GeneratedFile extends NewFile {
  readonly downRevision: string | readonly string[] | null
  readonly dependsOn: readonly string[]
  /** The revisions of the project that come before it, by its own edges and those of the same command. */
  readonly standsOn: readonly string[]
  /** It refers to what earlier revisions of other lines have to do with. */
  readonly crossesLines: boolean
  /** Why nothing reverts it. */
  readonly irreversible: string | undefined
}

/**
 * The files of generated revisions: each stands on the head of its line, or on the one before it in the same
 * line, and depends on those of other lines that it needs, of the same command or earlier.
 * @throws MigError `multiple-heads`, `invalid-name`
 */
export function revisionFiles(
  project: Project,
  revisions: readonly GeneratedRevision[],
  { message, format, now, irreversibleFirst }: FileRequest,
): readonly GeneratedFile[] {
  const files: GeneratedFile[] = []
  const lines = lineTargets(project)
  for (const [index, { line, upgrade, downgrade, needs, references }] of revisions.entries()) {
    const before = files.findLast((file) => file.line === line)
    const edges = before === undefined ? project.graph.newRevisionEdges({ line }) : undefined
    const downRevision = before?.revision ?? edges?.downRevision ?? null
    const isFirst = project.graph.heads({ lines: [line] }).length === 0
    const irreversible = isFirst ? irreversibleFirst : undefined
    const ofCommand = needs.flatMap((need) => files[need]?.revision ?? [])
    const standsOn = [
      ...(before?.standsOn ?? [downRevision ?? []].flat()),
      ...needs.flatMap((need) => files[need]?.standsOn ?? []),
    ]
    const earlier = earlierRevisions(project, lines, { line, standsOn }, references)
    const dependsOn = [...ofCommand, ...earlier]
    const revision = newRevisionId()
    const file = newRevisionFile(project, {
      line,
      message,
      revision,
      edges: { downRevision, dependsOn, branchLabels: [] },
      format,
      // Files are listed by name: those of one run keep their order.
      now: new Date(now.getTime() + index * 1000),
      upgradeBody: sideBody(upgrade, format),
      ...(irreversible === undefined
        ? { downgradeBody: sideBody(downgrade, format), headerNotes: headerNotes(upgrade, downgrade) }
        : { irreversible, headerNotes: headerNotes(upgrade, undefined) }),
    })
    const crossesLines = earlier.length > 0 || refersToOthers(lines, line, references)
    files.push({
      ...file,
      irreversible,
      downRevision,
      dependsOn,
      standsOn: [...standsOn, ...earlier],
      crossesLines,
    })
  }
  return files
}

/**
 * What runs the files themselves on a scratch database, with the runner: the proof is of the text that will be
 * written, not of what it was made from.
 */
export function provableFiles(
  project: Project,
  files: readonly GeneratedFile[],
  message: string,
  format: 'ts' | 'sql',
): Provable {
  const drafts = draftProject(project, files, message, format)
  return {
    name: files.map((file) => basename(file.path)).join(', '),
    upgrade: (client) =>
      drafts.run((whole) => runOnScratch(client, whole, { direction: 'upgrade', target: 'heads' })),
    ...(files.some(({ irreversible }) => irreversible !== undefined)
      ? {}
      : {
          downgrade: (client) =>
            drafts.run((whole) =>
              runOnScratch(client, whole, { direction: 'downgrade', target: `-${files.length}` }),
            ),
        }),
  }
}

/** A project with files that are not written yet, as it runs on scratch databases. */
export interface DraftProject {
  /** Has the files on disk while `body` runs. */
  readonly run: (body: (whole: Project) => Promise<void>) => Promise<void>
}

/** The project with new files beside its own; they stand in the cache while they are run. */
export function draftProject(
  project: Project,
  files: readonly GeneratedFile[],
  message: string,
  format: 'ts' | 'sql',
): DraftProject {
  const dir = join(project.env.cacheDir, `proof-${process.pid}`)
  // A replay may have left out revisions that need what the scratch server lacks.
  const isThere = (id: string) => project.files.has(id) || files.some(({ revision }) => revision === id)
  const drafts = files.map(
    ({
      line,
      revision,
      path,
      text,
      downRevision,
      dependsOn,
      irreversible,
    }): RevisionFile & { text: string } => ({
      revision,
      downRevision,
      dependsOn: dependsOn.filter(isThere),
      line,
      path: join(dir, line, basename(path)),
      format,
      message,
      irreversible,
      text,
    }),
  )
  const all = [...project.files.values(), ...drafts]
  const { env } = scratchProject(project)
  const whole: Project = {
    env,
    graph: revisionGraph(all),
    files: new Map(all.map((file) => [file.revision, file])),
  }
  const run: DraftProject['run'] = async (body) => {
    for (const { path, text } of drafts) {
      mkdirSync(join(path, '..'), { recursive: true })
      writeFileSync(path, text)
    }
    try {
      await body(whole)
    } finally {
      rmSync(dir, { recursive: true, force: true })
    }
  }
  return { run }
}
