import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { ClientBase } from 'pg'
import { areUnchanged, type Inputs, keepValue, keptValue } from '../../environment/index.ts'
import type { DatabaseObject } from '../../postgres/fingerprint/index.ts'
import { modelsKey } from '../../sources/index.ts'
import { toolVersion } from '../../tool-version.ts'
import type { ModelInput } from './input.ts'

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
 * What a comparison of two states depends on beside them; undefined when a function says what is excluded, so that nothing
 * may be kept for later.
 */
export async function comparisonKey(client: ClientBase, input: ModelInput): Promise<string | undefined> {
  if (input.exclusions === undefined) return undefined
  const { rows } = await client.query<{ version: string }>(
    `SELECT pg_catalog.current_setting('server_version') AS version`,
  )
  const { exclusions, lines, privileges, searchPath, surroundings } = input
  const made = [
    toolVersion,
    rows[0]?.version ?? '',
    lines,
    privileges,
    exclusions,
    surroundings?.text ?? null,
    searchPath ?? [],
    input.enumLabels === undefined,
  ]
  return JSON.stringify(['11', ...made])
}

/** Where something is kept in a folder that is told apart by a text. */
export function keptPath(folder: string, kind: string, key: string): string {
  return join(folder, `${kind}-${createHash('sha256').update(key).digest('hex').slice(0, 32)}.json`)
}

/**
 * Where the wanted hashes of these models are kept, by what they are made with; what they are made from is kept with them.
 */
export async function wantedCachePath(input: ModelInput, comparison: string): Promise<string> {
  return keptPath(input.cacheDir, 'wanted', JSON.stringify([comparison, await modelsKey(input.models)]))
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
