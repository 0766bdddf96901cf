import { type Change, type ComparedObjects, type Difference, seenDifference } from '../difference/index.ts'
import { exitCodes, MigError } from '../errors.ts'
import {
  compareFingerprints,
  type Fingerprint,
  fingerprintChangesText,
} from '../postgres/fingerprint/index.ts'
import type { State } from './state.ts'

/**
 * What differs, in readable words.
 * @throws MigError `unseen-difference` (exit 5) when only the fingerprint sees one: then nothing can be written
 */
export function changesBetween(
  from: State,
  to: State,
  scope: ComparedObjects,
  seen: Difference | undefined = seenDifference(from.catalog, to.catalog, scope),
): readonly Change[] {
  const changes = seen?.changes
  const unseen = changes?.length === 0 ? compareFingerprints(from.fingerprint, to.fingerprint) : []
  if (unseen.length > 0) {
    throw new MigError(
      'unseen-difference',
      `models and database differ in a way that cannot be generated:\n${fingerprintChangesText(unseen)}`,
      {
        exitCode: exitCodes.proofFailed,
        help: 'write it by hand: just mig-revision "…", or exclude the object in env.ts',
        facts: { fingerprint: unseen },
      },
    )
  }
  return changes ?? changesOfFingerprints(from.fingerprint, to.fingerprint)
}

/** What two fingerprints differ in, as changes, without the parts of what comes or goes as a whole. */
export function changesOfFingerprints(from: Fingerprint, to: Fingerprint): readonly Change[] {
  const verbs = { added: 'add', removed: 'drop', changed: 'change' } as const
  const found = compareFingerprints(from, to).map((each) => ({
    ...each,
    object: to.objects.get(each.identity) ?? from.objects.get(each.identity),
  }))
  const whole = new Set(
    found.flatMap(({ kind, change, object }) =>
      change !== 'changed' && hasParts.test(kind)
        ? [JSON.stringify([change, object?.schema, object?.name])]
        : [],
    ),
  )
  return found
    .filter(
      ({ change, object }) =>
        object?.parent === undefined || !whole.has(JSON.stringify([change, object.schema, object.parent])),
    )
    .map(({ identity, kind, change, fields, object }) => ({
      verb: verbs[change],
      kind,
      name: identity.slice(kind.length + 1),
      schema: object?.schema,
      detail: (fields ?? []).join(', '),
    }))
}

const hasParts = /(?:table|view|type|domain)$/
