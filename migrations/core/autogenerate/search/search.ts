import type { ClientBase } from 'pg'
import {
  type Action,
  type Catalog,
  type Change,
  changeText,
  type Difference,
  difference,
  hasPlainTable,
  idKey,
  keepingMoves,
  misorderedComposites,
  readCatalog,
  retypedColumn,
  type Scope,
} from '../../difference/index.ts'
import { exitCodes, MigError } from '../../errors.ts'
import { qualifiedName, quoteIdentAlways } from '../../postgres/index.ts'
import { bodiless, withoutRunning } from '../../scratch/without-running.ts'
import { sqlState } from './address.ts'
import { decideCasts, undecidedCasts, undecidedSessions } from './casts.ts'
import { dropsInCycle } from './cycles.ts'
import type { CastDecisions } from './decisions.ts'
import { withoutDetours } from './detours.ts'
import { domainRepair } from './domain-containers.ts'
import { decideFills, unfillable } from './fill.ts'
import { dropsOfHeirs } from './heirs.ts'
import { dropMisordered } from './misordered-types.ts'
import { dropToRecreate, repairFor } from './repairs.ts'
import { isSetAside, type SetAside, settingAside, type TableId, type WayHome, wayHome } from './set-aside.ts'
import { refusedRenames } from './shared-rename.ts'
import { type Fix, inOneTransaction, type Refusal, tryActions } from './trial.ts'
import { freeTypesInUse, tablesKeyedByChangedTypes } from './types-in-use.ts'
import { tryWithUsing } from './using.ts'
import { withoutNewAliases } from './view-aliases.ts'
import { undecidedViolations, withoutViolating } from './violations.ts'

export interface GuideInput {
  /** On a scratch database that stands at `from`; it is left at `to`. */
  readonly client: ClientBase
  readonly from: Catalog
  readonly to: Catalog
  /** Made by {@link guideScope}. */
  readonly scope: Scope
  /** Statements to run first, whatever the difference: renames. */
  readonly first: readonly Action[]
  readonly casts: CastDecisions
  /** Whether `to` is a live database, whose functions are not run: the actions are no way to write down then. */
  readonly isLive?: boolean
}

export interface Guided {
  readonly actions: readonly Action[]
  readonly reached: Catalog
}

/** A scope without the tables that keep rows while the guide makes their own tables anew. */
export function guideScope(scope: Scope): Scope {
  return {
    ...scope,
    excludes: (object) => isSetAside(object.table ?? object.name) || scope.excludes(object),
  }
}

/** Whether actions are more than one transaction that runs as the engine has ordered it. */
export function takesRounds(actions: readonly Action[], from: Catalog, to: Catalog, scope: Scope): boolean {
  return (
    inOneTransaction(actions) === undefined ||
    foundationsAmong(actions).length > 0 ||
    tablesToMakeAnew(actions, [], from).length > 0 ||
    keepingMoves(from, to, scope).length > 0 ||
    actions.some(({ sessionCast }) => sessionCast !== undefined) ||
    misorderedComposites(from, to, scope).length > 0
  )
}

const mostRounds = 12
const mostAsides = 20

/**
 * Finds statements that take a scratch database from one state to another, by running them: the engine's
 * actions first, then whatever difference is left, until there is none. So an order that only the server
 * knows to be wrong is put right, and a dropped view comes back.
 * @throws MigError `decision-needed` (exit 4) for type changes without a cast, `no-way` (exit 5) when a
 *   difference stays.
 */
export async function guide(input: GuideInput): Promise<Guided> {
  try {
    return await findWay(input)
  } catch (error) {
    throw error instanceof MigError && error.code === 'no-way' ? namingUnmodeled(error, input) : error
  }
}

