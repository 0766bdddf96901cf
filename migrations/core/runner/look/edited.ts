import type { ClientBase } from 'pg'
import type { TargetSchema } from '../../environment/index.ts'
import { ledgerRows } from '../../ledger/read.ts'
import { quoteIdent } from '../../postgres/index.ts'
import { fileChecksum, type Project } from '../project.ts'
import type { SessionOptions } from '../session/session.ts'
import { onEachDatabase } from '../targets/databases.ts'
import type { LineStatus } from './line-status.ts'

/** A revision file that is no longer what some tenants have had applied. */
export interface TenantEdit {
  readonly revision: string
  readonly path: string
  /** In the order of the list. */
  readonly tenants: readonly TargetSchema[]
}

/**
 * The files of a tenant line that were edited since they were applied, in the order of the history, by one query per
 * database: the log is compared with the files by PostgreSQL, and only what differs comes back.
 * @param statuses of the tenants in question: what is applied to them now
 * @throws MigError `no-permission` when the role may not read the ledger
 */
export async function tenantEdits(
  project: Project,
  line: string,
  statuses: readonly LineStatus[],
  sessions: SessionOptions,
): Promise<readonly TenantEdit[]> {
  const { env, files, graph } = project
  const own = [...files.values()].filter((file) => file.line === line)
  const checksums = new Map(own.map(({ revision, path }) => [revision, fileChecksum(path)]))
  const edited = new Map<TargetSchema, ReadonlySet<string>>()
  const targets = statuses.map(({ target }) => target)
  await onEachDatabase(env, targets, sessions, async ({ client }, group) => {
    const bySchema = await readEdited(client, env.ledgerSchema, checksums)
    for (const tenant of group) edited.set(tenant, bySchema.get(tenant.schema) ?? new Set())
  })
  const applied = new Map<string, ReadonlySet<string>>()
  const found = new Map<string, TargetSchema[]>()
  for (const { target: tenant, revisions } of statuses) {
    const candidates = edited.get(tenant) ?? new Set()
    if (candidates.size === 0) continue
    const key = revisions.join(' ')
    const now = applied.get(key) ?? graph.applied(revisions)
    applied.set(key, now)
    for (const id of candidates) {
      if (!now.has(id)) continue
      const list = found.get(id)
      if (list === undefined) found.set(id, [tenant])
      else list.push(tenant)
    }
  }
  return own.flatMap(({ revision, path }) => {
    const tenants = found.get(revision)
    return tenants === undefined ? [] : [{ revision, path, tenants }]
  })
}

/** Target schema → the revisions whose last entry in the log is an upgrade by another file. */
async function readEdited(
  client: ClientBase,
  ledgerSchema: string,
  checksums: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const log = `${quoteIdent(ledgerSchema)}.log`
  const rows = await ledgerRows<{ schema: string; revisions: string[] }>(
    client,
    ledgerSchema,
    `SELECT entry.target_schema AS schema, array_agg(entry.revision) AS revisions
       FROM ${log} AS entry
       JOIN unnest($1::text[], $2::text[]) AS file (revision, checksum)
         ON file.revision = entry.revision AND file.checksum <> entry.checksum
       WHERE entry.outcome = 'done' AND entry.direction = 'upgrade' AND NOT EXISTS (
         SELECT FROM ${log} AS later
         WHERE later.target_schema = entry.target_schema AND later.revision = entry.revision
           AND later.id > entry.id AND later.outcome = 'done')
       GROUP BY entry.target_schema`,
    [[...checksums.keys()], [...checksums.values()]],
  )
  return new Map(rows.map(({ schema, revisions }) => [schema, new Set(revisions)]))
}
