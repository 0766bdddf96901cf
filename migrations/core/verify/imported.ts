import { MigError } from '../errors.ts'
import { compareFingerprints, type Fingerprint, fingerprintChangesText } from '../postgres/index.ts'
import { type PlanStep, revertedStep } from '../runner/index.ts'
import type { ScratchSession } from './context.ts'
import type { KnownSides } from './rows/climb.ts'
import type { TrialDatabase } from './trial.ts'

/** What a revision does when it goes up, down and up again. */
interface Apart {
  readonly statements: KnownSides
  /** What is wrong with its downgrade, in one line. */
  readonly problem?: string
}

/**
 * Runs a revision up, down and up again so that nothing of it stays: in a transaction that is rolled back, and what does not
 * run there on a copy. A downgrade that leaves something behind would stop all that comes after the revision.
 * @param session at the state before the revision
 * @throws MigError where the upgrade fails
 */
export async function climbApart(
  session: ScratchSession,
  step: PlanStep,
  ground: Fingerprint,
): Promise<Apart> {
  const climb = (on: TrialDatabase) => upAndDown(on, step, ground)
  try {
    const seen = await session.onTrial(climb)
    if (seen.problem === undefined) return seen
  } catch (error) {
    // What stops it may come from the one transaction, so only a copy tells.
    if (!(error instanceof MigError)) throw error
  }
  return session.onCopy(climb)
}

async function upAndDown(on: TrialDatabase, step: PlanStep, ground: Fingerprint): Promise<Apart> {
  const upgrade = await on.take(step)
  const first = await on.fingerprint()
  let downgrade: readonly string[] = []
  let doing = 'its downgrade'
  try {
    downgrade = await on.take(revertedStep(step))
    const statements = { upgrade, downgrade }
    const left = changesText(ground, await on.fingerprint())
    if (left !== undefined)
      return { statements, problem: `after its downgrade the schema differs from before: ${left}` }
    doing = 'its second upgrade'
    await on.take(step)
    const other = changesText(first, await on.fingerprint())
    if (other === undefined) return { statements }
    return { statements, problem: `its second upgrade gives a different result than the first: ${other}` }
  } catch (error) {
    if (!(error instanceof MigError)) throw error
    const [reason = ''] = error.message.split('\n')
    return { statements: { upgrade, downgrade }, problem: `${doing} fails: ${reason}` }
  }
}

/** So many changes are named. */
const named = 3

function changesText(from: Fingerprint, to: Fingerprint): string | undefined {
  const changes = compareFingerprints(from, to)
  if (changes.length === 0) return undefined
  const shown = changes.slice(0, named).map((change) => fingerprintChangesText([change]).split('\n')[0])
  const more = changes.length - named
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}
