import type { Client } from 'pg'
import { exitCodes, MigError } from '../errors.ts'
import { compareFingerprints, fingerprintChangesText } from '../postgres/fingerprint/index.ts'
import { changeText, difference, type Scope } from './engine/index.ts'
import { observe, type State } from './state.ts'

/** One revision to prove, as something that runs. */
export interface Provable {
  readonly name: string
  readonly upgrade: (client: Client) => Promise<void>
  readonly downgrade: (client: Client) => Promise<void>
}

export interface ProofInput {
  /** On a scratch database at the base state. */
  readonly client: Client
  readonly revisions: readonly Provable[]
  readonly base: State
  readonly wanted: State
  readonly scope: Scope
}

/**
 * Runs revisions up, down and up again, and compares with both observers: after an upgrade with the wanted
 * state, after the downgrade with the base.
 * @throws MigError `proof-failed` (exit 5) with the step and what is left
 */
export async function prove(input: ProofInput): Promise<void> {
  const { revisions, base, wanted } = input
  const up = async (step: string) => {
    for (const revision of revisions) await step_(revision, step, () => revision.upgrade(input.client))
    await expectState(input, wanted, step, 'the models')
  }
  await up('upgrade')
  for (const revision of [...revisions].reverse()) {
    await step_(revision, 'downgrade', () => revision.downgrade(input.client))
  }
  await expectState(input, base, 'downgrade', 'the state before')
  await up('second upgrade')
}

async function step_(revision: Provable, step: string, run: () => Promise<void>): Promise<void> {
  try {
    await run()
  } catch (error) {
    if (!(error instanceof MigError)) throw error
    throw new MigError('proof-failed', `the ${step} of ${revision.name} does not run: ${error.message}`, {
      exitCode: exitCodes.proofFailed,
      help: 'write this change by hand (just mig-revision), or in two steps; --keep leaves the file to mend',
      cause: error,
      ...(error.place === undefined ? {} : { place: error.place }),
    })
  }
}

async function expectState(input: ProofInput, expected: State, step: string, what: string): Promise<void> {
  const reached = await observe(input.client, input.scope)
  const seen = difference(reached.catalog, expected.catalog, input.scope).changes.map(changeText)
  const left = compareFingerprints(reached.fingerprint, expected.fingerprint)
  if (seen.length === 0 && left.length === 0) return
  const lines = [...seen, ...(left.length === 0 ? [] : [fingerprintChangesText(left)])]
  throw new MigError(
    'proof-failed',
    `after the ${step} the schema is not that of ${what}:\n${lines.join('\n')}`,
    {
      exitCode: exitCodes.proofFailed,
      help: 'write this change by hand (just mig-revision), or in two steps; --keep leaves the file to mend',
      facts: { step, engine: seen, fingerprint: left },
    },
  )
}
