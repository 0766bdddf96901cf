import type { Client } from 'pg'
import { elementTypeName } from '../../../postgres/statement/index.ts'
import {
  type Comparison,
  type ConcernedTable,
  compareRows,
  concernedTables,
  expectations,
  noRenames,
  observeRows,
  type RowObservation,
  staleDefaults,
} from '../../../scratch/rows/index.ts'
import { expectAnnounced, expectInserts, proofFailed } from './judge.ts'
import type { DirectionPlan, EnumLabels, RowPlan } from './plan.ts'
import type { TriedRows } from './trial.ts'
import { emptyTables } from './walk.ts'

/** The third observer of a proof: what becomes of rows. Each step is called when its statements have run. */
export interface RowObserver {
  readonly afterUpgrade: () => Promise<void>
  readonly afterDowngrade: () => Promise<void>
  readonly afterSecondUpgrade: () => Promise<void>
}

/**
 * Observes rows at the base state, and judges each step by them.
 * @param client at the base state, with its rows
 */
export async function rowObserver(client: Client, plan: RowPlan, tried: TriedRows): Promise<RowObserver> {
  const oids = tried.tables.map(({ oid }) => oid)
  const base = await observeRows(client, oids, plan.upgrade)
  const touched = tried.tables.filter(({ why }) => why === 'touched')
  const staleBefore = await staleDefaults(client, touched)
  let top: RowObservation | undefined
  let below: RowObservation | undefined
  let emptied: ReadonlySet<string> = new Set()

  /** What a direction has made of rows, held against what its side of the header says. */
  const judged = async (step: string, direction: 'upgrade' | 'downgrade', before: RowObservation) => {
    const tables = await tablesAfter(client, plan, before)
    const observed = () => {
      const found = tables.map(({ oid }) => oid)
      return observeRows(client, found, plan[direction === 'upgrade' ? 'downgrade' : 'upgrade'])
    }
    const after = await observed()
    const { announced } = plan[direction]
    const promised = keptPromises(plan[direction], after)
    const compared = await compare(before, after, plan[direction])
    expectAnnounced(step, compared, { announced, promised, plan, before, after })
    return { after, tables, observed }
  }
  const compare = async (
    from: RowObservation,
    to: RowObservation,
    { renames, labels }: DirectionPlan,
  ): Promise<Comparison> => {
    const old = withLabels(from, labels)
    return compareRows(old, to, await expectations(client, old, to, renames), renames)
  }
  const inserts = async (step: string, tables: readonly ConcernedTable[]) => {
    const concerned = tables.filter(({ why }) => why === 'touched')
    expectInserts(step, await staleDefaults(client, concerned), staleBefore)
  }
  /** Takes rows away that the next step is proved without; what is left. */
  const withoutRowsOf = async (
    names: TriedRows['emptied'],
    after: RowObservation,
    observed: () => Promise<RowObservation>,
  ) => {
    if (names.length === 0) return after
    await emptyTables(client, names, plan)
    return observed()
  }

  return {
    afterUpgrade: async () => {
      const { after, tables, observed } = await judged('upgrade', 'upgrade', base)
      await inserts('upgrade', tables)
      top = await withoutRowsOf(tried.emptied, after, observed)
      emptied = emptiedTables(after, top)
    },
    afterDowngrade: async () => {
      if (top === undefined) throw proofFailed('downgrade', 'the upgrade was not observed')
      const { after, tables, observed } = await judged('downgrade', 'downgrade', top)
      const announced = [...plan.upgrade.announced, ...plan.downgrade.announced]
      const comparison = compareRows(withoutEmptied(base, emptied), after, new Map(), noRenames)
      expectAnnounced('downgrade', comparison, { announced, promised: keptPromises(plan.upgrade, top), plan })
      await inserts('downgrade', tables)
      below = await withoutRowsOf(tried.emptiedAgain, after, observed)
    },
    afterSecondUpgrade: async () => {
      if (below === undefined) throw proofFailed('second upgrade', 'the downgrade was not observed')
      await judged('second upgrade', 'upgrade', below)
    },
  }
}

/** What a person said is renamed, less the columns that PostgreSQL computes then: no value is kept in one. */
function keptPromises(
  { promised, renames }: DirectionPlan,
  { tables }: RowObservation,
): DirectionPlan['promised'] {
  const isComputed = ([schema, table, column]: readonly string[]) =>
    tables.some(
      (each) =>
        each.schema === schema &&
        each.name === table &&
        each.columns.some(({ name, generated }) => generated && name === column),
    )
  const computed = [...renames.columns]
    .filter(([, now]) => isComputed(JSON.parse(now) as string[]))
    .map(([old]) => (JSON.parse(old) as string[]).join('.'))
  return new Set([...promised].filter((name) => !computed.includes(name)))
}

/** The tables that a state's rows may be in by now, their partitions too, and those that came. */
function tablesAfter(
  client: Client,
  { names }: RowPlan,
  before: RowObservation,
): Promise<readonly ConcernedTable[]> {
  const leaves = before.tables.flatMap(({ oid, rows }) => [oid, ...rows.map(({ leaf }) => leaf)])
  return concernedTables(client, { names, oids: [...new Set(leaves)] })
}

/** Rows with the labels of enums as they are after a rename. */
function withLabels(state: RowObservation, labels: EnumLabels): RowObservation {
  if (labels.size === 0) return state
  const tables = state.tables.map((table) => {
    const renamed = table.columns.map(({ type }) => labels.get(elementTypeName(type)))
    const relabelled = (value: string | null, at: number) =>
      value?.replace(/[^{},"]+/g, (label) => renamed[at]?.get(label) ?? label) ?? null
    const rows = table.rows.map((row) => ({
      ...row,
      values: row.values.map(relabelled),
      // A cast was asked about before the rename, and runs after it.
      cast: new Map([...row.cast].map(([at, value]) => [at, relabelled(value, at)])),
    }))
    return { ...table, rows }
  })
  return { ...state, tables }
}

/** The tables, and partitions, that have no row any more. */
function emptiedTables(full: RowObservation, left: RowObservation): ReadonlySet<string> {
  const leaves = ({ tables }: RowObservation) =>
    new Set(tables.flatMap(({ rows }) => rows.map(({ leaf }) => leaf)))
  const still = leaves(left)
  return new Set([...leaves(full)].filter((leaf) => !still.has(leaf)))
}

/** The rows of the base state without those of tables that were emptied before the downgrade. */
function withoutEmptied(base: RowObservation, emptied: ReadonlySet<string>): RowObservation {
  const tables = base.tables.map((table) => ({
    ...table,
    rows: table.rows.filter(({ leaf }) => !emptied.has(leaf)),
  }))
  return { ...base, tables }
}
