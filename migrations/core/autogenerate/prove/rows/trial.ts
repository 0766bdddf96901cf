import type { Client } from 'pg'
import type { LineTarget } from '../../../scratch/lines.ts'
import {
  type ConcernedTable,
  makeRows,
  plainWish,
  type RowWish,
  type WithoutRows,
} from '../../../scratch/rows/index.ts'
import type { GeneratedRevision } from '../../write/revision.ts'
import type { RowPlan } from './plan.ts'
import { namesOf, type Problem, tablesOf } from './problem.ts'
import {
  directionsOf,
  type Emptied,
  type EmptiedTable,
  type OnCopy,
  type Tried,
  walkWithRows,
} from './walk.ts'

/** Rows that a change is proved with, and where there are none. */
export interface TriedRows extends Emptied {
  readonly tables: readonly ConcernedTable[]
  readonly without: readonly WithoutRows[]
}

/** How rows are made, until some pass: fewer, plainer, emptier, with other values. */
const wishes: readonly Omit<RowWish, 'asks'>[] = [
  plainWish,
  { count: 3, rich: false, nulls: 'few', shift: 0 },
  { count: 1, rich: false, nulls: 'few', shift: 0 },
  { count: 1, rich: false, nulls: 'many', shift: 0 },
  { count: 1, rich: false, nulls: 'few', shift: 1 },
  { count: 1, rich: false, nulls: 'few', shift: 2 },
]

const mostExcluded = 12

/**
 * Makes rows at the base state that a change can be proved with: up, down and up again are tried with them, and undone. Rows
 * that break what the change asks of rows are made differently, and in the end not at all: such a table is named.
 * @param tables those that the change concerns
 * @param onCopy where a change is tried that has to commit in between; without it, all is tried in one transaction
 */
export async function triedRows(
  client: Client,
  tables: readonly ConcernedTable[],
  plan: RowPlan,
  revisions: readonly GeneratedRevision[],
  lines: readonly LineTarget[],
  onCopy?: OnCopy,
): Promise<TriedRows> {
  if (tables.length === 0) return { tables, without: [], emptied: [], emptiedAgain: [] }
  const tried: Tried = { client, plan, directions: directionsOf(revisions, lines), onCopy }
  const excluded = new Map<string, WithoutRows>()
  for (let round = 0; round < mostExcluded; round += 1) {
    const left = tables.filter(({ oid }) => !excluded.has(oid))
    const made = await firstThatPasses(left, tried)
    if (!('problem' in made)) return { ...made, tables, without: [...made.without, ...excluded.values()] }
    for (const table of await tablesOf(client, made.problem, left)) excluded.set(table.oid, table)
  }
  const reason = 'found no rows that the change runs on'
  return {
    tables,
    without: (await namesOf(client, tables)).map((table) => ({ ...table, reason })),
    emptied: [],
    emptiedAgain: [],
  }
}

type Passed = Omit<TriedRows, 'tables'>

/** Rows of the first wish that both directions run on, or else of the first that the upgrade runs on. */
async function firstThatPasses(
  tables: readonly ConcernedTable[],
  tried: Tried,
): Promise<Passed | { readonly problem: Problem }> {
  let problem: Problem | undefined
  let onlyUp: (typeof wishes)[number] | undefined
  for (const wish of wishes) {
    const made = await tryWish(tables, wish, tried, 'both')
    if ('without' in made) return made
    if (made.up === undefined) onlyUp ??= wish
    problem ??= made.up
  }
  const passed = onlyUp && (await tryWish(tables, onlyUp, tried, 'up'))
  if (passed !== undefined && 'without' in passed) return passed
  return { problem: passed?.up ?? problem ?? { error: new Error('no rows'), table: undefined } }
}

/** Tries a wish, with tables emptied on the way as they turn out to have to be; leaves its rows where it passes. */
async function tryWish(
  tables: readonly ConcernedTable[],
  shape: (typeof wishes)[number],
  tried: Tried,
  least: 'both' | 'up',
): Promise<Passed | { readonly up: Problem | undefined }> {
  const wish = { ...shape, asks: tried.plan.asks }
  const emptied: EmptiedTable[] = []
  const emptiedAgain: EmptiedTable[] = []
  for (;;) {
    const { without, stop, kept } = await walkWithRows(tables, wish, tried, { emptied, emptiedAgain })
    if (stop !== undefined) {
      if (stop.step === 'up') return { up: stop.problem }
      if (stop.step === 'down' && least === 'both') return { up: undefined }
      const list = stop.step === 'down' ? emptied : emptiedAgain
      const { error, table } = stop.problem
      const isNews =
        table !== undefined &&
        !list.some(({ schema, name }) => schema === table.schema && name === table.name)
      if (isNews && list.length < mostExcluded) {
        list.push({ ...table, reason: error.message })
        continue
      }
    }
    // What nothing helps against, the proof itself shows.
    if (!kept) await makeRows(tried.client, tables, wish)
    return { without, emptied, emptiedAgain }
  }
}
