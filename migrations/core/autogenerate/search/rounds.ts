import type { ClientBase } from 'pg'
import {
  type Action,
  type Catalog,
  type ComparedObjects,
  type Difference,
  idKey,
  keepingMoves,
  misorderedComposites,
  readCatalog,
  retypedColumn,
  tryDifference,
} from '../../difference/index.ts'
import { qualifiedName } from '../../postgres/index.ts'
import { bodiless, withoutRunning } from '../../scratch/without-running.ts'
import { columnText } from '../questions/names.ts'
import { atOnce } from '../questions/open.ts'
import { decideCasts, undecidedCasts, undecidedFills, undecidedSessions } from './casts.ts'
import type { CastDecisions } from './decisions.ts'
import { withoutDetours } from './detours.ts'
import { domainRepair } from './domain-containers.ts'
import { decideFills, unfillable } from './fill.ts'
import { makeFoundations } from './foundations.ts'
import { dropsOfHeirs } from './heirs.ts'
import { dropMisordered } from './misordered-types.ts'
import { noStatementOrder } from './no-order.ts'
import {
  dropEmptied,
  dropsInCycle,
  refillsFor,
  tablesInCycle,
  tablesToRecreate,
  withRefills,
} from './recreated-tables.ts'
import { dropToRecreate, repairFor } from './repairs.ts'
import { type Refill, type SetAside, settingAside, type TableId } from './set-aside.ts'
import { begin, rollback } from './transaction.ts'
import { type Fix, type Refusal, tryActions } from './trial.ts'
import { freeTypesInUse, tablesKeyedByChangedTypes } from './types-in-use.ts'
import { tryWithUsing } from './using.ts'
import { withoutNewAliases } from './view-aliases.ts'
import { undecidedViolations, withoutViolating } from './violations.ts'

export interface SearchInput {
  /** On a scratch database that stands at `from`; it is left at `to`. */
  readonly client: ClientBase
  readonly from: Catalog
  readonly to: Catalog
  /** Made by `searchScope`. */
  readonly scope: ComparedObjects
  /** Statements to run first, whatever the difference: renames. */
  readonly first: readonly Action[]
  readonly casts: CastDecisions
  /** Whether `to` is a live database, whose functions are not run: the actions are not for a file then. */
  readonly isLive?: boolean
}

export interface SearchResult {
  readonly actions: readonly Action[]
  readonly reached: Catalog
}

const mostRounds = 12

/** What a search has reached. */
interface Progress {
  /** What has run. */
  readonly actions: Action[]
  /** Tables whose rows wait beside them. */
  readonly asides: SetAside[]
  /** Tables that cannot be set aside, by key. */
  readonly unmovable: Set<string>
  /** The database as it is. */
  current: Catalog
  /** What PostgreSQL refused in the last round. */
  refused: readonly Refusal[]
}

/** A search under way. */
interface Search extends SearchInput {
  readonly progress: Progress
  /** What is done about an action that PostgreSQL refuses. */
  readonly fix: Fix
}

/**
 * Runs rounds of differences until there is none.
 * @throws MigError `decision-needed`, `no-statement-order`
 */
export async function searchRounds(input: SearchInput): Promise<SearchResult> {
  const { client, to, scope } = input
  const progress: Progress = {
    actions: [],
    asides: [],
    unmovable: new Set(),
    current: input.from,
    refused: [],
  }
  const search: Search = { ...input, progress, fix: fixFor(input, progress) }
  await runFirst(search)
  for (let round = 0; round < mostRounds; round += 1) {
    await moveColumns(search)
    await dropMisorderedTypes(search)
    const planned = tryDifference(progress.current, to, scope)
    const stuck = await stuckTables(search, planned)
    if (stuck.length > 0) await setTablesAside(search, stuck, planned)
    else if (planned instanceof Error) await breakCycle(search, planned)
    else {
      const refills = refillsFor(planned.actions, progress.asides, progress.current, input)
      if (planned.actions.length === 0 && refills.length === 0) return reached(search, planned)
      await runPlanned(search, planned, refills)
    }
    progress.current = await readCatalog(client, scope)
  }
  const left = tryDifference(progress.current, to, scope)
  if (progress.asides.length > 0 && !(left instanceof Error))
    throw noStatementOrder('', left.changes, progress.refused)
  return reached(search, left)
}

