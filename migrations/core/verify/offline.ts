import { MigError } from '../errors.ts'
import {
  compareFingerprints,
  databaseError,
  type Fingerprint,
  fingerprintChangesText,
  quoteIdent,
  splitStatements,
} from '../postgres/index.ts'
import type { RevisionFile } from '../revisions/index.ts'
import { offlineScript, type PlanRequest, type Project, planRun } from '../runner/index.ts'
import { onScratch, type ScratchSession, type VerifyContext } from './context.ts'
import { type Found, failure } from './result.ts'

/** What a run leaves: the structure, and what the ledger says. */
interface Outcome {
  readonly fingerprint: Fingerprint
  readonly ledger: string
}

/**
 * The whole history as a script, up and down again, leaves what the runner leaves. Down goes as far as there is a
 * way: what is irreversible, and what it stands on, stays.
 */
export async function checkOffline(context: VerifyContext): Promise<readonly Found[]> {
  if (context.project.files.size === 0) return [{ status: 'skipped', message: 'there are no revisions' }]
  const irreversible = wayDown(context.scratch, (file) => file.irreversible !== undefined)
  const { down, ...online } = await runOnline(context, irreversible).catch((error: unknown) => {
    const { files } = context.scratch
    if (!(error instanceof MigError) || ![...files.values()].some(({ imported }) => imported)) throw error
    // What the downgrades of another tool lack, the stairway tells.
    const stays = (file: RevisionFile) => file.irreversible !== undefined || file.imported === true
    return runOnline(context, wayDown(context.scratch, stays))
  })
  return onScratch(context, async (session) => {
    if (online.hasOthers) await session.makeOthers()
    for (const [requests, wanted] of [
      [[up], online.above],
      [down, online.below],
    ] as const) {
      for (const request of requests) {
        const found = await runScript(session, context, request)
        if (found !== undefined) return [found]
        const problem =
          request === requests.at(-1)
            ? difference(wanted, await outcome(session, context), request.direction)
            : undefined
        if (problem !== undefined) return [{ status: 'failed', message: problem }]
      }
    }
    return [{ status: 'ok', message: 'the scripts give the same as the runner, up and down' }]
  })
}

const up: PlanRequest = { direction: 'upgrade', target: 'heads' }

interface Online {
  readonly down: readonly PlanRequest[]
  readonly above: Outcome
  readonly below: Outcome
  readonly hasOthers: boolean
}

/** What the runner leaves above and below. */
function runOnline(context: VerifyContext, down: readonly PlanRequest[]): Promise<Online> {
  return onScratch(context, async (session) => {
    await session.run(up)
    const above = await outcome(session, context)
    for (const request of down) await session.run(request)
    return { down, above, below: await outcome(session, context), hasOthers: session.hasOthers }
  })
}

/**
 * The downgrades that together revert all that can be reverted: one to base, or line by line.
 * @param isFinal whether a revision stays
 */
function wayDown(
  { env, files, graph }: Project,
  isFinal: (file: RevisionFile) => boolean,
): readonly PlanRequest[] {
  const final = [...files.values()].filter(isFinal)
  if (final.length === 0) return [{ direction: 'downgrade', target: 'base' }]
  const stays = new Set(graph.ancestors(final.map(({ revision }) => revision)))
  return env.lines.flatMap(({ key }): readonly PlanRequest[] => {
    const kept = [...stays].filter((id) => files.get(id)?.line === key)
    const tops = kept.filter((id) => !graph.children(id).some((child) => stays.has(child)))
    if (!graph.revisions.some(({ line }) => line === key)) return []
    const targets = tops.length > 0 ? tops : [`${key}@base`]
    return targets
      .filter((target) => !tops.includes(target) || graph.children(target).length > 0)
      .map((target) => ({ direction: 'downgrade', target }))
  })
}

/** Runs the script of a request statement by statement, as psql does; says what kept it from being written. */
async function runScript(
  session: ScratchSession,
  { scratch }: VerifyContext,
  request: PlanRequest,
): Promise<Found | undefined> {
  const parts: string[] = []
  try {
    const plan = await planRun(session, scratch, request)
    for await (const part of offlineScript({ project: scratch, plan })) parts.push(part)
  } catch (error) {
    if (!(error instanceof MigError) || error.code !== 'offline') throw error
    return {
      ...failure(error),
      status: 'skipped',
      message: `the ${request.direction} queries the database: ${error.message}`,
    }
  }
  for (const { text } of splitStatements(parts.join(''))) {
    try {
      await session.client.query(text)
    } catch (error) {
      throw databaseError(error, { sql: text })
    }
  }
  return undefined
}

async function outcome(
  { client, wholeFingerprint }: ScratchSession,
  { scratch }: VerifyContext,
): Promise<Outcome> {
  const { ledgerSchema } = scratch.env
  const name = quoteIdent(ledgerSchema)
  // What has failed is what was run once without the objects that the environment excludes.
  const { rows } = await client.query<{ ledger: string }>(
    `SELECT json_build_object(
       'applied', (SELECT json_agg(v ORDER BY v.target_schema, v.revision) FROM ${name}.version v),
       'log', (SELECT json_agg(json_build_array(direction, line, revision, target_schema, checksum) ORDER BY id)
         FROM ${name}.log WHERE outcome = 'done')
     )::text AS ledger`,
  )
  return { fingerprint: await wholeFingerprint(), ledger: rows[0]?.ledger ?? '' }
}

function difference(online: Outcome, offline: Outcome, direction: string): string | undefined {
  const changes = compareFingerprints(online.fingerprint, offline.fingerprint)
  if (changes.length > 0) {
    return `the script of the ${direction} leaves a different schema than the runner:\n${fingerprintChangesText(changes)}`
  }
  if (online.ledger !== offline.ledger)
    return `the script of the ${direction} leaves a different ledger than the runner`
  return undefined
}
