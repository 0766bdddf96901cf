import type { ClientBase } from 'pg'
import { columnSettings } from './extras/column-settings.ts'
import { constraintIndexes } from './extras/constraint-indexes.ts'
import { clusterIndexes, indexStatistics } from './extras/index-settings.ts'
import { inheritedColumns } from './extras/inherited-columns.ts'
import type { Extra, ExtraKind, ExtraStatement } from './extras/kind.ts'
import { notNullConstraints } from './extras/not-null-constraints.ts'
import { operators } from './extras/operators.ts'
import { toastOptions } from './extras/options.ts'
import { partitionIndexes } from './extras/partition-indexes.ts'
import { partitionTriggers } from './extras/partition-triggers.ts'
import { relationSettings } from './extras/relation-settings.ts'
import { statisticsObjects } from './extras/statistics-objects.ts'
import { textSearchConfigurations, textSearchDictionaries } from './extras/text-search.ts'
import { viewColumns } from './extras/view-columns.ts'
import { idKey } from './ids.ts'
import { changeWords, cut, oneLine } from './property-words.ts'

export type { Extra, ExtraStatement } from './extras/kind.ts'

/** The kinds of state that the engine does not compare and that we do, each with a file of its own. */
const kinds: readonly ExtraKind[] = [
  relationSettings,
  toastOptions,
  operators,
  textSearchDictionaries,
  textSearchConfigurations,
  statisticsObjects,
  columnSettings,
  inheritedColumns,
  viewColumns,
  clusterIndexes,
  indexStatistics,
  constraintIndexes,
  partitionIndexes,
  partitionTriggers,
  notNullConstraints,
]

/** What the kinds are called. */
export const extraKindNames: readonly string[] = kinds.map(({ name }) => name)

/** Reads all extras of a database, by key. */
export async function readExtras(client: ClientBase): Promise<ReadonlyMap<string, Extra>> {
  const { rows: servers } = await client.query<{ version: number; inherits: boolean }>(
    `SELECT current_setting('server_version_num')::int AS version, EXISTS (SELECT FROM pg_inherits) AS inherits`,
  )
  const { version, inherits } = servers[0] ?? { version: 0, inherits: true }
  const extras = new Map<string, Extra>()
  for (const kind of kinds) {
    const { rows } = await client.query<Omit<Extra, 'kind' | 'key'>>(kind.query(version, inherits))
    for (const row of rows) {
      const extra = {
        ...row,
        kind: kind.name,
        key: `${kind.name} ${row.schema}.${row.relation ?? ''}.${row.name}`,
      }
      extras.set(extra.key, extra)
    }
  }
  return extras
}

/**
 * The statements that take the extras from one state to another: `before` runs ahead of the engine's
 * actions, `after` follows them. `survives` says whether a relation, or its column, is in the wanted state:
 * what dies with its relation needs no statement.
 */
export function extraStatements(
  from: ReadonlyMap<string, Extra>,
  to: ReadonlyMap<string, Extra>,
  inScope: (extra: Extra) => boolean,
  survives: (extra: Extra) => boolean,
): { readonly before: readonly ExtraStatement[]; readonly after: readonly ExtraStatement[] } {
  const before: ExtraStatement[] = []
  const after: ExtraStatement[] = []
  for (const key of [...new Set([...from.keys(), ...to.keys()])].sort()) {
    const old = from.get(key)
    const wanted = to.get(key)
    const either = wanted ?? old
    if (either === undefined || !inScope(either) || (wanted === undefined && !survives(either))) continue
    if (old !== undefined && wanted !== undefined && sameValues(old, wanted)) continue
    const kind = kinds.find((each) => each.name === either.kind)
    if (kind === undefined) continue
    const change = kind.change(old, wanted, either)
    const [first, then] = 'before' in change ? [change.before, change.after] : [[], change]
    const words = wordsOf(kind, old, wanted)
    const statement = (sql: string): ExtraStatement => ({ sql, extra: either, words, lock: kind.lock })
    before.push(...first.map(statement))
    after.push(...then.map(statement))
  }
  return { before, after }
}

function wordsOf(
  { shown, isObject }: ExtraKind,
  from: Extra | undefined,
  to: Extra | undefined,
): ExtraStatement['words'] {
  const value = (extra: Extra | undefined, name: string) => extra?.values[name] ?? null
  const names = Object.keys(shown).filter((name) => value(from, name) !== value(to, name))
  const sides = (name: string) =>
    [from, to].map((extra) => shown[name]?.(value(extra, name)) ?? '') as [string, string]
  const own = to ?? from
  if (isObject === true && (from === undefined || to === undefined)) {
    const parts = names.map((name) => `${name} ${shown[name]?.(value(own, name)) ?? ''}`)
    return { verb: to === undefined ? 'drop' : 'add', detail: cut(oneLine(parts.join(', '))) }
  }
  return { verb: 'change', ...changeWords(names.map((name) => [name, ...sides(name)])) }
}

/** Keys of the tables that differ in extras. */
export function tablesOfDiffering(
  from: ReadonlyMap<string, Extra>,
  to: ReadonlyMap<string, Extra>,
): ReadonlySet<string> {
  const tables = new Set<string>()
  for (const [side, other] of [
    [from, to],
    [to, from],
  ] as const) {
    for (const [key, extra] of side) {
      const same = other.get(key)
      if (extra.relation === null || (same !== undefined && sameValues(extra, same))) continue
      tables.add(idKey({ kind: 'table', schema: extra.relationSchema ?? extra.schema, name: extra.relation }))
    }
  }
  return tables
}

function sameValues(a: Extra, b: Extra): boolean {
  const names = Object.keys({ ...a.values, ...b.values })
  return names.every((name) => (a.values[name] ?? null) === (b.values[name] ?? null))
}