/** The error with what one side alone has and nobody generates: what is built on it has no way then. */
function namingUnmodeled(error: MigError, { from, to }: GuideInput): MigError {
  const named = ({ unmodeled }: Catalog) =>
    unmodeled.flatMap(({ kind, names }) => names.map((name) => `${kind} ${name}`))
  const [before, after] = [named(from), named(to)]
  const alone = [
    ...before.filter((name) => !after.includes(name)),
    ...after.filter((name) => !before.includes(name)),
  ]
  if (alone.length === 0) return error
  return new MigError('no-way', `not generated, which may be why: ${alone.join(', ')}\n${error.message}`, {
    exitCode: error.exitCode,
    help: 'write by hand what is named first: just mig-revision "…"; then generate the rest',
    facts: { ...error.facts, unmodeled: alone },
  })
}

async function findWay(input: GuideInput): Promise<Guided> {
  const { client, scope } = input
  const actions: Action[] = []
  let current = input.from
  let refused: readonly Refusal[] = []
  const asides: SetAside[] = []
  const fix: Fix = async (_, refusal) => {
    // While rows wait beside their table, others may only seem to break a constraint.
    const instead = asides.length === 0 ? withoutViolating(refusal, input.casts) : undefined
    if (instead !== undefined) return { first: [], instead }
    const table = unfillable(refusal, input.casts)
    if (table !== undefined) {
      await client.query(`TRUNCATE ${qualifiedName(table.schema, table.table)} CASCADE`)
      return { first: [], instead: [refusal.action] }
    }
    return (await repairFor(client, refusal, input.casts)) ?? domainRepair(client, refusal)
  }
  if (input.first.length > 0) {
    const trial = await tryActions(client, input.first, () => Promise.resolve(undefined))
    if (trial.refused.length > 0) throw refusedRenames(trial.refused) ?? noWay('', [], trial.refused)
    actions.push(...trial.done)
    current = await readCatalog(client)
  }
  const unmovable = new Set<string>()
  for (let round = 0; round < mostRounds; round += 1) {
    const moves = await decidedCasts(client, keepingMoves(current, input.to, scope), input.casts, actions)
    const kept = await tryActions(client, moves, fix)
    if (kept.done.length > 0) {
      actions.push(...kept.done)
      current = await readCatalog(client)
    }
    const misordered = misorderedComposites(current, input.to, scope)
    if (misordered.length > 0) {
      const dropped = await dropMisordered(client, misordered, input.casts)
      actions.push(...dropped)
      if (dropped.length > 0) current = await readCatalog(client)
    }
    const planned = nextDifference(current, input.to, scope)
    const candidates =
      planned instanceof Error
        ? [
            ...tablesInCycle(planned.message, current),
            ...(await tablesKeyedByChangedTypes(client, current, input.to, scope)),
          ]
        : tablesToMakeAnew(planned.actions, refused, current)
    const stuck = candidates.filter((table) => !unmovable.has(idKey(table)))
    if (stuck.length > 0 && asides.length < mostAsides) {
      const ends = { current, wanted: input.to }
      for (const table of stuck) {
        const heirs = await tryActions(client, dropsOfHeirs(planned, current, table), fix)
        actions.push(...heirs.done)
        const setting = await inTransaction(client, () => settingAside(client, table, ends))
        const trial = await tryActions(client, setting?.actions ?? [], fix)
        actions.push(...trial.done)
        if (setting !== undefined && trial.refused.length === 0) asides.push(setting.aside)
        else unmovable.add(idKey(table))
      }
      refused = []
    } else if (planned instanceof Error) {
      const { done } = await tryActions(client, dropsInCycle(planned.message, current), fix)
      const freed = done.length > 0 ? done : await freeTypesInUse(client, current, input.to, scope)
      // What stood in the way of moving rows may be known once the engine has an order.
      if (done.length > 0) unmovable.clear()
      if (freed.length === 0) throw noWay(planned.message, [], refused)
      actions.push(...freed)
    } else {
      const homes = waysHome(planned.actions, asides, current, input)
      if (planned.actions.length === 0 && homes.length === 0) {
        if (planned.changes.length === 0)
          return { actions: withoutDetours(actions, input.from), reached: current }
        throw noWay('', planned.changes, refused)
      }
      const early = await foundations(
        client,
        input.isLive === true ? planned.actions.map(bodiless) : planned.actions,
      )
      if (early.length > 0) {
        actions.push(...early)
        current = await readCatalog(client)
        continue
      }
      const named = withoutNewAliases(planned.actions, current, input.to)
      const cast = await decidedCasts(client, named, input.casts, actions)
      const decisions = decideFills(cast, input.casts)
      const decided = withRows(decisions, homes)
      const run = input.isLive === true ? withoutRunning(decided) : decided
      const trial = await tryWithUsing(client, run, current, fix)
      const undecided =
        undecidedCasts(trial.refused, input.casts) ??
        (asides.length === 0 ? undecidedViolations(trial.refused, input.casts) : undefined)
      if (undecided !== undefined) throw undecided
      actions.push(...afterCommit(actions, trial.done))
      actions.push(...(await dropEmptied(client, homes, trial.done, asides)))
      const isStuck = trial.done.length === 0 || sameRefusals(trial.refused, refused)
      const freed = isStuck ? await freeTypesInUse(client, current, input.to, scope) : []
      if (trial.done.length === 0 && freed.length === 0) throw noWay('', planned.changes, trial.refused)
      actions.push(...freed)
      refused = trial.refused
    }
    current = await readCatalog(client)
  }
  const last = nextDifference(current, input.to, scope)
  const isThere = !(last instanceof Error) && last.actions.length === 0 && last.changes.length === 0
  if (isThere && asides.length === 0)
    return { actions: withoutDetours(actions, input.from), reached: current }
  throw noWay(last instanceof Error ? last.message : '', last instanceof Error ? [] : last.changes, refused)
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
  if (!decided.some(({ sessionCast }) => sessionCast !== undefined)) return decided
  return inTransaction(client, async () => {
    const out: Action[] = []
    for (const action of decided) {
      const column = action.sessionCast === undefined ? undefined : retypedColumn(action)
      const drop = column === undefined ? undefined : await dropToRecreate(client, action, column)
      out.push(...(drop?.first ?? [action]))
    }
    return out
  })
}

