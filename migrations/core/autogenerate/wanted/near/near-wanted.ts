import type { Client, ClientBase } from 'pg'
import { hasUnmodeled } from '../../../difference/index.ts'
import {
  databaseObjects,
  type Fingerprint,
  type FingerprintObject,
  fingerprintHash,
} from '../../../postgres/fingerprint/index.ts'
import { type ScratchDatabase, type ScratchOptions, withScratchDatabase } from '../../../scratch/database.ts'
import { rolledBack } from '../../../scratch/rolled-back.ts'
import type { OnLive } from '../../../scratch/surroundings/surroundings.ts'
import type { ModelFile } from '../../../sources/index.ts'
import type { ModelInput } from '../input.ts'
import { comparisonKey } from '../kept-wanted.ts'
import { seenHashes } from '../seen-hashes.ts'
import { isWorthKeeping, type KeptState, keepState, keptState, statePath } from './kept-state.ts'
import { type NearModels, nearModels } from './models.ts'

type Objects = ReadonlyMap<string, FingerprintObject>

/** A part of the models that takes in all that differs from a live database, and of the models that have made that. */
export interface NearWanted extends Pick<NearModels, 'from' | 'to'> {
  /**
   * The wanted state as a whole; undefined where the part is not as in the whole.
   * @param from what the part of the database's models makes
   * @param to what the part of the models makes
   */
  readonly whole: (from: readonly Fingerprint[], to: readonly Fingerprint[]) => KeptState | undefined
  /** Keeps a whole state for the next time. */
  readonly keep: (whole: KeptState) => void
}

/** The models that have made what a live database has, and their state. */
export interface KnownState {
  /** See `comparisonKey`. */
  readonly comparison: string
  /** Where it is kept. */
  readonly path: string
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
    if (comparison === undefined) return undefined
    const path = statePath(input, comparison, await seenHashes(live, input, input.lines, comparison))
    const kept = keptState(path)
    if (kept === undefined || !(await hasTheSameBesides(live, input, kept))) return undefined
    return { comparison, path, kept }
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
  { comparison, path, kept }: KnownState,
  files: readonly ModelFile[],
): NearWanted | undefined {
  const schemas = input.lines.map(({ schema }) => schema)
  const near = nearModels(kept.files, files, schemas)
  if (near === undefined) return undefined
  const own = new Set(schemas)
  return {
    ...near,
    whole(from, to) {
      const [old, next] = [from, to].map((all) => objectsOf(all, own))
      if (old === undefined || next === undefined) return undefined
      return isPart(kept.objects, old, near.touched) && !meetsOthers(kept.objects, old, next)
        ? { files, objects: replaced(kept.objects, old, next), database: kept.database }
        : undefined
    },
    keep: (whole) => keepState(input, comparison, whole, path),
  }
}

/**
 * Looks at both parts on scratch databases, and goes on with the one that has the models' part.
 * @param look loads files and looks at them; undefined where not all could be loaded
 */
export async function onBoth<T, Result>(
  options: ScratchOptions,
  { from, to }: NearWanted,
  look: (client: Client, files: readonly ModelFile[]) => Promise<T | undefined>,
  body: (ends: { readonly base: T; readonly wanted: T }, scratch: ScratchDatabase) => Promise<Result>,
): Promise<Result | undefined> {
  const goOn = async (scratch: ScratchDatabase, base: T) => {
    const wanted = await look(scratch.client, to)
    return wanted === undefined ? undefined : body({ base, wanted }, scratch)
  }
  const quick = await withScratchDatabase(options, async (scratch) => {
    const base = await rolledBack(scratch.client, () => look(scratch.client, from))
    return base === undefined ? undefined : { result: await goOn(scratch, base) }
  })
  if (quick !== undefined) return quick.result
  const base = await withScratchDatabase(options, ({ client }) => look(client, from))
  return base === undefined ? undefined : withScratchDatabase(options, (scratch) => goOn(scratch, base))
}

/**
 * Keeps what models have made in a scratch database, for {@link nearWanted} when a live database has it.
 * @param known what the live database has now
 */
export async function keepWhole(
  input: ModelInput,
  onLive: OnLive,
  scratch: ClientBase,
  files: readonly ModelFile[],
  made: readonly Fingerprint[],
  known: KnownState | undefined,
): Promise<void> {
  const objects = isWorthKeeping(input, files)
    ? objectsOf(made, new Set(input.lines.map(({ schema }) => schema)))
    : undefined
  if (objects === undefined) return
  const comparison = await onLive((live) => comparisonKey(live, input))
  if (comparison === undefined) return
  keepState(input, comparison, { files, objects, database: await databaseObjects(scratch) }, known?.path)
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

function objectsOf(all: readonly Fingerprint[], schemas: ReadonlySet<string>): Objects | undefined {
  if (all.some(({ unknown }) => unknown.length > 0)) return undefined
  return new Map(all.flatMap(({ objects }) => [...objects].filter(([, { schema }]) => schemas.has(schema))))
}

/** Whether all that a part has is the same in the whole, and nothing of what is touched or can be depended on is missing. */
function isPart(whole: Objects, part: Objects, touched: ReadonlySet<string>): boolean {
  const same = new Map([...whole].filter(([identity]) => part.has(identity)))
  if (same.size !== part.size || fingerprintHash(same) !== fingerprintHash(part)) return false
  const there = new Set(
    [...part.values()].flatMap(({ kind, schema, name }) => (kind === 'schema' ? [] : [`${schema}.${name}`])),
  )
  return [...whole].every(([identity, object]) => {
    if (part.has(identity)) return true
    const { schema, name, parent = name } = object
    const names = [schema, '?'].map((each) => `${each}.${parent}`.toLowerCase())
    const isTouched = names.some((each) => touched.has(each))
    return !isTouched && !(isNeeded(object) && there.has(`${schema}.${parent}`))
  })
}

/** Whether it is of a table or a type in a way that others can depend on, or copy. */
function isNeeded({ kind, definition: { definition } }: FingerprintObject): boolean {
  if (kind === 'constraint') return typeof definition !== 'string' || !definition.startsWith('FOREIGN KEY')
  return kind === 'column' || kind === 'attribute'
}

/**
 * Whether what is new in a part has a name that is taken in the whole, which PostgreSQL would have refused or changed there,
 * or what is gone had one that another has with a number for that.
 */
function meetsOthers(whole: Objects, from: Objects, to: Objects): boolean {
  const others = [...whole].flatMap(([identity, object]) => (from.has(identity) ? [] : namesOf(object)))
  const taken = new Set(others)
  const numbered = new Set(others.map((name) => name.replace(/(?<!\d)\d+$/, '')))
  return (
    namesApart(to, from).some((name) => taken.has(name)) ||
    namesApart(from, to).some((name) => numbered.has(name))
  )
}

/** The names of what one has and the other has not. */
function namesApart(one: Objects, other: Objects): readonly string[] {
  return [...one].flatMap(([identity, object]) => (other.has(identity) ? [] : namesOf(object)))
}

const named: ReadonlySet<string> = new Set(['index', 'constraint', 'sequence'])

/** A part of a table has no name of its own in its schema, but for what is a relation. */
function namesOf({ kind, schema, name, parent }: FingerprintObject): readonly string[] {
  return parent === undefined || named.has(kind) ? [`${schema}.${name}`] : []
}

function replaced(whole: Objects, from: Objects, to: Objects): Objects {
  const left = [...whole].filter(([identity]) => !from.has(identity))
  return new Map([...left, ...to])
}
