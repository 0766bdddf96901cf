import type { ClientBase } from 'pg'
import { applyPlan, type Project, planRun, type Session } from '../runner/index.ts'
import type { ScratchSession } from '../verify/context.ts'
import type { ChosenRevisions } from './chosen.ts'
import { type RecordedStatement, recordingSession } from './recording.ts'

export interface RecordedRun {
  readonly statements: readonly RecordedStatement[]
  /** Revision → the tables that were there before its run: oid → `schema.name`. In the order they ran. */
  readonly existing: ReadonlyMap<string, ReadonlyMap<string, string>>
  /** The server's major version. */
  readonly major: number
}

/**
 * Runs the history up to the last chosen revision, and records the chosen ones.
 * @throws MigError what the runner throws when a revision does not run
 */
export async function recordRevisions(
  session: ScratchSession,
  project: Project,
  { ids, together }: Pick<ChosenRevisions, 'ids' | 'together'>,
): Promise<RecordedRun> {
  const { env } = project
  const recording = recordingSession(session, env.ledgerSchema)
  const schemas = Object.values(env.schemas)
  const existing = new Map<string, ReadonlyMap<string, string>>()
  const made = new Set<string>()
  let known: ReadonlyMap<string, string> = new Map()
  const { steps } = await planRun(session, project, { direction: 'upgrade', target: 'heads' })
  const last = steps.findLastIndex(({ revision }) => ids.has(revision))
  for (const { revision } of steps.slice(0, last + 1)) {
    if (!ids.has(revision)) {
      await run(session, session, project, revision)
      known = new Map(
        [...(await tables(session.client, schemas))].filter(([oid]) => !made.has(oid)).concat([...known]),
      )
      continue
    }
    existing.set(revision, known)
    await recording.prepare()
    await run(session, recording.session, project, revision)
    const now = await tables(session.client, schemas)
    if (together) for (const oid of now.keys()) if (!known.has(oid)) made.add(oid)
    if (!together) known = now
  }
  return { statements: recording.statements, existing, major: await majorOf(session.client) }
}

async function run(
  scratch: ScratchSession,
  session: Session,
  project: Project,
  target: string,
): Promise<void> {
  const request = { direction: 'upgrade', target } as const
  await scratch.surrounded(async () => {
    await applyPlan(session, project, await planRun(session, project, request), request)
  })
}

/** oid → `schema.name` of what holds data, materialized views too. */
async function tables(client: ClientBase, schemas: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const { rows } = await client.query<{ oid: string; name: string }>(
    `SELECT c.oid::text, n.nspname || '.' || c.relname AS name
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p', 'm') AND n.nspname = ANY ($1) ORDER BY n.nspname, c.relname`,
    [schemas],
  )
  return new Map(rows.map(({ oid, name }) => [oid, name]))
}

async function majorOf(client: ClientBase): Promise<number> {
  const { rows } = await client.query<{ major: number }>(
    `SELECT current_setting('server_version_num')::int / 10000 AS major`,
  )
  return rows[0]?.major ?? 0
}
