import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { ModelInput } from '../autogenerate/wanted/input.ts'
import { areUnchanged, type Inputs, keepValue, keptValue } from '../environment/index.ts'
import type { DatabaseObject } from '../postgres/fingerprint/index.ts'
import { modelsKey } from '../sources/index.ts'
import { toolVersion } from '../tool-version.ts'

/** Fingerprint hashes that each line's schema may have where it is as the models want it, by schema key. */
export type WantedHashes = Readonly<Record<string, readonly string[]>>

/** What is kept of the models. */
export interface KeptWanted {
  readonly hashes: WantedHashes
  /** What they declare of the whole database. */
  readonly declared: readonly DatabaseObject[]
}

interface Kept extends KeptWanted {
  readonly inputs: Inputs
}

/**
 * Where the wanted hashes of these models are kept, by what they are made with; what they are made from is kept with them.
 * Undefined when a function says what is excluded.
 */
export async function wantedCachePath(input: ModelInput, serverVersion: string): Promise<string | undefined> {
  if (input.exclusions === undefined) return undefined
  const { exclusions, lines, privileges, searchPath, surroundings } = input
  const made = [
    toolVersion,
    serverVersion,
    lines,
    privileges,
    exclusions,
    surroundings?.text ?? null,
    searchPath ?? [],
    input.enumLabels === undefined,
  ]
  const hash = createHash('sha256').update(JSON.stringify(['7', ...made, await modelsKey(input.models)]))
  return join(input.cacheDir, `wanted-${hash.digest('hex').slice(0, 32)}.json`)
}

/** What is kept; undefined when there is nothing, or when anything that it follows from has changed. */
export function readWanted(path: string): KeptWanted | undefined {
  const found = keptValue<Kept>(path)
  if (found === undefined) return undefined
  const { inputs, ...kept } = found
  return areUnchanged(inputs) ? kept : undefined
}

/** Keeps it for the next time, if it is known what it follows from. */
export function keepWanted(path: string, kept: KeptWanted, inputs: Inputs | undefined): void {
  if (inputs !== undefined) keepValue(path, { inputs, ...kept } satisfies Kept)
}
