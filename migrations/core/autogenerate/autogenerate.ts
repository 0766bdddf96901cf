import type { Client } from 'pg'
import {
  type Catalog,
  type Change,
  type ComparedObjects,
  type Difference,
  liveGlobals,
  managedGlobals,
  type Rename,
  seenDifference,
  type Unmodeled,
} from '../difference/index.ts'
import { exitCodes, MigError } from '../errors.ts'
import { changesBetween } from '../scratch/changes.ts'
import { type ScratchDatabase, scratchOptions, withScratchDatabase } from '../scratch/database.ts'
import { filteredSchemas } from '../scratch/lines.ts'
import type { State } from '../scratch/state.ts'
import { type FastPath, onFastPath } from './base/fast-path.ts'
import { onReplayedBase, replayBase } from './base/replayed.ts'
import { withDecisions } from './decisions.ts'
import { generateRevisions, singlePassRevision } from './generate.ts'
import type { AutogenerateInput } from './input.ts'
import { unconvertible } from './prove/live-conversions.ts'
import { unfilled, warnOfRows, warnOfStale } from './prove/live-rows.ts'
import { type Provable, prove } from './prove/prove.ts'
import { commitsBetween, type OnCopy, proofRows } from './prove/rows/index.ts'
import { type Asking, askingAtOnce } from './questions/asking.ts'
import { atOnce } from './questions/open.ts'
import { renamedChange } from './renames/settle.ts'
import { settledRenames } from './renames/trial.ts'
import { defersChecks } from './search/deferred.ts'
import { type SinglePass, singlePass } from './search/single-pass.ts'
import { type OnStart, undoingSearch } from './search/transaction.ts'
import { expectColumns } from './search/using.ts'
import { mostInTransaction } from './wanted/limits.ts'
import type { GeneratedRevision } from './write/revision.ts'
import { rewritten } from './write/rewrite.ts'

export interface AutogenerateResult<File = unknown> {
  /** Empty when models and base are the same. */
  readonly revisions: readonly GeneratedRevision[]
  /** What the caller made of the revisions. */
  readonly files: readonly File[]
  readonly changes: readonly Change[]
  readonly unmodeled: readonly Unmodeled[]
  /** What a person said is a rename; empty where nobody had to. */
  readonly renames: readonly Rename[]
  /** Why the proof failed; only under `keep`. */
  readonly unproved?: MigError
  /** The wanted state of the filter's schemas; missing where there is nothing to do. */
  readonly wanted?: State
}

/** Writes revisions as a caller keeps them: as they will be read, and as they are to be run in the proof. */
type Write<File> = (revisions: readonly GeneratedRevision[]) => {
  readonly files: readonly File[]
  readonly provable: readonly Provable[]
}

/**
 * Makes the revisions that lead from the base state to the models, and proves them up, down and up on a
 * scratch database before anybody sees them.
 * @param write what the caller makes of the revisions, and how that runs
 * @throws MigError `decision-needed` (exit 4) for renames and casts, `proof-failed` and `no-statement-order` (exit 5),
 *   `unmodeled` under `strict`, and what loading the models throws
 */
export async function autogenerate<File>(
  input: AutogenerateInput,
  write: Write<File>,
): Promise<AutogenerateResult<File>> {
  const result = await onFastPath(
    input,
    ({ client }, path) => fromFastPath(input, write, client, path),
    async (wanted, scratch) =>
      fromReplay(input, write, scratch, { base: await replayBase(input, wanted, scratch), wanted }),
  )
  warnOfRows(input, result.revisions)
  warnOfStale(input, result.revisions)
  return result
}

/** Both ends, and what lies between them. */
interface Compared {
  readonly base: State
  readonly wanted: State
  readonly scope: ComparedObjects
  readonly changes: readonly Change[]
  readonly unmodeled: readonly Unmodeled[]
  readonly renames: readonly Rename[]
}

/** Goes on from a base state that the models were downgraded to; undefined where it takes a replayed one. */
async function fromFastPath<File>(
  input: AutogenerateInput,
  write: Write<File>,
  client: Client,
  { base, wanted, scope, there, pass }: FastPath,
): Promise<AutogenerateResult<File> | undefined> {
  const found = compared(input, { base, wanted, scope }, there)
  if (pass === undefined) return nothingToDo(found)
  const tried = await tryPass(input, write, client, found, pass)
  return tried?.unproved === undefined ? tried : undefined
}

