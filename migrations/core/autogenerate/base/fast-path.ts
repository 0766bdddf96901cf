import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Client } from 'pg'
import {
  type ComparedObjects,
  type Difference,
  managedGlobals,
  renameCandidates,
  seenDifference,
} from '../../difference/index.ts'
import { silentOf } from '../../environment/index.ts'
import { MigError } from '../../errors.ts'
import type { MigEvent } from '../../events.ts'
import { type Fingerprint, fingerprintHash } from '../../postgres/fingerprint/index.ts'
import { onDatabase } from '../../postgres/index.ts'
import { type ScratchDatabase, scratchOptions, withScratchDatabase } from '../../scratch/database.ts'
import { filteredSchemas } from '../../scratch/lines.ts'
import { seedNames } from '../../scratch/rows/index.ts'
import { fingerprintOf, observe, type State } from '../../scratch/state.ts'
import type { OnLive } from '../../scratch/surroundings/surroundings.ts'
import { withoutRunning } from '../../scratch/without-running.ts'
import type { ModelFile } from '../../sources/index.ts'
import type { AutogenerateInput } from '../input.ts'
import { seedBase } from '../prove/rows/index.ts'
import { type SinglePass, singlePass } from '../search/single-pass.ts'
import { runsAtOnce } from '../search/trial.ts'
import { keepWhole, knownState, type NearWanted, nearWanted, onBoth } from '../wanted/near/near-wanted.ts'
import { loadAll, loadFiles, onWantedState, readAllModels, warnOfModels } from '../wanted/wanted.ts'
import { expectTrustedBase } from './replayed.ts'
import { readsNoRows } from './row-blind.ts'

/** What is known when a scratch database stands at the base state. */
export interface FastPath {
  readonly base: State
  readonly wanted: State
  readonly scope: ComparedObjects
  /** Schemas of lines that neither the database nor the models have anything in. */
  readonly unmade: readonly string[]
  readonly there: Difference
  /** Undefined where there is nothing to do. */
  readonly pass: SinglePass | undefined
}

/**
 * Reads the wanted state, and goes on from there where the base state is near: the scratch database that has the models
 * is downgraded to the live database by the difference between the two, so that the revisions need not be replayed to
 * get there. `body` gets what a replay would have led to, since all that it can tell apart is the same:
 *
 * - The catalog: the fingerprint of every line is the live database's, which is what a replay is held to too; a
 *   difference by hand makes no difference here, and lines outside the filter are in both as the models have them.
 * - Rows that the revisions leave: none of the statements, up or down, looks at one ({@link readsNoRows}). Rows of a seed
 *   and generated ones are here as there.
 * - The ledger: stamped where the replay would have ended.
 *
 * What only a replay can show is left to one: tenant lines, grants, hooks that write statements of their own,
 * decisions of a person, objects that the engine does not compare, more than one transaction each way, tables whose
 * partitions the models leave alone, and tables that inherit: whether a column is also the child's own (`attislocal`) shows
 * only when the parent's goes.
 * @param replayed gets the wanted state and an empty scratch database where the revisions have to be replayed
 */
export async function onFastPath<T>(
  input: AutogenerateInput,
  body: (scratch: ScratchDatabase, path: FastPath) => Promise<T | undefined>,
  replayed: (wanted: State, scratch: ScratchDatabase) => Promise<T>,
): Promise<T> {
  const replay = (wanted: State) =>
    withScratchDatabase(scratchOptions(input), (scratch) => replayed(wanted, scratch))
  const { adoptUrl, liveUrl, standAtHeads } = input
  if (adoptUrl !== undefined) {
    const wanted = { ...input, schemas: filteredSchemas(input) }
    return replay(await onDatabase(adoptUrl, (client) => observe(client, wanted)))
  }
  if (
    liveUrl === null ||
    standAtHeads === undefined ||
    needsReplay(input) ||
    (await leavesPartitions(input, liveUrl))
  ) {
    return onWantedState(input, async (wanted, scratch) => {
      await input.expectWanted?.(wanted)
      return replayed(wanted, scratch)
    })
  }
  const { files } = await readAllModels(input)
  const onLive: OnLive = (look) => onDatabase(liveUrl, look)
  // Rows of a seed can be in any table.
  const known = hasSeed(input) ? undefined : await knownState(input, onLive, files)
  const near = known === undefined ? undefined : nearWanted(input, known, files)
  if (near !== undefined) {
    const made = await onNear(input, near, standAtHeads, body)
    if (made !== undefined) {
      await warnOfModels(files, input)
      return made
    }
  }
  const { wanted, made } = await withScratchDatabase(scratchOptions(input), async (scratch) => {
    const { client } = scratch
    await expectTrustedBase(input, client)
    const [{ isWhole, ...models }, live] = await together(
      loadAll(client, files, input).then(async (isWhole) => ({
        isWhole,
        ...(await observeLines(client, input)),
      })),
      onDatabase(liveUrl, (session) => observeLines(session, input)),
    )
    const wanted = models.state
    await input.expectWanted?.(wanted)
    if (isWhole) await keepWhole(input, onLive, client, files, fingerprintsOf(models))
    const path = fastPath(input, models, live)
    if (path === undefined || !(await leadsToLive(client, input, path, live))) return { wanted }
    await standAtHeads(client)
    await seedBase(client, input)
    return { wanted, made: await body(scratch, path) }
  })
  return made ?? replay(wanted)
}

