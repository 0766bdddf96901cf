import type { ClientBase } from 'pg'
import {
  type Action,
  type Catalog,
  hasPlainTable,
  idKey,
  ownAction,
  retypedColumn,
} from '../../difference/index.ts'
import { quoteIdentAlways } from '../../postgres/index.ts'
import { sqlState } from './address.ts'
import type { CastDecisions } from './decisions.ts'
import { type Refill, refillOf, type SetAside, type TableId } from './set-aside.ts'
import { type Refusal, tryActions } from './trial.ts'

/** Tables that the engine would drop and recreate, and those whose partition key keeps a column from another type. */
export function tablesToRecreate(
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

/** What brings rows back whose table is there again, or is made by the actions. */
export function refillsFor(
  actions: readonly Action[],
  asides: readonly SetAside[],
  current: Catalog,
  { to, casts }: { readonly to: Catalog; readonly casts: CastDecisions },
): readonly Refill[] {
  const made = new Set(actions.flatMap((action) => action.produces.map(idKey)))
  const ready = asides.filter(({ table }) => made.has(idKey(table)) || current.facts.has(table))
  return ready.map((aside) => refillOf(aside, to, casts))
}

/** Tables that the engine would drop and recreate, if it knew an order. */
export function tablesInCycle(message: string, current: Catalog): readonly TableId[] {
  if (!message.startsWith('dependency cycle')) return []
  return current.facts.facts().flatMap(({ id }): readonly TableId[] => {
    if (id.kind !== 'table') return []
    const [schema, name] = [id.schema, id.name].map(quoteIdentAlways)
    const has = (verb: string) => message.includes(`${verb} TABLE ${schema}.${name}`)
    return has('DROP') && has('CREATE') ? [{ kind: 'table', schema: id.schema, name: id.name }] : []
  })
}

/** Brings rows back as soon as their table is there with its partitions, before keys and constraints look at them. */
export function withRefills(actions: readonly Action[], refills: readonly Refill[]): readonly Action[] {
  if (refills.length === 0) return actions
  const at = actions.findLastIndex(({ produces: [id] }) => id?.kind === 'table' || id?.kind === 'column') + 1
  return [...actions.slice(0, at), ...refills.flatMap(({ fill }) => fill), ...actions.slice(at)]
}

/** Drops the tables whose rows are back, and takes them off `asides`. */
export async function dropEmptied(
  client: ClientBase,
  refills: readonly Refill[],
  done: readonly Action[],
  asides: SetAside[],
): Promise<readonly Action[]> {
  const ran = new Set(done.map((action) => action.sql))
  const ended = refills.filter(({ fill }) => fill.every((action) => ran.has(action.sql)))
  for (const { aside } of ended) asides.splice(asides.indexOf(aside), 1)
  const drops = ended.flatMap((refill) => refill.drops)
  return (await tryActions(client, drops, () => Promise.resolve(undefined))).done
}

const dropConstraint =
  /^[ \t]*(ALTER TABLE "((?:[^"]|"")+)"\."((?:[^"]|"")+)" DROP CONSTRAINT "((?:[^"]|"")+)")$/gm

/**
 * The constraints that a cycle of actions drops, as actions of their own: with them out of the way the engine knows an
 * order. A table that is recreated waits for the drop of its old foreign key, which waits for the table.
 * @param message the engine's, which lists the statements of the cycle
 */
export function dropsInCycle(message: string, current: Catalog): readonly Action[] {
  if (!message.startsWith('dependency cycle')) return []
  return [...message.matchAll(dropConstraint)].flatMap(([, sql = '', ...names]): readonly Action[] => {
    const [schema = '', table = '', name = ''] = names.map((each) => each.replaceAll('""', '"'))
    const id = { kind: 'constraint', schema, table, name } as const
    if (!current.facts.has(id)) return []
    return [ownAction(sql, [{ kind: 'table', schema, name: table }], { destroys: [id], verb: 'drop' })]
  })
}
