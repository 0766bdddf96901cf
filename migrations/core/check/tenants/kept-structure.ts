import { createHash } from 'node:crypto'
import type { ModelInput } from '../../autogenerate/wanted/input.ts'
import {
  comparisonKey,
  keepWanted,
  readWanted,
  wantedCachePath,
} from '../../autogenerate/wanted/kept-wanted.ts'
import type { Inputs, TargetSchema } from '../../environment/index.ts'
import type { DatabaseObject } from '../../postgres/fingerprint/index.ts'
import type { Session } from '../../runner/index.ts'
import type { Expected } from './differing.ts'

/** What the models made of a tenant the last time. */
export interface KeptStructure {
  /** Undefined when nothing is known of these models. */
  readonly hash: Expected['hash'] | undefined
  /** What they declare of the whole database. */
  readonly declared: readonly DatabaseObject[]
  readonly keep: (
    made: { readonly hash: Expected['hash']; readonly declared: readonly DatabaseObject[] },
    inputs: Inputs | undefined,
  ) => void
}

/**
 * The kept fingerprint of a tenant as the models want it, under a name that follows from all that it depends on.
 * @param seenAs the tenant whose name the exclusions are asked with
 */
export async function keptStructure(
  { client }: Session,
  input: ModelInput,
  line: string,
  seenAs: TargetSchema | undefined,
): Promise<KeptStructure> {
  const comparison = await comparisonKey(client, input)
  if (comparison === undefined) return { hash: undefined, declared: [], keep: () => undefined }
  const models = await wantedCachePath(input, comparison)
  const own = createHash('sha256').update(JSON.stringify([line, seenAs?.schema ?? null]))
  const path = models.replace(/\.json$/, `-${own.digest('hex').slice(0, 16)}.json`)
  const kept = readWanted(path)
  const hash = kept?.hashes[line]?.[0]
  return {
    hash: hash === '' ? null : hash,
    declared: kept?.declared ?? [],
    keep: (made, inputs) =>
      keepWanted(path, { hashes: { [line]: [made.hash ?? ''] }, declared: made.declared }, inputs),
  }
}
