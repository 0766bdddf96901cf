import type { Client } from 'pg'
import { type PlanRequest, type Project, planRun, type Session } from '../runner/index.ts'
import { applyWithin } from '../runner/run/take-steps.ts'
import { sequencePositions } from '../scratch/rows/index.ts'

/** A database on which revisions run, whatever becomes of it afterwards. */
export interface TrialDatabase {
  readonly client: Client
  readonly run: (request: PlanRequest) => Promise<unknown>
}

/**
 * Hands a scratch database to `body` inside a transaction that is rolled back, which costs a fraction of a copy. What has
 * no place in one transaction fails there, and says nothing of the revision.
 */
export async function onTrial<Result>(
  client: Client,
  project: Project,
  body: (trial: TrialDatabase) => Promise<Result>,
): Promise<Result> {
  const session: Session = { client, url: null, emit: () => undefined, signal: undefined }
  const run = async (request: PlanRequest) =>
    applyWithin(session, project, await planRun(session, project, request))
  const positions = await sequencePositions(client)
  await client.query('BEGIN')
  try {
    return await body({ client, run })
  } finally {
    // A step that fails has rolled back.
    if (client.getTransactionStatus() !== 'I') await client.query('ROLLBACK')
    await client.query(['RESET ALL', ...positions].join('; '))
  }
}
