import type { Client, ClientBase } from 'pg'
import { hasUnmodeled } from '../../../difference/index.ts'
import { databaseObjects, type Fingerprint } from '../../../postgres/fingerprint/index.ts'
import { type ScratchDatabase, type ScratchOptions, withScratchDatabase } from '../../../scratch/database.ts'
import { rolledBack } from '../../../scratch/rolled-back.ts'
import type { OnLive } from '../../../scratch/surroundings/surroundings.ts'
import type { ModelFile } from '../../../sources/index.ts'
import type { ModelInput } from '../input.ts'
import { comparisonKey } from '../kept-wanted.ts'
import { seenHashes } from '../seen-hashes.ts'
import { type Dependency, readDependencies } from './dependants.ts'
import { isWorthKeeping, type KeptState, keepState, keepsStates, keptState, statePath } from './kept-state.ts'
import { type NearModels, nearModels } from './models.ts'
import { objectsOf, wholeState } from './whole-state.ts'

/** A part of the models that takes in all that differs from a live database, and of the models that have made that. */
export interface NearWanted extends Pick<NearModels, 'from' | 'to'> {
  /** Those of all lines. */
  readonly schemas: readonly string[]
  /**
   * The wanted state as a whole; undefined where the part is not as in the whole.
   * @param from what the part of the database's models makes
   * @param to what the part of the models makes
   * @param dependencies those in the part of the models
   */
  readonly whole: (
    from: readonly Fingerprint[],
    to: readonly Fingerprint[],
    dependencies: readonly Dependency[],
  ) => KeptState | undefined
  /** Keeps a whole state for the next time. */
  readonly keep: (whole: KeptState) => void
}

/** The models that have made what a live database has, and their state. */
export interface KnownState {
  /** See `comparisonKey`. */
  readonly comparison: string
  readonly kept: KeptState
}

/** What has made the state of a live database, where that is known and a part of the models takes less than all. */
export async function knownState(
  input: ModelInput,
  onLive: OnLive,
  files: readonly ModelFile[],
): Promise<KnownState | undefined> {
  if (!isWorthKeeping(input, files)) return undefined
  return onLive(async (live) => {
    const comparison = await comparisonKey(live, input)
    if (comparison === undefined || !keepsStates(input, comparison)) return undefined
    const hashes = await seenHashes(live, input, input.lines, comparison)
    const kept = keptState(statePath(input, comparison, hashes))
    if (kept === undefined || !(await hasTheSameBesides(live, input, kept))) return undefined
    return { comparison, kept }
  })
}

/** Whether models say what those of a known state do. */
export function saysTheSame({ kept }: KnownState, files: readonly ModelFile[]): boolean {
  const [first, second] = [kept.files, files].map((all) =>
    JSON.stringify(
      all.map(({ key, keyed, statements }) => [key ?? null, keyed, statements.map(({ sql }) => sql)]),
    ),
  )
  return first === second
}

/**
 * The part of the models that differs from those of a known state. The live database has the fingerprint of that, so that
 * nothing but these models has to be looked at.
 */
export function nearWanted(
  input: ModelInput,
  { comparison, kept }: KnownState,
  files: readonly ModelFile[],
): NearWanted | undefined {
  const schemas = input.lines.map(({ schema }) => schema)
  const near = nearModels(kept.files, files, schemas)
  if (near === undefined) return undefined
  return {
    ...near,
    schemas,
    whole(from, to, dependencies) {
      const [old, next] = [from, to].map((all) => objectsOf(all, schemas))
      if (old === undefined || next === undefined) return undefined
      return wholeState(kept, { ...near, files }, { old, next, dependencies })
    },
    keep: (whole) => keepState(input, comparison, whole),
  }
}

/** Both parts as they were looked at, and the dependencies in that of the models. */
export interface Ends<T> {
  readonly base: T
  readonly wanted: T
  readonly dependencies: readonly Dependency[]
}

/**
 * Looks at both parts on scratch databases, and goes on with the one that has the models' part.
 * @param look loads files and looks at them; undefined where not all could be loaded
 */
export async function onBoth<T, Result>(
  options: ScratchOptions,
  { from, to, schemas }: NearWanted,
  look: (client: Client, files: readonly ModelFile[]) => Promise<T | undefined>,
  body: (ends: Ends<T>, scratch: ScratchDatabase) => Promise<Result>,
): Promise<Result | undefined> {
  const goOn = async (scratch: ScratchDatabase, base: T) => {
    const wanted = await look(scratch.client, to)
    if (wanted === undefined) return undefined
    const dependencies = await readDependencies(scratch.client, schemas)
    return body({ base, wanted, dependencies }, scratch)
  }
  const quick = await withScratchDatabase(options, async (scratch) => {
    const base = await rolledBack(scratch.client, () => look(scratch.client, from))
    return base === undefined ? undefined : { result: await goOn(scratch, base) }
  })
  if (quick !== undefined) return quick.result
  const base = await withScratchDatabase(options, ({ client }) => look(client, from))
  return base === undefined ? undefined : withScratchDatabase(options, (scratch) => goOn(scratch, base))
}

/** Keeps what models have made in a scratch database, for {@link nearWanted} when a live database has it. */
export async function keepWhole(
  input: ModelInput,
  onLive: OnLive,
  scratch: ClientBase,
  files: readonly ModelFile[],
  made: readonly Fingerprint[],
): Promise<void> {
  const schemas = input.lines.map(({ schema }) => schema)
  const objects = isWorthKeeping(input, files) ? objectsOf(made, schemas) : undefined
  if (objects === undefined) return
  const comparison = await onLive((live) => comparisonKey(live, input))
  if (comparison === undefined) return
  const dependencies = await readDependencies(scratch, schemas)
  keepState(input, comparison, { files, objects, dependencies, database: await databaseObjects(scratch) })
}

/** What stands in no schema, and may be managed: what models can declare, and what no difference sees. */
async function hasTheSameBesides(
  live: ClientBase,
  { lines }: ModelInput,
  { database }: KeptState,
): Promise<boolean> {
  const there = await databaseObjects(live)
  const textOf = (object: (typeof there)[number]) =>
    JSON.stringify([object.kind, object.name, object.definition])
  const known = new Set(database.map(textOf))
  const found = new Set(there.map(textOf))
  const strange = there.filter((object) => !known.has(textOf(object)))
  const isOurs = ({ kind, definition }: (typeof there)[number]) =>
    kind === 'event trigger' || lines.some(({ schema }) => definition.includes(JSON.stringify(schema)))
  return [...known].every((text) => found.has(text)) && !strange.some(isOurs) && !(await hasUnmodeled(live))
}
