import type { Client } from 'pg'
import {
  type Catalog,
  type Change,
  type Difference,
  managedGlobals,
  type Rename,
  readCatalog,
  type Scope,
  seenDifference,
  type Unmodeled,
} from '../difference/index.ts'
import { exitCodes, MigError } from '../errors.ts'
import {
  compareFingerprints,
  type Fingerprint,
  fingerprintChangesText,
} from '../postgres/fingerprint/index.ts'
import { type ScratchDatabase, scratchOptions, withScratchDatabase } from '../scratch/database.ts'
import { filteredSchemas } from '../scratch/lines.ts'
import { runSections } from '../scratch/run-sections.ts'
import { observe, type State } from '../scratch/state.ts'
import { prepareBase } from './base/base.ts'
import { fromModels } from './base/fast-path.ts'
import { generateRevisions, singlePassRevision } from './generate.ts'
import type { AutogenerateInput } from './input.ts'
import { expectConvertible } from './prove/live-conversions.ts'
import { expectFilled, warnOfRows, warnOfStale } from './prove/live-rows.ts'
import { type Provable, prove } from './prove/prove.ts'
import { commitsBetween, type OnCopy, proofRows, seedBase } from './prove/rows/index.ts'
import { renamedChange } from './renames/settle.ts'
import { settledRenames } from './renames/trial.ts'
import { singlePass } from './search/single-pass.ts'
import { expectColumns } from './search/using.ts'
import { withKeptGrants } from './write/kept-grants.ts'
import type { GeneratedRevision } from './write/revision.ts'
import { rewritten } from './write/rewrite.ts'

export interface AutogenerateResult {
  /** Empty when models and base are the same. */
  readonly revisions: readonly GeneratedRevision[]
  readonly changes: readonly Change[]
  readonly unmodeled: readonly Unmodeled[]
  /** What a person said is a rename; empty where nobody had to. */
  readonly renames: readonly Rename[]
  /** Why the proof failed; only under `keep`. */
  readonly unproved?: MigError
  /** The wanted state of the filter's schemas; missing where there is nothing to do. */
  readonly wanted?: State
}

/**
 * Makes the revisions that lead from the base state to the models, and proves them up, down and up on a
 * scratch database before anybody sees them.
 * @param runnable how a revision is to be run in the proof; default: its statements. A caller that has
 *   written the files gives what runs the files themselves.
 * @throws MigError `decision-needed` (exit 4) for renames and casts, `proof-failed` and `no-statement-order` (exit 5),
 *   `unmodeled` under `strict`, and what loading the models throws
 */
export async function autogenerate(
  input: AutogenerateInput,
  runnable: Runnable = statementsOf,
): Promise<AutogenerateResult> {
  const made = await proveFrom(input, runnable)
  warnOfRows(input, made.revisions)
  warnOfStale(input, made.revisions)
  return made
}

/** How revisions are to be run in the proof. */
type Runnable = (revisions: readonly GeneratedRevision[]) => Promise<readonly Provable[]>

/** Both ends, and what lies between them. */
interface Compared {
  readonly base: State
  readonly wanted: State
  readonly scope: Scope
  readonly changes: readonly Change[]
  readonly unmodeled: readonly Unmodeled[]
  readonly renames: readonly Rename[]
}

async function proveFrom(input: AutogenerateInput, runnable: Runnable): Promise<AutogenerateResult> {
  const { wanted, made } = await fromModels(input, async ({ client }, { there, pass, ...ends }) => {
    const found = compared(input, ends, there)
    if (pass === undefined) return nothingToDo(found)
    const catalogs = { base: ends.base.catalog, wanted: ends.wanted.catalog }
    const single = await singlePassRevision(input, client, catalogs, ends.scope, pass)
    if (single === undefined) return undefined
    const result = await proved(input, runnable, found, client, [single], true)
    return result.unproved === undefined ? result : undefined
  })
  return (
    made ?? fromBase(input, wanted, (scratch, base) => proveFromBase(input, runnable, scratch, base, wanted))
  )
}

