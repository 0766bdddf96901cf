import type { Client } from 'pg'
import { type ComparedObjects, changeText, difference } from '../../difference/index.ts'
import { exitCodes, MigError } from '../../errors.ts'
import {
  compareFingerprints,
  type Fingerprint,
  type FingerprintChange,
  fingerprintChangesText,
} from '../../postgres/fingerprint/index.ts'
import { fingerprintOf, observe, type State } from '../../scratch/state.ts'
import type { RowObserver } from './rows/index.ts'

/** One revision to prove, as something that runs. */
export interface Provable {
  readonly name: string
  readonly upgrade: (client: Client) => Promise<void>
  /** Missing where nothing reverts it: then the upgrade alone is proved. */
  readonly downgrade?: (client: Client) => Promise<void>
}

export interface ProofInput {
  /** On a scratch database at the base state. */
  readonly client: Client
  readonly revisions: readonly Provable[]
  readonly base: State
  readonly wanted: State
  readonly scope: ComparedObjects
  /** The third observer, where there are rows. */
  readonly rows?: RowObserver
}

/**
 * Runs revisions up, down and up again, and compares with all observers: after the upgrade with the wanted
 * state, after the downgrade with the base. After the second upgrade the fingerprint has to be the wanted one.
 * @throws MigError `proof-failed` (exit 5) with the step and what is left
 */
export async function prove(input: ProofInput): Promise<void> {
  const { revisions, base, wanted, rows } = input
  const up = async (step: string) => {
    for (const revision of revisions) await step_(revision, step, () => revision.upgrade(input.client))
  }
  await up('upgrade')
  await expectState(input, wanted, 'upgrade', 'the models')
  await rows?.afterUpgrade()
  for (const revision of [...revisions].reverse()) {
    const { downgrade } = revision
    if (downgrade === undefined) return
    await step_(revision, 'downgrade', () => downgrade(input.client))
  }
  await expectState(input, base, 'downgrade', 'the state before')
  await rows?.afterDowngrade()
  await up('second upgrade')
  // What both have seen to be the models' state; that it is the same again, the fingerprint says alone.
  const again = await fingerprintOf(input.client, input.scope)
  expectNothingLeft([], leftBetween(again, wanted.fingerprint), 'second upgrade', 'the models')
  await rows?.afterSecondUpgrade()
}

async function step_(revision: Provable, step: string, run: () => Promise<void>): Promise<void> {
  try {
    await run()
  } catch (error) {
    if (!(error instanceof MigError)) throw error
    throw new MigError('proof-failed', `the ${step} of ${revision.name} does not run: ${error.message}`, {
      exitCode: exitCodes.proofFailed,
      help:
        error.help ??
        'write this change by hand (just mig-revision), or in two steps; --keep leaves the file to fix',
      cause: error,
      ...(error.place === undefined ? {} : { place: error.place }),
    })
  }
}

async function expectState(input: ProofInput, expected: State, step: string, what: string): Promise<void> {
  const reached = await observe(input.client, input.scope)
  const seen = difference(reached.catalog, expected.catalog, input.scope).changes.map(changeText)
  expectNothingLeft(seen, leftBetween(reached.fingerprint, expected.fingerprint), step, what)
}

/** What differs; nothing where the hash over all definitions is the same, which says it sooner. */
function leftBetween(reached: Fingerprint, expected: Fingerprint): readonly FingerprintChange[] {
  return reached.hash === expected.hash ? [] : compareFingerprints(reached, expected)
}

function expectNothingLeft(
  seen: readonly string[],
  left: readonly FingerprintChange[],
  step: string,
  what: string,
): void {
  if (seen.length === 0 && left.length === 0) return
  const lines = [...seen, ...(left.length === 0 ? [] : [fingerprintChangesText(left)])]
  throw new MigError(
    'proof-failed',
    `after the ${step} the schema is not that of ${what}:\n${lines.join('\n')}`,
    {
      exitCode: exitCodes.proofFailed,
      help: 'write this change by hand (just mig-revision), or in two steps; --keep leaves the file to fix',
      facts: { step, engine: seen, fingerprint: left },
    },
  )
}
