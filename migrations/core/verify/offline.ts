import { MigError } from '../errors.ts'
import {
  compareFingerprints,
  databaseError,
  type Fingerprint,
  fingerprintChangesText,
  quoteIdent,
  splitStatements,
} from '../postgres/index.ts'
import { offlineScript, planRange } from '../runner/index.ts'
import { onScratch, type ScratchSession, type VerifyContext } from './context.ts'
import { type Found, failure } from './result.ts'

/** What a run leaves: the structure, and what the ledger says. */
interface Outcome {
  readonly fingerprint: Fingerprint
  readonly ledger: string
}

/** The whole history as a script, up and down again, leaves what the runner leaves. */
export async function checkOffline(context: VerifyContext): Promise<readonly Found[]> {
  const online = await onScratch(context, async (session) => {
    await session.run({ direction: 'upgrade', target: 'heads' })
    const up = await outcome(session, context)
    await session.run({ direction: 'downgrade', target: 'base' })
    return { up, down: await outcome(session, context) }
  })
  return onScratch(context, async (session) => {
    for (const [direction, range, wanted] of [
      ['upgrade', 'base:heads', online.up],
      ['downgrade', 'heads:base', online.down],
    ] as const) {
      const found = await runScript(session, context, direction, range)
      if (found !== undefined) return [found]
      const problem = difference(wanted, await outcome(session, context), direction)
      if (problem !== undefined) return [{ status: 'failed', message: problem }]
    }
    return [{ status: 'ok', message: 'the scripts up and down leave what the runner leaves' }]
  })
}

/** Runs the script of a range statement by statement, as psql does; says what kept it from being written. */
async function runScript(
  { client }: ScratchSession,
  { scratch }: VerifyContext,
  direction: 'upgrade' | 'downgrade',
  range: string,
): Promise<Found | undefined> {
  const parts: string[] = []
  try {
    for await (const part of offlineScript({ project: scratch, plan: planRange(scratch, range) }))
      parts.push(part)
  } catch (error) {
    if (!(error instanceof MigError) || error.code !== 'offline') throw error
    return {
      ...failure(error),
      status: 'skipped',
      message: `the ${direction} asks the database: ${error.message}`,
    }
  }
  for (const { text } of splitStatements(parts.join(''))) {
    try {
      await client.query(text)
    } catch (error) {
      throw databaseError(error, { sql: text })
    }
  }
  return undefined
}

async function outcome(
  { client, fingerprint }: ScratchSession,
  { scratch }: VerifyContext,
): Promise<Outcome> {
  const { ledgerSchema } = scratch.env
  const name = quoteIdent(ledgerSchema)
  const { rows } = await client.query<{ ledger: string }>(
    `SELECT json_build_object(
       'applied', (SELECT json_agg(v ORDER BY v.target_schema, v.revision) FROM ${name}.version v),
       'log', (SELECT json_agg(json_build_array(direction, line, revision, target_schema, checksum, outcome) ORDER BY id) FROM ${name}.log)
     )::text AS ledger`,
  )
  return { fingerprint: await fingerprint(), ledger: rows[0]?.ledger ?? '' }
}

function difference(online: Outcome, offline: Outcome, direction: string): string | undefined {
  const changes = compareFingerprints(online.fingerprint, offline.fingerprint)
  if (changes.length > 0) {
    return `the script of the ${direction} leaves another schema than the runner:\n${fingerprintChangesText(changes)}`
  }
  if (online.ledger !== offline.ledger)
    return `the script of the ${direction} leaves another ledger than the runner`
  return undefined
}
