import type { Client } from 'pg'
import { type Catalog, readCatalog } from '../../difference/index.ts'
import type { Fingerprint } from '../../postgres/fingerprint/index.ts'
import { scratchOptions, withScratchDatabase } from '../../scratch/database.ts'
import { filteredSchemas } from '../../scratch/lines.ts'
import { fingerprintOf, observe, type State } from '../../scratch/state.ts'
import {
  loadModels,
  type ModelFile,
  type ReadModels,
  readModels,
  warnOfPassedOver,
} from '../../sources/index.ts'
import { modelBuilder } from './built-models.ts'
import type { ModelInput } from './input.ts'

/**
 * The wanted state: the models of all lines, loaded into a scratch database, since they may refer to each
 * other; the filter limits what is compared.
 * @throws MigError what `readModels` and `loadModels` throw; `no-scratch`
 */
export async function wantedState(input: ModelInput): Promise<State> {
  const { files } = await readAllModels(input)
  return withScratchDatabase(scratchOptions(input), async ({ client }) => {
    await loadAll(client, files, input)
    return observe(client, { ...input, schemas: filteredSchemas(input) })
  })
}

/** The wanted state with a fingerprint of each line of its own. */
export interface WantedStates {
  readonly catalog: Catalog
  /** By schema key. */
  readonly lines: ReadonlyMap<string, Fingerprint>
}

/**
 * As {@link wantedState}, but every single line by itself, whatever the filter. The catalog is read only where a
 * line has not the hash that `live` gives it: fingerprints that are equal leave no difference to describe.
 */
export async function wantedStates(
  input: ModelInput,
  live: Readonly<Record<string, string>>,
): Promise<Partial<WantedStates> & Pick<WantedStates, 'lines'> & Pick<ReadModels, 'inputs'>> {
  const { files, inputs } = await readAllModels(input)
  return withScratchDatabase(scratchOptions(input), async ({ client }) => {
    await loadAll(client, files, input)
    const lines = new Map<string, Fingerprint>()
    for (const { key, schema } of input.lines) {
      lines.set(key, await fingerprintOf(client, { ...input, schemas: [schema] }))
    }
    const differs = Object.entries(live).some(([key, hash]) => lines.get(key)?.hash !== hash)
    return differs ? { catalog: await readCatalog(client), lines, inputs } : { lines, inputs }
  })
}

/** Reads all models; a program builds its own in a scratch database. @throws MigError what `readModels` throws */
export function readAllModels(input: ModelInput): Promise<ReadModels> {
  const schemas = input.lines.map(({ schema }) => schema)
  return readModels(input.models, { ...input, build: modelBuilder(scratchOptions(input), schemas) })
}

/** Loads the models of all lines into an empty scratch database. */
export async function loadAll(client: Client, files: readonly ModelFile[], input: ModelInput): Promise<void> {
  warnOfPassedOver(files, input)
  await loadFiles(client, files, input)
}

/** As {@link loadAll}, without a word of statements that nothing is generated for. */
export async function loadFiles(
  client: Client,
  files: readonly ModelFile[],
  input: ModelInput,
): Promise<void> {
  const { surroundings } = input
  const excluded = surroundings?.excluded
  await surroundings?.ofModels(client, files)
  await loadModels(client, files, {
    ...(excluded === undefined ? {} : { whenStuck: () => excluded(client) }),
    schemas: Object.fromEntries(input.lines.map((line) => [line.key, line.schema])),
    tenantKeys: input.lines.filter((line) => line.tenant).map((line) => line.key),
    privileges: input.privileges,
  })
}
