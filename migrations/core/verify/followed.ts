import type { EmitEvent } from '../events.ts'
import { compareFingerprints, fingerprintChangesText } from '../postgres/index.ts'
import { fingerprintOf } from '../scratch/state.ts'
import type { ScratchSession, VerifyContext } from './context.ts'

/** Reads the whole structure after each step. */
export const readingWhole: VerifyContext['follow'] = (scope) => (client) => fingerprintOf(client, scope)

/** Whether the structure that was followed from step to step is that of the database; warns of what differs. */
export async function isFollowed(session: ScratchSession, emit: EmitEvent): Promise<boolean> {
  const followed = await session.fingerprint()
  const apart = compareFingerprints(followed, await session.wholeFingerprint())
  if (apart.length === 0) return true
  emit({
    ...{ event: 'warning', code: 'not-followed' },
    message: `just-mig lost sight of changes while it checked the revisions, so it checks them again by reading the whole schema after each step. It had not seen:\n${fingerprintChangesText(apart)}`,
    help: 'the results count; please report this warning, with the statements that change what it names',
  })
  return false
}