/** The result, where nothing is left. */
function reached({ from, progress }: Search, left: Difference | Error): SearchResult {
  const { actions, current, refused } = progress
  if (left instanceof Error) throw noStatementOrder(left.message, [], refused)
  if (left.actions.length > 0 || left.changes.length > 0) throw noStatementOrder('', left.changes, refused)
  return { actions: withoutDetours(actions, from), reached: current }
}

function fixFor({ client, casts, to }: SearchInput, { asides }: Progress): Fix {
  return async (_, refusal) => {
    // While rows wait beside their table, others may only seem to break a constraint.
    const instead = asides.length === 0 ? withoutViolating(refusal, casts, to) : undefined
    if (instead !== undefined) return { first: [], instead }
    const table = unfillable(refusal, casts)
    if (table !== undefined) {
      await client.query(`TRUNCATE ${qualifiedName(table.schema, table.table)} CASCADE`)
      return { first: [], instead: [refusal.action] }
    }
    return (await repairFor(client, refusal, casts)) ?? domainRepair(client, refusal)
  }
}

/** Runs what comes first, whatever the difference. */
async function runFirst({ client, first, scope, progress }: Search): Promise<void> {
  if (first.length === 0) return
  const trial = await tryActions(client, first, () => Promise.resolve(undefined))
  if (trial.refused.length > 0) throw noStatementOrder('', [], trial.refused)
  progress.actions.push(...trial.done)
  progress.current = await readCatalog(client, scope)
}

/** Moves to other tables of an inheritance that keep the rows. */
async function moveColumns({ client, to, scope, casts, progress, fix }: Search): Promise<void> {
  const moves = keepingMoves(progress.current, to, scope)
  const kept = await tryActions(client, await decidedCasts(client, moves, casts, progress.actions), fix)
  if (kept.done.length === 0) return
  progress.actions.push(...kept.done)
  progress.current = await readCatalog(client, scope)
}

async function dropMisorderedTypes({ client, to, scope, casts, progress }: Search): Promise<void> {
  const misordered = misorderedComposites(progress.current, to, scope)
  if (misordered.length === 0) return
  const dropped = await dropMisordered(client, misordered, casts)
  progress.actions.push(...dropped)
  if (dropped.length > 0) progress.current = await readCatalog(client, scope)
}

/** Tables that keep the difference from running as they are, and whose rows can wait beside them. */
async function stuckTables(
  { client, to, scope, progress }: Search,
  planned: Difference | Error,
): Promise<readonly TableId[]> {
  const { current, refused, unmovable } = progress
  const found =
    planned instanceof Error
      ? [
          ...tablesInCycle(planned.message, current),
          ...(await tablesKeyedByChangedTypes(client, current, to, scope)),
        ]
      : tablesToRecreate(planned.actions, refused, current)
  return found.filter((table) => !unmovable.has(idKey(table)))
}

async function setTablesAside(
  { client, to, progress, fix }: Search,
  tables: readonly TableId[],
  planned: Difference | Error,
): Promise<void> {
  const { actions, asides, current, unmovable } = progress
  for (const table of tables) {
    const heirs = await tryActions(client, dropsOfHeirs(planned, current, table), fix)
    actions.push(...heirs.done)
    const setting = await rolledBack(client, () => settingAside(client, table, { current, wanted: to }))
    if (setting === undefined) {
      unmovable.add(idKey(table))
      continue
    }
    for (const step of [setting.keeps, [setting.drop]]) {
      const trial = await tryActions(client, step, fix)
      // What comes next would recreate the table without its rows.
      if (trial.refused.length > 0) throw noStatementOrder(rowsCannotWait(table), [], trial.refused)
      actions.push(...trial.done)
    }
    asides.push(setting.aside)
  }
  progress.refused = []
}

function rowsCannotWait({ schema, name }: TableId): string {
  return `table ${qualifiedName(schema, name)} has to be recreated, and its rows cannot be kept meanwhile`
}

