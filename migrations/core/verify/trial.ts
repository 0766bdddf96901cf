import type { Client } from 'pg'
import type { Fingerprint } from '../postgres/index.ts'
import type { PlanStep } from '../runner/index.ts'
import { sequencePositions } from '../scratch/rows/index.ts'

/** A database on which revisions run, whatever becomes of it afterwards. */
export interface TrialDatabase {
  readonly client: Client
  /** Takes the step that is next; gives the statements that it runs. */
  readonly take: (step: PlanStep) => Promise<readonly string[]>
  /** The structure of all lines' schemas. */
  readonly fingerprint: () => Promise<Fingerprint>
}

/**
 * Hands a scratch database to `body` inside a transaction that is rolled back, which costs a fraction of a copy. What has
 * no place in one transaction fails there, and says nothing of the revision.
 */
export async function onTrial<Result>(
  trial: TrialDatabase,
  body: (trial: TrialDatabase) => Promise<Result>,
): Promise<Result> {
  const { client } = trial
  const positions = await sequencePositions(client)
  await client.query('BEGIN')
  try {
    return await body(trial)
  } finally {
    // A step that fails has rolled back.
    if (client.getTransactionStatus() !== 'I') await client.query('ROLLBACK')
    await client.query(['RESET ALL', ...positions].join('; '))
  }
}
