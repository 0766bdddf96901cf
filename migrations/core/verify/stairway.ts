import { MigError } from '../errors.ts'
import { compareFingerprints, type Fingerprint, fingerprintChangesText } from '../postgres/index.ts'
import type { RevisionFile } from '../revisions/index.ts'
import { planRun } from '../runner/index.ts'
import { onScratch, type ScratchSession, type VerifyContext } from './context.ts'
import { type Holders, lostHolders, readHolders } from './losses.ts'
import { type Found, failure } from './result.ts'

/** What the schemas hold at one moment. */
interface Landing {
  readonly fingerprint: Fingerprint
  readonly holders: Holders
}

/** What came of one revision, and where the database stands then; undefined when it is not applied. */
interface Climb {
  readonly found: Found
  readonly top: Landing | undefined
}

/**
 * Every revision up, down and up again, in the order of the graph: the downgrade must leave what was there
 * before, and the second upgrade what the first one left. One that its file calls irreversible goes up and stays.
 * @param chosen ids to check; the others are only applied
 */
export async function checkStairway(
  context: VerifyContext,
  chosen: ReadonlySet<string>,
): Promise<readonly Found[]> {
  if (chosen.size === 0) return [{ status: 'ok', message: 'no revision to check' }]
  return onScratch(context, async (session) => {
    const { steps } = await planRun(session, context.scratch, { direction: 'upgrade', target: 'heads' })
    const landing = () => land(session, context)
    const found: Found[] = []
    let ground: Landing | undefined
    for (const { file, revision } of steps) {
      if (!chosen.has(revision)) {
        await session.run({ direction: 'upgrade', target: revision })
        ground = undefined
        continue
      }
      const started = performance.now()
      const climbed = await climb(session, file, ground ?? (await landing()), landing)
      found.push(withTime(climbed.found, performance.now() - started))
      if (climbed.top === undefined) {
        found.push({ status: 'skipped', message: `what comes after ${revision} was not run` })
        break
      }
      ground = climbed.top
    }
    return found
  })
}

async function land({ client, fingerprint }: ScratchSession, { models }: VerifyContext): Promise<Landing> {
  const schemas = models.lines.map((line) => line.schema)
  return { fingerprint: await fingerprint(), holders: await readHolders(client, schemas) }
}

async function climb(
  session: ScratchSession,
  { line, revision, path, irreversible }: RevisionFile,
  ground: Landing,
  landing: () => Promise<Landing>,
): Promise<Climb> {
  const about = { line, revision, place: { file: path } }
  const up = () => session.run({ direction: 'upgrade', target: revision })
  let top: Landing | undefined
  try {
    await up()
    const first = await landing()
    top = first
    if (irreversible !== undefined) {
      const message = `up only; irreversible: ${irreversible}`
      return { found: { ...about, status: 'skipped', message }, top }
    }
    await session.run({ direction: 'downgrade', target: '-1' })
    top = undefined
    const below = await landing()
    const left = difference(ground, below, 'after its downgrade the schema is not what it was before')
    // What a downgrade leaves behind is often what a second upgrade stumbles over.
    const stumbled = await failureOf(up)
    if (stumbled !== undefined) return { found: { ...about, ...stumbled, ...left }, top }
    const second = await landing()
    top = second
    const problem =
      left ?? difference(first, second, 'a second upgrade does not make what the first one made')
    if (problem !== undefined) return { found: { ...about, status: 'failed', ...problem }, top }
    return { found: { ...about, status: 'ok', message: losses(ground, first, below) }, top }
  } catch (error) {
    if (!(error instanceof MigError)) throw error
    return { found: { ...about, ...failure(error) }, top }
  }
}

async function failureOf(step: () => Promise<unknown>): Promise<Found | undefined> {
  try {
    await step()
    return undefined
  } catch (error) {
    if (!(error instanceof MigError)) throw error
    return failure(error)
  }
}

function difference(from: Landing, to: Landing, what: string): Pick<Found, 'message' | 'help'> | undefined {
  const changes = compareFingerprints(from.fingerprint, to.fingerprint)
  if (changes.length === 0) return undefined
  return {
    message: `${what}:\n${fingerprintChangesText(changes)}`,
    help: "mend the downgrade of the revision, or say that there is none: export const irreversible = 'why'",
  }
}

/** Which data a downgrade loses: what it drops, and what the upgrade dropped and the downgrade makes empty. */
function losses(ground: Landing, top: Landing, below: Landing): string {
  const dropped = lostHolders(top.holders, below.holders)
  const emptied = lostHolders(ground.holders, top.holders)
  const parts = [
    ...(dropped.length > 0 ? [`its downgrade drops ${dropped.join(', ')}`] : []),
    ...(emptied.length > 0 ? [`its downgrade brings back without data ${emptied.join(', ')}`] : []),
  ]
  return parts.length > 0 ? `lossy: ${parts.join('; ')}` : 'up, down and up again'
}

function withTime(found: Found, ms: number): Found & { readonly ms: number } {
  return { ...found, ms }
}
