import type { Client, ClientBase } from 'pg'
import {
  type Action,
  type Catalog,
  type ComparedObjects,
  namedSides,
  type Rename,
  readCatalog,
  retypedColumn,
} from '../difference/index.ts'
import type { GrantedObjects } from '../operations/index.ts'
import type { AutogenerateInput } from './input.ts'
import { reversed } from './renames/settle.ts'
import { type RenameStep, renameSteps } from './renames/statements.ts'
import { checkingDeferred } from './search/deferred.ts'
import { lineOfSchema, partIntoRuns, type Run } from './search/lines.ts'
import { objectNames, recreatedReader, withoutObjects } from './search/recreated.ts'
import { searchScope, searchStatements } from './search/search.ts'
import { type SinglePass, tryBothDirections } from './search/single-pass.ts'
import { type OnStart, runInSearch } from './search/transaction.ts'
import { expectUsed } from './search/using.ts'
import { asRevision, type GeneratedRevision, statementSections } from './write/revision.ts'

/** The statements of all revisions that lead from the base to the wanted state, and back. */
export async function generateRevisions(
  input: AutogenerateInput,
  onBase: OnStart,
  [base, wanted]: readonly [Catalog, Catalog],
  asked: ComparedObjects,
  renames: readonly Rename[],
): Promise<readonly GeneratedRevision[]> {
  const { filter, casts } = input
  const scope = searchScope(asked)
  const steps = renameSteps(renames, namedSides(base, wanted, scope).source)
  const first = steps.map(({ action }) => action)
  const whole = await onBase(async (client) => {
    const recreated = await recreatedReader(
      client,
      scope,
      first.map(({ sql }) => sql),
    )
    const up = await searchStatements({ client, from: base, to: wanted, scope, first, casts })
    const runs = partIntoRuns(up.actions, lineOfSchema(input), filter[0] ?? '')
    const upKept = await recreated()
    const [only] = runs
    if (only === undefined || runs.length > 1) return { runs, upKept }
    const back = await downgradeActions(client, [base, up.reached], 0, only, steps, scope, casts)
    expectUsed(casts, [...up.actions, ...back.actions])
    const down = { ...back, from: up.reached, to: base }
    return { runs, upKept, down }
  })
  const { upKept, down } = whole
  if (down !== undefined) return whole.runs.map((run) => asRevision(input, run, upKept, down))
  const parts = { base, wanted, upKept, steps, scope }
  return onBase((client) => revisionsOfRuns(input, client, whole.runs, parts))
}

interface Parts {
  readonly base: Catalog
  readonly wanted: Catalog
  /** What the upgrade as a whole recreates. */
  readonly upKept: GrantedObjects
  readonly steps: readonly RenameStep[]
  readonly scope: ComparedObjects
}

/** The revisions of several runs, each tried after those before it on `client`, at the base state. */
async function revisionsOfRuns(
  input: AutogenerateInput,
  client: ClientBase,
  runs: readonly Run[],
  { base, wanted, upKept, steps, scope }: Parts,
): Promise<readonly GeneratedRevision[]> {
  const states: Catalog[] = [base]
  const kept: GrantedObjects[] = []
  for (const run of runs) {
    const own = new Set(run.actions.map(({ sql }) => sql))
    const renames = steps.flatMap(({ action: { sql } }) => (own.has(sql) ? [sql] : []))
    const recreated = await recreatedReader(client, scope, renames)
    await runInSearch(client, statementSections(checkingDeferred(run.actions, [base, wanted]), []))
    states.push(await readCatalog(client, scope))
    kept.push(await recreated())
  }
  const revisions: GeneratedRevision[] = []
  const all = runs.flatMap((run) => run.actions)
  for (const [index, run] of [...runs.entries()].reverse()) {
    const back = await downgradeActions(client, states, index, run, steps, scope, input.casts)
    all.push(...back.actions)
    const [from, to] = [states[index + 1] ?? base, states[index] ?? base]
    revisions.unshift(asRevision(input, run, kept[index] ?? {}, { ...back, from, to }))
  }
  expectUsed(input.casts, all)
  const lost = objectNames(withoutObjects(upKept, kept))
  if (lost.length > 0) {
    input.emit?.({
      event: 'warning',
      code: 'grants-lost',
      message: `grants on ${lost.join(', ')} are lost: one revision drops it and another recreates it, and the models do not have them`,
      help: 'grant them again in a revision after these, or compare grants too: --privileges',
    })
  }
  return namingLostGrants(revisions, lost)
}

/** Says in the first revision what no single one can keep: it goes in one and comes back in another. */
function namingLostGrants(
  [first, ...others]: readonly GeneratedRevision[],
  losesGrants: readonly string[],
): readonly GeneratedRevision[] {
  if (first === undefined) return []
  return [{ ...first, upgrade: { ...first.upgrade, losesGrants } }, ...others]
}

/** The downgrade of a run, and what it recreates: from the state after it to the one before. Casts back are never a person's to decide. */
async function downgradeActions(
  client: ClientBase,
  states: readonly Catalog[],
  index: number,
  run: Run,
  steps: readonly RenameStep[],
  scope: ComparedObjects,
  casts: AutogenerateInput['casts'],
): Promise<{ readonly actions: readonly Action[]; readonly kept: GrantedObjects }> {
  const [from, to] = [states[index + 1], states[index]]
  if (from === undefined || to === undefined) throw new RangeError(`run ${index} has no states`)
  const own = new Set(run.actions.map((action) => action.sql))
  const renames = new Set(steps.flatMap(({ rename, action }) => (own.has(action.sql) ? [rename] : [])))
  const existing = namedSides(from, to, scope).source
  const first = renameSteps([...renames].map(reversed), existing).map(({ action }) => action)
  const fill = fillsAmong(casts.using, run.actions)
  const back = { using: {}, recreate: ['*'], fill, there: casts.using, asked: casts.asked ?? [] }
  const recreated = await recreatedReader(
    client,
    scope,
    first.map(({ sql }) => sql),
  )
  const { actions } = await searchStatements({ client, from, to, scope, first, casts: back })
  return { actions, kept: await recreated() }
}

/** The expressions without those that casts of the upgrade have taken: they give values of the other type. */
function fillsAmong(
  using: Readonly<Record<string, string>>,
  actions: readonly Action[],
): Readonly<Record<string, string>> {
  const casts = actions.filter((action) => retypedColumn(action) !== undefined)
  const taken = new Set(casts.flatMap((action) => action.using ?? []))
  return Object.fromEntries(Object.entries(using).filter(([column]) => !taken.has(column)))
}

/**
 * The revision of a single pass. Both directions are run on `client`, at the base state, and rolled back. It
 * saves the search's copies of the database and its readings; whether it leads where it should is for the proof to
 * say. Undefined when PostgreSQL refuses one.
 */
export async function singlePassRevision(
  input: AutogenerateInput,
  client: Client,
  { base, wanted }: { readonly base: Catalog; readonly wanted: Catalog },
  scope: ComparedObjects,
  { run, downgrade }: SinglePass,
): Promise<GeneratedRevision | undefined> {
  const kept = await tryBothDirections(client, scope, run.actions, downgrade)
  if (kept === undefined) return undefined
  return asRevision(input, run, kept.up, {
    actions: downgrade,
    kept: kept.down,
    from: wanted,
    to: base,
  })
}
