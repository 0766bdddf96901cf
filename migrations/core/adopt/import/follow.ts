import { type Client, DatabaseError } from 'pg'
import type { Environment } from '../../environment/index.ts'
import { quoteIdent } from '../../postgres/quote.ts'
import type { Session } from '../../runner/index.ts'
import {
  type BodyPart,
  type Followed,
  type ImportedHistory,
  type ImportedRevision,
  isWhole,
  type ScratchState,
} from '../history.ts'
import type { LineOfRevision } from './lines.ts'
import { prepare, withScratch } from './replay.ts'

export interface FollowRequest {
  readonly session: Session
  readonly env: Environment
  readonly lines: LineOfRevision
  /** The revisions that only a new database runs: those that are applied, or all where none is. */
  readonly forNew: ReadonlySet<string>
  readonly searchPath: string | undefined
  /** Go on behind a revision that cannot be followed, without what was not converted in it. */
  readonly goesOn: boolean
}

export interface FollowedHistory {
  readonly history: ImportedHistory
  /** The revisions whose SQL was found so. */
  readonly found: ReadonlySet<string>
  /** Where following could not go on. */
  readonly stopped: readonly Stopped[]
}

export type Stopped = Extract<Followed, { kind: 'stopped' }>

/**
 * A history in which upgrades that could not be converted as they stand are found by following them on a scratch
 * database, revision by revision. The first one that cannot be followed ends it, since the state behind it is not known.
 */
export async function withFollowed(
  history: ImportedHistory,
  request: FollowRequest,
): Promise<FollowedHistory> {
  const { session, env } = request
  // What is applied comes first, as in the live database.
  const ordered = [true, false].flatMap((isNew) =>
    history.revisions.filter(({ revision }) => request.forNew.has(revision) === isNew),
  )
  const open = ordered.filter(({ upgrade, follow }) => follow !== undefined && !isWhole(upgrade))
  const last = open.at(-1)
  if (last === undefined) return { history, found: new Set(), stopped: [] }
  const stopped: Stopped[] = []
  const found = new Map<string, readonly BodyPart[]>()
  await withScratch(session, env, async (client) => {
    await prepare(client, { session, env, historySql: JSON.stringify(history.revisions) })
    for (const revision of ordered) {
      session.signal?.throwIfAborted()
      const parts = await step(client, revision, request, stopped)
      if (parts === undefined) return
      found.set(revision.revision, parts)
      if (revision === last) return
    }
  })
  const revisions = history.revisions.map((revision) => {
    const upgrade = isWhole(revision.upgrade) ? undefined : found.get(revision.revision)
    if (upgrade === undefined || !isWhole(upgrade)) return revision
    const note =
      'Its Python was followed on a new database: it stops on one that answers its questions otherwise.'
    return { ...revision, upgrade, note }
  })
  const names = revisions.flatMap(({ revision }, at) =>
    revisions[at] === history.revisions[at] ? [] : [revision],
  )
  return { history: { ...history, revisions }, found: new Set(names), stopped }
}

/** Applies one revision to the scratch database; undefined where that cannot be done. */
async function step(
  client: Client,
  revision: ImportedRevision,
  request: FollowRequest,
  stopped: Stopped[],
): Promise<readonly BodyPart[] | undefined> {
  const { upgrade, follow } = revision
  const begin = `BEGIN; SET LOCAL search_path TO ${searchPathOf(revision, request)}`
  try {
    if (!isWhole(upgrade) && follow !== undefined) {
      await client.query(begin)
      const found = await follow(stateOf(client))
      const isNew = request.forNew.has(revision.revision)
      if (found.kind === 'parts' && (isNew || found.rows === undefined)) {
        await client.query('COMMIT')
        return found.parts
      }
      const reason = 'what it does depends on rows of the live database, where it is still to be applied'
      stopped.push(
        found.kind === 'stopped' ? found : { kind: 'stopped', file: revision.source, line: 0, reason },
      )
      await client.query('ROLLBACK')
      if (!request.goesOn || !isNew) return undefined
    }
    await client.query(begin)
    await runParts(client, upgrade, begin)
    await client.query('COMMIT')
    return upgrade
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error
    stopped.push({ kind: 'stopped', file: revision.source, line: 0, reason: error.message })
    await client.query('ROLLBACK')
    return undefined
  }
}

function stateOf(client: Client): ScratchState {
  return {
    query: async (sql) => (await client.query<Record<string, unknown>>(sql)).rows,
    run: async (sql) => (await client.query(sql)).rowCount ?? 0,
  }
}

async function runParts(client: Client, parts: readonly BodyPart[], begin: string): Promise<void> {
  for (const part of parts) {
    if (part.kind === 'sql') await client.query(part.sql)
    if (part.kind !== 'autocommit') continue
    await client.query('COMMIT')
    for (const inner of part.parts) if (inner.kind === 'sql') await client.query(inner.sql)
    await client.query(begin)
  }
}

function searchPathOf({ revision }: ImportedRevision, { lines, env, searchPath }: FollowRequest): string {
  if (searchPath !== undefined) return searchPath
  const schema = env.schemas[lines.get(revision) ?? '']
  return schema === undefined ? 'public' : `${quoteIdent(schema)}, public`
}
