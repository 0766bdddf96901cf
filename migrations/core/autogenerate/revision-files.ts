import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { RevisionFile } from '../revisions/index.ts'
import { newRevisionId, revisionGraph } from '../revisions/index.ts'
import { type NewFile, newRevisionFile, type Project } from '../runner/index.ts'
import type { GeneratedRevision } from './generate.ts'
import type { Provable } from './prove.ts'
import { runOnScratch, scratchProject } from './replay.ts'
import { costNotes, sideBody } from './write/bodies.ts'

export interface FileRequest {
  readonly message: string
  readonly format: 'ts' | 'sql'
  readonly now: Date
}

/** A generated revision as a file, and its place in the graph. */
export interface GeneratedFile extends NewFile {
  readonly downRevision: string | readonly string[] | null
  readonly dependsOn: readonly string[]
}

/**
 * The files of generated revisions: each stands on the head of its line, or on the one before it in the same
 * line, and depends on those of other lines that it needs.
 * @throws MigError `multiple-heads` and others of `planNewRevision`
 */
export function revisionFiles(
  project: Project,
  revisions: readonly GeneratedRevision[],
  { message, format, now }: FileRequest,
): readonly GeneratedFile[] {
  const files: GeneratedFile[] = []
  for (const [index, { line, upgrade, downgrade, needs }] of revisions.entries()) {
    const before = files.findLast((file) => file.line === line)
    const edges = before === undefined ? project.graph.planNewRevision({ line }) : undefined
    const downRevision = before?.revision ?? edges?.downRevision ?? null
    const dependsOn = needs.flatMap((need) => files[need]?.revision ?? [])
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
      downgradeBody: sideBody(downgrade, format),
      headerNotes: costNotes(upgrade, downgrade),
    })
    files.push({ ...file, downRevision, dependsOn })
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
  const dir = join(project.env.cacheDir, `proof-${process.pid}`)
  const drafts = files.map(
    ({ line, revision, path, text, downRevision, dependsOn }): RevisionFile & { text: string } => ({
      revision,
      downRevision,
      dependsOn,
      line,
      path: join(dir, line, basename(path)),
      format,
      message,
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
  const withDrafts = async (body: () => Promise<void>) => {
    for (const { path, text } of drafts) {
      mkdirSync(join(path, '..'), { recursive: true })
      writeFileSync(path, text)
    }
    try {
      await body()
    } finally {
      rmSync(dir, { recursive: true, force: true })
    }
  }
  return {
    name: files.map((file) => basename(file.path)).join(', '),
    upgrade: (client) =>
      withDrafts(() => runOnScratch(client, whole, { direction: 'upgrade', target: 'heads' })),
    downgrade: (client) =>
      withDrafts(() => runOnScratch(client, whole, { direction: 'downgrade', target: `-${files.length}` })),
  }
}