/** Drops what makes a cycle of the engine's actions. */
async function breakCycle({ client, to, scope, progress, fix }: Search, planned: Error): Promise<void> {
  const { actions, current, refused, unmovable } = progress
  const { done } = await tryActions(client, dropsInCycle(planned.message, current), fix)
  const freed = done.length > 0 ? done : await freeTypesInUse(client, current, to, scope)
  // What stood in the way of moving rows may be known once the engine has an order.
  if (done.length > 0) unmovable.clear()
  if (freed.length === 0) throw noStatementOrder(planned.message, [], refused)
  actions.push(...freed)
}

/** Runs as much of a difference as PostgreSQL accepts. */
async function runPlanned(search: Search, planned: Difference, refills: readonly Refill[]): Promise<void> {
  const { client, to, scope, casts, progress, fix } = search
  const { actions, asides, current } = progress
  const isLive = search.isLive === true
  const early = await makeFoundations(client, isLive ? planned.actions.map(bodiless) : planned.actions)
  if (early.length > 0) {
    actions.push(...early)
    return
  }
  const named = withoutNewAliases(planned.actions, current, to)
  const cast = await decidedCasts(client, named, casts, actions)
  const decided = withRefills(decideFills(cast, casts), refills)
  const trial = await tryWithUsing(client, isLive ? withoutRunning(decided) : decided, current, fix)
  const { refused } = trial
  const undecided = atOnce([
    undecidedFills(refused, casts),
    undecidedCasts(refused, casts),
    asides.length === 0 ? undecidedViolations(refused, casts, to) : undefined,
  ])
  if (undecided !== undefined) throw undecided
  actions.push(...afterCommit(actions, trial.done))
  actions.push(...(await dropEmptied(client, refills, trial.done, asides)))
  const isStuck = trial.done.length === 0 || sameRefusals(trial.refused, progress.refused)
  const freed = isStuck ? await freeTypesInUse(client, current, to, scope) : []
  if (trial.done.length === 0 && freed.length === 0)
    throw noStatementOrder('', planned.changes, trial.refused)
  actions.push(...freed)
  progress.refused = trial.refused
}

/** Type changes as a person decided on them; where the column may go, it goes. */
async function decidedCasts(
  client: ClientBase,
  actions: readonly Action[],
  casts: CastDecisions,
  before: readonly Action[],
): Promise<readonly Action[]> {
  const decided = decideCasts(actions, casts, before)
  const undecided = undecidedSessions(decided, casts)
  if (undecided !== undefined) throw undecided
  const going = (action: Action) => {
    const column = retypedColumn(action)
    if (column === undefined || action.using !== undefined) return undefined
    // One that is named goes though PostgreSQL has a cast, which live rows may break.
    const mayGo = action.sessionCast !== undefined || casts.recreate.includes(columnText(column))
    return mayGo ? column : undefined
  }
  if (!decided.some(going)) return decided
  return rolledBack(client, async () => {
    const out: Action[] = []
    for (const action of decided) {
      const column = going(action)
      const drop = column === undefined ? undefined : await dropToRecreate(client, action, column)
      out.push(...(drop?.first ?? [action]))
    }
    return out
  })
}

/** Runs `body` and undoes what it did. */
async function rolledBack<T>(client: ClientBase, body: () => Promise<T>): Promise<T> {
  await begin(client)
  try {
    return await body()
  } finally {
    await rollback(client)
  }
}

function sameRefusals(some: readonly Refusal[], others: readonly Refusal[]): boolean {
  const statements = new Set(others.map(({ action }) => action.sql))
  return (
    some.length > 0 && some.length === others.length && some.every(({ action }) => statements.has(action.sql))
  )
}

/** What runs in a later round may use what an earlier one made usable by its commit. */
function afterCommit(earlier: readonly Action[], later: readonly Action[]): readonly Action[] {
  const [head, ...rest] = later
  if (head === undefined || !earlier.some((action) => action.transaction === 'commit-after')) return later
  return [{ ...head, needsCommitBefore: true }, ...rest]
}
