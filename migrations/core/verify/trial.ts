import type { Client } from 'pg'
import { type PlanRequest, type Project, planRun, type Session } from '../runner/index.ts'
import { applyWithin } from '../runner/run/take-steps.ts'
import { positionStatements } from '../scratch/rows/index.ts'

/** A database on which revisions run, whatever becomes of it afterwards. */
export interface TrialDatabase {
  readonly client: Client
  readonly run: (request: PlanRequest) => Promise<unknown>
}

/**
 * Hands a scratch database to `body` inside a transaction that is rolled back, which costs a fraction of a copy. What has
 * no place in one transaction fails there, and says nothing of the revision.
 * @param schemas whose sequences are put back, since no rollback does that (manual, section 9.17)
 */
export async function onTrial<Result>(
  client: Client,
  project: Project,
  schemas: readonly string[],
  body: (trial: TrialDatabase) => Promise<Result>,
): Promise<Result> {
  const session: Session = { client, url: null, emit: () => undefined, signal: undefined }
  const run = async (request: PlanRequest) =>
    applyWithin(session, project, await planRun(session, project, request))
  const positions = await sequencePositions(client, schemas)
  // Catalogs are read again and again, by plans that are kept.
  await client.query('BEGIN; SET LOCAL plan_cache_mode = force_generic_plan')
  try {
    return await body({ client, run })
  } finally {
    // A step that fails has rolled back.
    if (client.getTransactionStatus() !== 'I') await client.query('ROLLBACK')
    await client.query(['RESET ALL', ...positions].join('; '))
  }
}

async function sequencePositions(client: Client, schemas: readonly string[]): Promise<readonly string[]> {
  const names = await client.query<{ name: string }>(
    `SELECT format('%I.%I', n.nspname, c.relname) AS name FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
     WHERE c.relkind = 'S' AND n.nspname = ANY ($1)`,
    [schemas],
  )
  return positionStatements(
    client,
    names.rows.map(({ name }) => name),
  )
}
