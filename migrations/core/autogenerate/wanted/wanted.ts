import type { Client, ClientBase } from 'pg'
import { type Catalog, readCatalog } from '../../difference/index.ts'
import { MigError } from '../../errors.ts'
import type { DatabaseObject, Fingerprint } from '../../postgres/fingerprint/index.ts'
import { madeName } from '../../postgres/index.ts'
import { type ScratchDatabase, scratchOptions, withScratchDatabase } from '../../scratch/database.ts'
import { filteredSchemas, makeSchemas } from '../../scratch/lines.ts'
import { rolledBack } from '../../scratch/rolled-back.ts'
import { fingerprintsBySchema, observe, type State } from '../../scratch/state.ts'
import {
  inOrderOf,
  loadModels,
  type ModelFile,
  type ModelStatement,
  type ReadModels,
  readModels,
  warnOfPassedOver,
} from '../../sources/index.ts'
import { where } from '../../sources/place.ts'
import { modelBuilder } from './built-models.ts'
import { declaredAmong, declaredObjects } from './declared.ts'
import type { ModelInput } from './input.ts'
import { mostInTransaction } from './limits.ts'
import { linesOf } from './near/kept-state.ts'
import {
  type KnownState,
  keepWhole,
  knownState,
  nearWanted,
  onBoth,
  saysTheSame,
} from './near/near-wanted.ts'

/**
 * The wanted state: the models of all lines, loaded into a scratch database, since they may refer to each
 * other; the filter limits what is compared. Few are loaded in a transaction that is rolled back, so that `body` can go on
 * in the same database, which is empty again: one that is made new costs as much as to read it.
 * @param body gets the wanted state, and an empty scratch database
 * @throws MigError what `readModels` and `loadModels` throw; `no-scratch`
 */
export async function onWantedState<T>(
  input: ModelInput,
  body: (wanted: State, scratch: ScratchDatabase) => Promise<T>,
): Promise<T> {
  const { files } = await readAllModels(input)
  const observed = { ...input, schemas: filteredSchemas(input) }
  await warnOfModels(files, input)
  const load = async (client: Client, given: ModelInput) => {
    await loadFiles(client, files, given)
    return observe(client, observed)
  }
  const options = scratchOptions(input)
  if (files.reduce((sum, { statements }) => sum + statements.length, 0) <= mostInTransaction) {
    const made = await withScratchDatabase(options, async (scratch) => {
      const { emit: _, ...silent } = input
      // Made here they stay: with a schema that goes, every plan of the session has to be made again.
      await makeSchemas(scratch.client, input.lines)
      const wanted = await rolledBack(scratch.client, () => load(scratch.client, silent))
      return wanted === undefined ? undefined : { result: await body(wanted, scratch) }
    })
    if (made !== undefined) return made.result
  }
  const wanted = await withScratchDatabase(options, ({ client }) => load(client, input))
  return withScratchDatabase(options, (scratch) => body(wanted, scratch))
}

/** The wanted state with a fingerprint of each line of its own. */
export interface WantedStates {
  readonly catalog: Catalog
  /** What to compare the catalog with instead of the live database's: of both, the part that differs. */
  readonly live?: Catalog
  /** By schema key. */
  readonly lines: ReadonlyMap<string, Fingerprint>
  /** What the models declare of the whole database. */
  readonly declared: readonly DatabaseObject[]
}

/**
 * The wanted state, but every single line by itself, whatever the filter. The models are loaded only where a live database
 * has not the state that they are known to make. The catalog is read only where a line has not the hash that the live
 * database gives it, or the models declare what is of no line: otherwise equal fingerprints leave no difference to describe.
 * @param hashes those of lines in the live database, by key
 */
export async function wantedStates(
  input: ModelInput,
  live: ClientBase,
  hashes: Readonly<Record<string, string>>,
  read: ReadAll = readAllModels,
): Promise<Partial<WantedStates> & Pick<WantedStates, 'lines' | 'declared'> & Pick<ReadModels, 'inputs'>> {
  const models = await read(input)
  const { files } = models
  const known = await knownState(input, (look) => look(live), files)
  const near = known === undefined ? undefined : await nearStates(input, known, files)
  if (near !== undefined) return { ...near, inputs: models.inputs }
  return withScratchDatabase(scratchOptions(input), async ({ client }) => {
    const isWhole = await loadAll(client, files, input)
    const inputs = isWhole && input.surroundings?.followsLive() !== true ? models.inputs : undefined
    const schemas = input.lines.map(({ schema }) => schema)
    const bySchema = await fingerprintsBySchema(client, { ...input, schemas })
    const lines = new Map(
      input.lines.flatMap(({ key, schema }): [string, Fingerprint][] => {
        const fingerprint = bySchema.get(schema)
        return fingerprint === undefined ? [] : [[key, fingerprint]]
      }),
    )
    if (isWhole) await keepWhole(input, (look) => look(live), client, files, [...lines.values()])
    const declared = await declaredObjects(client, files)
    const differs = Object.entries(hashes).some(([key, hash]) => lines.get(key)?.hash !== hash)
    if (!differs && declared.length === 0) return { lines, declared, inputs }
    return { catalog: await readCatalog(client, input), lines, declared, inputs }
  })
}