/**
 * As {@link onFastPath}, with no more of the models than a difference can reach. The base state is what the models that have
 * made the live database make of it, since that has their fingerprint.
 * @returns undefined where it takes the whole
 */
async function onNear<T>(
  input: AutogenerateInput,
  near: NearWanted,
  standAtHeads: (client: Client) => Promise<void>,
  body: (scratch: ScratchDatabase, path: FastPath) => Promise<T | undefined>,
): Promise<T | undefined> {
  const told: MigEvent[] = []
  const quiet = { ...input, emit: (event: MigEvent) => void told.push(event) }
  const load = async (client: Client, files: readonly ModelFile[]) => {
    // What is said of both is said of the second.
    told.length = 0
    await expectTrustedBase(input, client)
    return (await loadFiles(client, files, quiet)) ? observeLines(client, quiet) : undefined
  }
  const made = await onBoth(scratchOptions(input), near, load, async (ends, scratch) => {
    const { base, wanted: models, dependencies } = ends
    const { client } = scratch
    const whole = near.whole(fingerprintsOf(base), fingerprintsOf(models), dependencies)
    if (whole === undefined) return undefined
    const { objects } = whole
    const fingerprint = { objects, unknown: [], hash: fingerprintHash(objects) }
    await input.expectWanted?.({ ...models.state, fingerprint })
    const path = fastPath(quiet, models, base)
    if (path === undefined || !(await leadsToLive(client, quiet, path, base))) return undefined
    await standAtHeads(client)
    const result = await body(scratch, path)
    if (result !== undefined) near.keep(whole)
    return result
  }).catch((error: unknown) => {
    // What is wrong shows on the whole, as it is there.
    if (error instanceof MigError) return undefined
    throw error
  })
  if (made !== undefined) for (const event of told) input.emit?.(event)
  return made
}

function hasSeed({ modelsDir }: AutogenerateInput): boolean {
  return seedNames.some((name) => existsSync(join(modelsDir, name)))
}

function needsReplay(input: AutogenerateInput): boolean {
  const { casts, lines, online, privileges, renames, rewrite } = input
  return (
    rewrite !== undefined ||
    privileges ||
    online ||
    lines.some((line) => line.tenant) ||
    casts.recreate.length > 0 ||
    Object.keys(casts.using).length > 0 ||
    Object.keys(renames.given).length > 0
  )
}

/** Whether the database has partitioned tables that the models declare as plain ones, where more is allowed. */
async function leavesPartitions({ lines, models }: AutogenerateInput, liveUrl: string): Promise<boolean> {
  const schemas = lines.flatMap(({ key, schema }) =>
    silentOf(models, key).has('partitioning') ? [schema] : [],
  )
  if (schemas.length === 0) return false
  const { rows } = await onDatabase(liveUrl, (live) =>
    live.query<{ found: boolean }>(
      `SELECT EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                       WHERE c.relkind = 'p' AND n.nspname = ANY ($1::text[])) AS found`,
      [schemas],
    ),
  )
  return rows[0]?.found === true
}

/** A database as both observers see it, and the lines outside the filter by their fingerprint. */
interface Observed {
  readonly state: State
  readonly others: Fingerprint
}