/** Goes on from a base state that was replayed, with a search for the order where it takes one. */
async function fromReplay<File>(
  input: AutogenerateInput,
  write: Write<File>,
  scratch: ScratchDatabase,
  { base, wanted }: Pick<Compared, 'base' | 'wanted'>,
): Promise<AutogenerateResult<File>> {
  const schemas = filteredSchemas(input)
  const globalsOf = input.adoptUrl === undefined ? managedGlobals : liveGlobals
  const globals = globalsOf(base.catalog, wanted.catalog, schemas)
  const scope: ComparedObjects = { schemas, excludes: input.excludes, globals, privileges: input.privileges }
  const there = seenDifference(base.catalog, wanted.catalog, scope)
  const found = compared(input, { base, wanted, scope }, there)
  expectColumns(input.casts, base.catalog, wanted.catalog)
  if (found.changes.length === 0) return nothingToDo(found)
  return askingAtOnce(input.decide, (asking) => changing(input, write, scratch, found, there, asking))
}

/** The revisions for what has changed, on a scratch database at the base state. */
async function changing<File>(
  input: AutogenerateInput,
  write: Write<File>,
  scratch: ScratchDatabase,
  found: Compared,
  there: Difference | undefined,
  asking: Asking,
): Promise<AutogenerateResult<File>> {
  const { scope, wanted } = found
  const ends = { base: found.base.catalog, wanted: wanted.catalog }
  const { decide } = asking
  const { made, decisions } = await withDecisions({ ...input, decide }, (asked) =>
    settledRenames(scratch.client, ends, scope, { ...input, ...asked }),
  )
  const { renames, renamed } = made
  const decided = { ...input, ...decisions }
  const pass = there === undefined || renames.length > 0 ? undefined : singlePass(decided, ends, scope, there)
  const tried = pass === undefined ? undefined : await tryPass(decided, write, scratch.client, found, pass)
  if (tried !== undefined && tried.unproved === undefined) return tried
  const settled = { ...found, renames, changes: changesAfter(renames, renamed, found) }
  const search = (at: ScratchDatabase) => searched(decided, write, settled, at, asking)
  // A proof leaves its rows.
  return tried === undefined ? search(scratch) : onReplayedBase(decided, wanted, search)
}

/**
 * The revision of a single pass, proved on `client`. Undefined where PostgreSQL refuses its statements, which leaves the
 * database as it was, and where a person has to decide about the rows of the live database and can be asked.
 */
async function tryPass<File>(
  input: AutogenerateInput,
  write: Write<File>,
  client: Client,
  found: Compared,
  pass: SinglePass,
): Promise<AutogenerateResult<File> | undefined> {
  const ends = { base: found.base.catalog, wanted: found.wanted.catalog }
  const revision = await singlePassRevision(input, client, ends, found.scope, pass)
  if (revision === undefined) return undefined
  const open = await openOfLiveRows(input, [revision])
  if (open !== undefined && input.decide === undefined) throw open
  if (open !== undefined) return undefined
  return proved({ ...input, keep: true }, write, found, client, [revision])
}

/** The revisions of a search, proved on a copy of `scratch`, or on itself. */
async function searched<File>(
  input: AutogenerateInput,
  write: Write<File>,
  found: Compared,
  scratch: ScratchDatabase,
  { decide, settle }: Asking,
): Promise<AutogenerateResult<File>> {
  const onCopy: OnCopy = (body) =>
    withScratchDatabase(scratchOptions(input, scratch), ({ client }) => body(client))
  let open: Client | undefined = scratch.client
  const close = async () => {
    await open?.end()
    open = undefined
  }
  const { made } = await withDecisions({ ...input, decide }, async (asked) => {
    const decided = { ...input, ...asked }
    let revisions = open && (await searchedAndUndone(decided, found, open))
    // CREATE DATABASE … TEMPLATE fails while anyone is connected to the template (55006).
    if (revisions === undefined) await close()
    revisions ??= await generated(decided, found, onCopy)
    settle(await openOfLiveRows(decided, revisions))
    return revisions
  })
  const proveOn = (session: Client, copy?: OnCopy) => proved(input, write, found, session, made, copy)
  if (commitsBetween(made)) {
    await close()
    return onCopy((session) => proveOn(session, onCopy))
  }
  if (open !== undefined) return proveOn(open)
  const session = await scratch.connect()
  try {
    return await proveOn(session)
  } finally {
    await session.end()
  }
}