/** The wanted state by what is known of the live database's; undefined where that does not do. */
async function nearStates(
  input: ModelInput,
  known: KnownState,
  files: readonly ModelFile[],
): Promise<(Partial<WantedStates> & Pick<WantedStates, 'lines' | 'declared'>) | undefined> {
  const declared = declaredAmong(known.kept.database, files)
  // Owners and grants of what is of no line are in the catalog alone.
  if (input.privileges && declared.length > 0) return undefined
  if (saysTheSame(known, files)) {
    await warnOfModels(files, input)
    return { lines: linesOf(input, known.kept.objects), declared }
  }
  const near = nearWanted(input, known, files)
  if (near === undefined) return undefined
  const { emit: _, ...silent } = input
  const observed = { ...input, schemas: input.lines.map(({ schema }) => schema) }
  const look = async (client: Client, part: readonly ModelFile[]) =>
    (await loadFiles(client, part, silent)) ? observe(client, observed) : undefined
  const made = await onBoth(scratchOptions(input), near, look, (ends) => Promise.resolve(ends)).catch(
    (error: unknown) => {
      // What is wrong shows on the whole, as it is there.
      if (error instanceof MigError) return undefined
      throw error
    },
  )
  const whole =
    made === undefined
      ? undefined
      : near.whole([made.base.fingerprint], [made.wanted.fingerprint], made.dependencies)
  if (made === undefined || whole === undefined) return undefined
  near.keep(whole)
  await warnOfModels(files, input)
  const { base, wanted } = made
  return { catalog: wanted.catalog, live: base.catalog, lines: linesOf(input, whole.objects), declared }
}

/** Reads all models. */
export type ReadAll = (input: ModelInput) => Promise<ReadModels>

/**
 * As {@link readAllModels}, once for all that one command asks: a program that says the models may take long, and two
 * readings could say different things.
 */
export function readingOnce(): ReadAll {
  let read: Promise<ReadModels> | undefined
  return (input) => {
    read ??= readAllModels(input)
    return read
  }
}

/** Reads all models; a program builds its own in a scratch database. @throws MigError what `readModels` throws */
export function readAllModels(input: ModelInput): Promise<ReadModels> {
  const schemas = input.lines.map(({ schema }) => schema)
  return readModels(input.models, {
    ...input,
    build: modelBuilder(scratchOptions(input), schemas, input.surroundings),
  })
}

/**
 * Loads the models of all lines into an empty scratch database.
 * @returns whether all of them are there; of lines outside the filter, what needs a missing extension is not
 */
export async function loadAll(
  client: Client,
  files: readonly ModelFile[],
  input: ModelInput,
): Promise<boolean> {
  await warnOfModels(files, input)
  return loadFiles(client, files, input)
}

/** Warns of what models have and no revision will, whether or not all of them are loaded. */
export async function warnOfModels(files: readonly ModelFile[], input: ModelInput): Promise<void> {
  if (input.emit === undefined) return
  warnOfPassedOver(files, input)
  const { reordered } = await ordered(files, input)
  if (reordered.length === 0) return
  const shown = reordered.map((each) => `${madeName(each.sql) ?? each.sql} (${where(each)})`)
  input.emit({
    event: 'warning',
    code: 'enum-order',
    message: `the database has the labels of enums in another order, and keeps it: ${shown.join(', ')}`,
    help: 'nothing to do; compareEnumOrder: true in env.ts compares the order too; a change rewrites the columns',
  })
}

/** The models with the labels of enums in the order that a database has. */
async function ordered(
  files: readonly ModelFile[],
  input: ModelInput,
): Promise<{ readonly files: readonly ModelFile[]; readonly reordered: readonly ModelStatement[] }> {
  const labels = await input.enumLabels?.()
  return labels === undefined ? { files, reordered: [] } : inOrderOf(labels, files, schemaMap(input))
}

function schemaMap({ lines }: ModelInput) {
  return {
    schemas: Object.fromEntries(lines.map((line) => [line.key, line.schema])),
    tenantKeys: lines.filter((line) => line.tenant).map((line) => line.key),
  }
}

/** As {@link loadAll}, without {@link warnOfModels}. */
export async function loadFiles(
  client: Client,
  given: readonly ModelFile[],
  input: ModelInput,
): Promise<boolean> {
  const { surroundings, emit } = input
  const { files } = await ordered(given, input)
  const others = surroundings?.others
  await surroundings?.ofModels(client, files)
  const lacking = await loadModels(client, files, {
    ...(others === undefined ? {} : { whenStuck: () => others(client) }),
    needed: filteredSchemas(input),
    searchPath: input.searchPath ?? [],
    ...schemaMap(input),
    privileges: input.privileges,
  })
  if (lacking === undefined) return true
  emit?.({
    event: 'warning',
    code: 'no-extension',
    message: lacking.message,
    help: `nothing to do for ${input.filter.join(', ')}: what needs it is of other schemas, and skipped`,
  })
  return false
}