function fingerprintsOf({ state, others }: Observed): readonly Fingerprint[] {
  return [state.fingerprint, others]
}

async function observeLines(client: Client, input: AutogenerateInput): Promise<Observed> {
  const state = await observe(client, { ...input, schemas: filteredSchemas(input) })
  return { state, others: await othersOf(client, input) }
}

async function othersOf(client: Client, input: AutogenerateInput): Promise<Fingerprint> {
  const own = filteredSchemas(input)
  const schemas = input.lines.map((line) => line.schema).filter((schema) => !own.includes(schema))
  if (schemas.length === 0) return { objects: new Map(), unknown: [], hash: fingerprintHash(new Map()) }
  return fingerprintOf(client, { ...input, schemas })
}

function fastPath(input: AutogenerateInput, models: Observed, live: Observed): FastPath | undefined {
  const base = live.state
  const unmade = input.lines.map((line) => line.schema).filter((name) => !isThere(name, live))
  // The runner makes a schema with its line's first revision; an empty one is as good as none.
  const [own, others] = [models.state.fingerprint, models.others].map((all) => withoutEmpty(all, unmade))
  if (own === undefined || others === undefined) return undefined
  if (!isSame(live.others, others) || base.catalog.unmodeled.length > 0) return undefined
  if ([base.fingerprint, own].some(hasInheritance)) return undefined
  const wanted = { ...models.state, fingerprint: own }
  const schemas = filteredSchemas(input).filter((name) => !unmade.includes(name))
  const globals = managedGlobals(base.catalog, wanted.catalog, schemas)
  const scope: ComparedObjects = { schemas, excludes: input.excludes, globals, privileges: input.privileges }
  const there = seenDifference(base.catalog, wanted.catalog, scope)
  if (there === undefined) return undefined
  const ends = { base, wanted, scope, unmade, there }
  if (there.actions.length === 0) {
    const isEqual = there.changes.length === 0 && isSame(base.fingerprint, wanted.fingerprint)
    return isEqual ? { ...ends, pass: undefined } : undefined
  }
  if (renameCandidates(base.catalog, wanted.catalog, scope).length > 0) return undefined
  const pass = singlePass(input, { base: base.catalog, wanted: wanted.catalog }, scope, there)
  if (pass === undefined || !readsNoRows(pass.run.actions) || !readsNoRows(pass.downgrade)) return undefined
  return { ...ends, pass }
}

/** Downgrades the models to the live database; false when PostgreSQL refuses, or when it leads elsewhere. */
async function leadsToLive(
  client: Client,
  input: AutogenerateInput,
  { pass, scope, unmade }: FastPath,
  live: Observed,
): Promise<boolean> {
  if (pass === undefined) return true
  if (!(await runsAtOnce(client, withoutRunning(pass.downgrade)))) return false
  const own = await fingerprintOf(client, scope)
  if (!isSame(own, live.state.fingerprint)) return false
  const others = withoutEmpty(await othersOf(client, input), unmade)
  return others !== undefined && isSame(others, live.others)
}

/** Both results, or the first error; either way nothing is left running. */
async function together<A, B>(first: Promise<A>, second: Promise<B>): Promise<readonly [A, B]> {
  await Promise.allSettled([first, second])
  return Promise.all([first, second])
}

function isSame(one: Fingerprint, other: Fingerprint): boolean {
  return one.hash === other.hash
}

function hasInheritance({ objects }: Fingerprint): boolean {
  return [...objects.values()].some(
    ({ kind, definition }) =>
      kind.endsWith('table') && definition.inherits !== undefined && definition.partitionBound === undefined,
  )
}

function isThere(schema: string, { state, others }: Observed): boolean {
  return [...state.fingerprint.objects.values(), ...others.objects.values()].some(
    ({ kind, name }) => kind === 'schema' && name === schema,
  )
}

/** A fingerprint without some schemas that hold nothing; undefined where one holds anything. */
function withoutEmpty(all: Fingerprint, schemas: readonly string[]): Fingerprint | undefined {
  const left = [...all.objects].filter(([, object]) => !schemas.includes(object.schema))
  const gone = [...all.objects.values()].filter((object) => schemas.includes(object.schema))
  if (gone.some(({ kind }) => kind !== 'schema')) return undefined
  if (gone.length === 0) return all
  const objects = new Map(left)
  return { ...all, objects, hash: fingerprintHash(objects) }
}