function generated(
  input: AutogenerateInput,
  { base, wanted, scope, renames }: Compared,
  onBase: OnStart,
): Promise<readonly GeneratedRevision[]> {
  return generateRevisions(input, onBase, [base.catalog, wanted.catalog], scope, renames)
}

/** The revisions of a search on the database itself; undefined where it takes copies. */
async function searchedAndUndone(
  input: AutogenerateInput,
  found: Compared,
  client: Client,
): Promise<readonly GeneratedRevision[] | undefined> {
  const { base, wanted, changes } = found
  if (changes.length > mostInTransaction || [base, wanted].some(({ catalog }) => defersChecks(catalog)))
    return undefined
  try {
    return await undoingSearch(client, (onBase) => generated(input, found, onBase))
  } catch (error) {
    // Whether there is none, a search with copies says.
    if (error instanceof MigError && error.code === 'no-statement-order') return undefined
    throw error
  }
}

/** What is to be decided where rows of the live database do not go through. */
async function openOfLiveRows(
  input: AutogenerateInput,
  revisions: readonly GeneratedRevision[],
): Promise<MigError | undefined> {
  return atOnce([await unfilled(input, revisions), await unconvertible(input, revisions)])
}

function compared(
  input: AutogenerateInput,
  { base, wanted, scope }: Pick<Compared, 'base' | 'wanted' | 'scope'>,
  there: Difference | undefined,
): Compared {
  const unmodeled = unmodeledIn(input, base, wanted)
  return { base, wanted, scope, unmodeled, renames: [], changes: changesBetween(base, wanted, scope, there) }
}

/** The renames, and what differs after them. */
function changesAfter(
  renames: readonly Rename[],
  renamed: Catalog,
  { wanted, scope, changes }: Compared,
): readonly Change[] {
  if (renames.length === 0) return changes
  const rest = seenDifference(renamed, wanted.catalog, scope)?.changes ?? changes
  return [...renames.map(renamedChange), ...rest]
}

function nothingToDo({ changes, unmodeled }: Compared): AutogenerateResult<never> {
  return { revisions: [], files: [], changes, unmodeled, renames: [] }
}

/** Has revisions rewritten, written and proved on `client`, at the base state. */
async function proved<File>(
  input: AutogenerateInput,
  write: Write<File>,
  { base, wanted, scope, changes, unmodeled, renames }: Compared,
  client: Client,
  generated: readonly GeneratedRevision[],
  onCopy?: OnCopy,
): Promise<AutogenerateResult<File>> {
  const statements = await rewritten(generated, changes, input.rewrite)
  const { revisions, observer } = await proofRows(client, statements, { lines: input.lines, renames }, onCopy)
  const { files, provable } = write(revisions)
  const proof = { client, revisions: provable, base, wanted, scope, rows: observer }
  const unproved = await failureOf(() => prove(proof), input.keep)
  return {
    revisions,
    files,
    changes,
    unmodeled,
    renames,
    wanted,
    ...(unproved === undefined ? {} : { unproved }),
  }
}

async function failureOf(proof: () => Promise<void>, keep: boolean): Promise<MigError | undefined> {
  try {
    await proof()
    return undefined
  } catch (error) {
    if (keep && error instanceof MigError && error.code === 'proof-failed') return error
    throw error
  }
}

/** The objects that neither side of the difference can be compared by; an error under `strict`. */
function unmodeledIn(input: AutogenerateInput, base: State, wanted: State): readonly Unmodeled[] {
  const found = [...base.catalog.unmodeled, ...wanted.catalog.unmodeled]
  if (input.strict && found.length > 0) {
    const list = found.map(({ kind, names }) => `${kind}: ${names.join(', ')}`).join('\n')
    throw new MigError('unmodeled', `these are not compared:\n${list}`, {
      exitCode: exitCodes.proofFailed,
      help: 'omit --strict to continue without them, and write their changes by hand',
      facts: { unmodeled: found },
    })
  }
  return found
}