const foundationKinds: ReadonlySet<string> = new Set(['type', 'domain', 'collation', 'extension', 'function'])

/**
 * Makes the types and functions that new tables use before the tables, where that is possible: else the engine
 * adds such a column behind all others, and the table's columns are not in the order of the models.
 */
async function foundations(client: ClientBase, actions: readonly Action[]): Promise<readonly Action[]> {
  const wanted = foundationsAmong(actions)
  if (wanted.length === 0) return []
  const { done } = await tryActions(client, wanted, () => Promise.resolve(undefined))
  return done
}

function foundationsAmong(actions: readonly Action[]): readonly Action[] {
  const creates = (kind: string | undefined, action: Action) =>
    action.verb === 'create' && action.produces[0]?.kind === kind
  if (!actions.some((action) => creates('table', action))) return []
  const dropped = new Set(actions.flatMap((action) => action.destroys.map(idKey)))
  return actions.filter((action) => {
    const [made] = action.produces
    const plain = action.transaction === 'plain' && !action.needsCommitBefore
    return (
      plain &&
      made !== undefined &&
      foundationKinds.has(made.kind) &&
      creates(made.kind, action) &&
      !dropped.has(idKey(made))
    )
  })
}

/** Tables that the engine would drop and make anew, and those whose partition key keeps a column from another type. */
function tablesToMakeAnew(
  actions: readonly Action[],
  refused: readonly Refusal[],
  from: Catalog,
): readonly TableId[] {
  const found = new Map<string, TableId>()
  const made = new Set(actions.flatMap((action) => action.produces.map(idKey)))
  const parents = new Set<string>()
  for (const { destroys } of actions) {
    const [table] = destroys
    if (table?.kind !== 'table' || !made.has(idKey(table))) continue
    found.set(idKey(table), { kind: 'table', schema: table.schema, name: table.name })
  }
  for (const { action, error } of refused) {
    const column = retypedColumn(action)
    if (column === undefined || sqlState(error) !== '42P16') continue
    const table: TableId = { kind: 'table', schema: column.schema, name: column.table }
    // invalid_table_definition of a type change: the column is part of the partition key.
    if (hasPlainTable(from, table)) continue
    parents.add(idKey(table))
    found.set(idKey(table), table)
  }
  return [...found].flatMap(([key, table]) => (parents.size === 0 || parents.has(key) ? [table] : []))
}

