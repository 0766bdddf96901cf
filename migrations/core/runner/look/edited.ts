import type { ClientBase } from 'pg'
import type { TargetSchema } from '../../environment/index.ts'
import { ledgerRows } from '../../ledger/read.ts'
import { quoteIdent } from '../../postgres/index.ts'
import type { RevisionFile } from '../../revisions/index.ts'
import { fileChecksum, type Project } from '../project.ts'
import type { SessionOptions } from '../session/session.ts'
import { onEachDatabase } from '../targets/databases.ts'
import type { LineStatus } from './line-status.ts'

/** A revision file that is no longer what some target schemas have had applied. */
export interface EditedFile {
  readonly line: string
  readonly revision: string
  readonly path: string
  /** In the order of the list. */
  readonly targets: readonly TargetSchema[]
}

/**
 * The files that were edited since they were applied, in the order of the history, by one query per database: the log
 * is compared with the files by PostgreSQL, and only what differs comes back.
 * @param applied the target schemas in question, with the heads that are applied there now
 * @param among the files in question; default: all
 * @throws MigError `no-permission` when the role may not read the ledger
 */
export async function editedFiles(
  project: Project,
  applied: readonly Pick<LineStatus, 'target' | 'revisions'>[],
  sessions: SessionOptions,
  among: Iterable<RevisionFile> = project.files.values(),
): Promise<readonly EditedFile[]> {
  const { env, files, graph } = project
  const targets = applied.map(({ target }) => target)
  const lines = new Set(targets.map(({ line }) => line))
  const own = [...among].filter((file) => lines.has(file.line))
  const checksums = new Map(own.map(({ revision, path }) => [revision, fileChecksum(path)]))
  const edited = new Map<TargetSchema, readonly string[]>()
  await onEachDatabase(env, targets, sessions, async ({ client }, group) => {
    const bySchema = await readEdited(client, env.ledgerSchema, checksums)
    for (const target of group) edited.set(target, bySchema.get(target.schema) ?? [])
  })
  const known = new Map<string, ReadonlySet<string>>()
  const found = new Map<string, TargetSchema[]>()
  for (const { target, revisions } of applied) {
    const candidates = edited.get(target) ?? []
    if (candidates.length === 0) continue
    const key = revisions.join(' ')
    const now = known.get(key) ?? graph.applied(revisions.filter((id) => files.has(id)))
    known.set(key, now)
    for (const id of candidates) {
      if (!now.has(id)) continue
      const having = found.get(id)
      if (having === undefined) found.set(id, [target])
      else having.push(target)
    }
  }
  return own.flatMap(({ line, revision, path }) => {
    const having = found.get(revision)
    return having === undefined ? [] : [{ line, revision, path, targets: having }]
  })
}

/** Target schema → the revisions whose last entry in the log is an upgrade by another file. */
async function readEdited(
  client: ClientBase,
  ledgerSchema: string,
  checksums: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const log = `${quoteIdent(ledgerSchema)}.log`
  const rows = await ledgerRows<{ schema: string; revisions: string[] }>(
    client,
    ledgerSchema,
    `SELECT entry.target_schema AS schema, array_agg(entry.revision) AS revisions
       FROM ${log} AS entry
       JOIN unnest($1::text[], $2::text[]) AS file (revision, checksum)
         ON file.revision = entry.revision AND file.checksum <> entry.checksum
       WHERE ${isLastUpgrade(log)}
       GROUP BY entry.target_schema`,
    [[...checksums.keys()], [...checksums.values()]],
  )
  return new Map(rows.map(({ schema, revisions }) => [schema, revisions]))
}

/** Whether `entry` is an upgrade that nothing of the same revision and schema came after. */
function isLastUpgrade(log: string): string {
  return `entry.outcome = 'done' AND entry.direction = 'upgrade' AND NOT EXISTS (
    SELECT FROM ${log} AS later
    WHERE later.target_schema = entry.target_schema AND later.revision = entry.revision
      AND later.id > entry.id AND later.outcome = 'done')`
}

/**
 * How many applied revisions of target schemas the log has no checksum of, so that nothing is known of their files: they
 * were stamped, or the log was pruned.
 * @throws MigError `no-permission` when the role may not read the ledger
 */
export async function withoutChecksum(
  { env, files, graph }: Project,
  applied: readonly Pick<LineStatus, 'target' | 'revisions'>[],
  sessions: SessionOptions,
): Promise<number> {
  const log = `${quoteIdent(env.ledgerSchema)}.log`
  const known = new Map<string, number>()
  const targets = applied.map(({ target }) => target)
  await onEachDatabase(env, targets, sessions, async ({ client }) => {
    const rows = await ledgerRows<{ schema: string; count: number }>(
      client,
      env.ledgerSchema,
      `SELECT target_schema AS schema, count(DISTINCT revision)::int AS count FROM ${log} AS entry
         WHERE checksum IS NOT NULL AND revision = ANY ($1) AND ${isLastUpgrade(log)} GROUP BY target_schema`,
      [[...files.keys()]],
    )
    for (const { schema, count } of rows) known.set(schema, count)
  })
  const rest = applied.map(({ target, revisions }) => {
    const all = graph.applied(revisions.filter((id) => files.has(id)))
    const own = [...all].filter((id) => files.get(id)?.line === target.line)
    return Math.max(0, own.length - (known.get(target.schema) ?? 0))
  })
  return rest.reduce((sum, count) => sum + count, 0)
}