/** As {@link proveFrom}, from a base state that was replayed, and with a search for the order where it takes one. */
async function proveFromBase(
  input: AutogenerateInput,
  runnable: Runnable,
  scratch: ScratchDatabase,
  base: State,
  wanted: State,
): Promise<AutogenerateResult> {
  const schemas = filteredSchemas(input)
  const globals = managedGlobals(base.catalog, wanted.catalog, schemas)
  const scope: Scope = { schemas, excludes: input.excludes, globals, privileges: input.privileges }
  const there = seenDifference(base.catalog, wanted.catalog, scope)
  const found = compared(input, { base, wanted, scope }, there)
  expectColumns(input.casts, base.catalog, wanted.catalog)
  if (found.changes.length === 0) return nothingToDo(found)
  const catalogs = { base: base.catalog, wanted: wanted.catalog }
  const { renames, renamed } = await settledRenames(scratch.client, catalogs, scope, input)
  const withRenames = { ...found, renames, changes: changesAfter(renames, renamed, found) }
  const searched = async (database: ScratchDatabase) => {
    // CREATE DATABASE … TEMPLATE fails while anyone is connected to the template (55006).
    await database.client.end()
    const from = { database, catalog: base.catalog }
    const generated = await generateRevisions(input, from, wanted.catalog, scope, renames)
    const prove = (session: Client, onCopy?: OnCopy) =>
      proved(input, runnable, withRenames, session, generated, input.keep, onCopy)
    if (commitsBetween(generated)) {
      const onCopy: OnCopy = (body) =>
        withScratchDatabase(scratchOptions(input, database), ({ client }) => body(client))
      return onCopy((session) => prove(session, onCopy))
    }
    const session = await database.connect()
    try {
      return await prove(session)
    } finally {
      await session.end()
    }
  }
  if (there === undefined || renames.length > 0) return searched(scratch)
  const pass = singlePass(input, catalogs, scope, there)
  const single =
    pass === undefined ? undefined : await singlePassRevision(input, scratch.client, catalogs, scope, pass)
  if (single === undefined) return searched(scratch)
  const made = await proved(input, runnable, found, scratch.client, [single], true)
  return made.unproved === undefined ? made : fromBase(input, wanted, searched)
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

function nothingToDo({ changes, unmodeled }: Compared): AutogenerateResult {
  return { revisions: [], changes, unmodeled, renames: [] }
}

/** Has revisions rewritten and proved on `client`, at the base state. */
async function proved(
  input: AutogenerateInput,
  runnable: Runnable,
  { base, wanted, scope, changes, unmodeled, renames }: Compared,
  client: Client,
  generated: readonly GeneratedRevision[],
  keep: boolean,
  onCopy?: OnCopy,
): Promise<AutogenerateResult> {
  await expectFilled(input, generated)
  await expectConvertible(input, generated)
  const statements = await rewritten(generated, changes, input.rewrite)
  const { revisions, observer } = await proofRows(client, statements, { lines: input.lines, renames }, onCopy)
  const provable = await runnable(revisions)
  const proof = { client, revisions: provable, base, wanted, scope, rows: observer }
  const unproved = await failureOf(() => prove(proof), keep)
  return {
    revisions,
    changes,
    unmodeled,
    renames,
    wanted,
    ...(unproved === undefined ? {} : { unproved }),
  }
}

/** Hands a scratch database at the base state to `body`. */
function fromBase<T>(
  input: AutogenerateInput,
  wanted: State,
  body: (scratch: ScratchDatabase, base: State) => Promise<T>,
): Promise<T> {
  return withScratchDatabase(scratchOptions(input), async (scratch) => {
    const read = await prepareBase(input, scratch, wanted.catalog)
    await seedBase(scratch.client, input)
    const schemas = filteredSchemas(input)
    // Mostly the filter is every line, whose fingerprint the base was compared by.
    if (read === undefined || read.schemas.join('\0') !== schemas.join('\0')) {
      return body(scratch, await observe(scratch.client, { ...input, schemas }))
    }
    return body(scratch, { catalog: await readCatalog(scratch.client), fingerprint: read.fingerprint })
  })
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

/**
 * What differs, in readable words.
 * @throws MigError `unseen-difference` (exit 5) when only the fingerprint sees one: then nothing can be written
 */
export function changesBetween(
  from: State,
  to: State,
  scope: Scope,
  seen: Difference | undefined = seenDifference(from.catalog, to.catalog, scope),
): readonly Change[] {
  const changes = seen?.changes
  const unseen = changes?.length === 0 ? compareFingerprints(from.fingerprint, to.fingerprint) : []
  if (unseen.length > 0) {
    throw new MigError(
      'unseen-difference',
      `models and database differ in something that cannot be generated:\n${fingerprintChangesText(unseen)}`,
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

/** The objects that neither side of the difference can be compared by; an error under `strict`. */
function unmodeledIn(input: AutogenerateInput, base: State, wanted: State): readonly Unmodeled[] {
  const found = [...base.catalog.unmodeled, ...wanted.catalog.unmodeled]
  if (input.strict && found.length > 0) {
    const list = found.map(({ kind, names }) => `${kind}: ${names.join(', ')}`).join('\n')
    throw new MigError('unmodeled', `these are not compared:\n${list}`, {
      exitCode: exitCodes.proofFailed,
      help: 'leave --strict out to go on without them, and write their changes by hand',
      facts: { unmodeled: found },
    })
  }
  return found
}

function statementsOf(revisions: readonly GeneratedRevision[]): Promise<readonly Provable[]> {
  return Promise.resolve(
    revisions.map(
      ({ line, upgrade, downgrade }): Provable => ({
        name: `the revision of ${line}`,
        upgrade: (client) => runSections(client, withKeptGrants(upgrade)),
        downgrade: (client) => runSections(client, withKeptGrants(downgrade)),
      }),
    ),
  )
}