/** The ways home of rows whose table is there again, or is made by the actions. */
function waysHome(
  actions: readonly Action[],
  asides: readonly SetAside[],
  current: Catalog,
  { to, casts }: Pick<GuideInput, 'to' | 'casts'>,
): readonly WayHome[] {
  const made = new Set(actions.flatMap((action) => action.produces.map(idKey)))
  const ready = asides.filter(({ table }) => made.has(idKey(table)) || current.facts.has(table))
  return ready.map((aside) => wayHome(aside, to, casts))
}

/** Tables that the engine would drop and make anew, if it knew an order. */
function tablesInCycle(message: string, current: Catalog): readonly TableId[] {
  if (!message.startsWith('dependency cycle')) return []
  return current.facts.facts().flatMap(({ id }): readonly TableId[] => {
    if (id.kind !== 'table') return []
    const [schema, name] = [id.schema, id.name].map(quoteIdentAlways)
    const has = (verb: string) => message.includes(`${verb} TABLE ${schema}.${name}`)
    return has('DROP') && has('CREATE') ? [{ kind: 'table', schema: id.schema, name: id.name }] : []
  })
}

/** Brings rows back as soon as their table is there with its partitions, before keys and constraints look at them. */
function withRows(actions: readonly Action[], homes: readonly WayHome[]): readonly Action[] {
  if (homes.length === 0) return actions
  const at = actions.findLastIndex(({ produces: [id] }) => id?.kind === 'table' || id?.kind === 'column') + 1
  return [...actions.slice(0, at), ...homes.flatMap(({ fill }) => fill), ...actions.slice(at)]
}

/** Drops the tables whose rows are home, and takes them off `asides`. */
async function dropEmptied(
  client: ClientBase,
  homes: readonly WayHome[],
  done: readonly Action[],
  asides: SetAside[],
): Promise<readonly Action[]> {
  const ran = new Set(done.map((action) => action.sql))
  const home = homes.filter(({ fill }) => fill.every((action) => ran.has(action.sql)))
  for (const { aside } of home) asides.splice(asides.indexOf(aside), 1)
  const drops = home.flatMap((way) => way.drops)
  return (await tryActions(client, drops, () => Promise.resolve(undefined))).done
}

async function inTransaction<T>(client: ClientBase, body: () => Promise<T>): Promise<T> {
  await client.query('BEGIN')
  try {
    return await body()
  } finally {
    await client.query('ROLLBACK')
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

/** The next difference, or the engine's word that it knows no way. */
export function nextDifference(current: Catalog, to: Catalog, scope: Scope): Difference | Error {
  try {
    return difference(current, to, scope)
  } catch (error) {
    if (error instanceof Error && !(error instanceof TypeError)) return error
    throw error
  }
}

function noWay(why: string, left: readonly Change[], refused: readonly Refusal[]): MigError {
  const lines = [
    ...(why === '' ? [] : [why]),
    ...refused.map(({ action, error }) => `${error.message}: ${action.sql}`),
    ...left.map((change) => `left: ${changeText(change)}`),
  ]
  return new MigError(
    'no-way',
    `no order of statements was found that makes this change:\n  ${lines.join('\n  ')}`,
    {
      exitCode: exitCodes.proofFailed,
      help: 'make the change in two steps (for example add the new object, move the data, drop the old one), or write this part by hand: just mig-revision "…"',
      facts: {
        refused: refused.map(({ action, error }) => ({ sql: action.sql, error: error.message })),
        left,
      },
    },
  )
}
