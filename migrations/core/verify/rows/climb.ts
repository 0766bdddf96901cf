import { readFileSync } from 'node:fs'
import { MigError } from '../../errors.ts'
import type { RevisionFile } from '../../revisions/index.ts'
import { type PlanStep, revertedStep } from '../../runner/index.ts'
import {
  type Comparison,
  type ConcernedTable,
  compareRows,
  concernedTables,
  describeTables,
  expectations,
  makeRows,
  noRenames,
  observeRows,
  plainWish,
  type RowObservation,
  type RowWish,
  type Shapes,
  type StaleDefault,
  staleDefaults,
  type WithoutRows,
} from '../../scratch/rows/index.ts'
import type { ScratchSession } from '../context.ts'
import type { TrialDatabase } from '../trial.ts'
import { castsIn } from './casts.ts'
import { mentioned } from './mentioned.ts'
import { arePlain } from './plain.ts'

/** What a revision's two sides do, as they ran on empty tables. */
export interface KnownSides {
  readonly upgrade: readonly string[]
  readonly downgrade: readonly string[]
}

export interface ClimbRequest {
  readonly file: RevisionFile
  /** The schema of its line. */
  readonly schema: string
  /** Those of all lines. */
  readonly schemas: readonly string[]
  readonly statements: KnownSides
  /** The revision on its way up. */
  readonly step: PlanStep
}

type About = Omit<ClimbRequest, 'statements' | 'step'>

/** What a side did to rows. */
export interface SideOutcome {
  readonly before: RowObservation
  readonly after: RowObservation
  readonly comparison: Comparison
  /** Sequences and identities that could give a new value before, and give one that is taken now. */
  readonly stale: readonly StaleDefault[]
}

/** What came of a revision with rows. */
export interface RowOutcome {
  readonly upgrade?: SideOutcome
  readonly downgrade?: SideOutcome
  readonly without: readonly WithoutRows[]
  /** The side that does not run on the rows that were made up, and why. */
  readonly refused?: { readonly side: 'upgrade' | 'downgrade'; readonly error: MigError }
}

/** Rows that more and more revisions run on: a statement may ask of them what nobody has written down. */
const wishes: readonly RowWish[] = [
  plainWish,
  { ...plainWish, rich: false, nulls: 'few' },
  { ...plainWish, rich: false, nulls: 'few', count: 1 },
]

/**
 * Runs a revision up and down with rows in the tables that its file mentions: in a transaction that is rolled back, and
 * what does not run there on copies of the database, until some rows pass.
 * @param session at the state before the revision
 */
export async function climbWithRows(session: ScratchSession, request: ClimbRequest): Promise<RowOutcome> {
  const tried = (knowsStale: boolean) =>
    session
      .onTrial((on) =>
        climbOnce(on, request, {
          fill: (tables, { shapes }) => makeRows(on.client, tables, plainWish, shapes),
          knowsStale,
        }),
      )
      // What stops it may come from the one transaction, so only a copy tells.
      .catch(() => undefined)
  const first = await tried(false)
  // What was stale before is asked where something is after it, which is seldom.
  const trial = first !== undefined && isStale(first) ? await tried(true) : first
  if (trial !== undefined && trial.refused === undefined) return trial
  let last: RowOutcome = { without: [] }
  for (const wish of wishes) {
    const outcome = await session.onCopy((copy) =>
      climbOnce(copy, request, {
        fill: (tables, { fresh, shapes }) => makeRows(copy.client, tables, fresh ? plainWish : wish, shapes),
      }),
    )
    if (outcome.refused === undefined) return outcome
    // The rows that come further tell more.
    if (last.upgrade === undefined) last = outcome
  }
  return last
}

/** Whether a file mentions tables that are there. */
export async function mentionsTables(
  { client }: Pick<ScratchSession, 'client'>,
  about: About,
): Promise<boolean> {
  return (await concernedBy(client, about, undefined)).length > 0
}

/** The tables that a file is about, those whose rows were observed before among them. */
async function concernedBy(
  client: ScratchSession['client'],
  { file, schemas, schema, statements }: About & Partial<Pick<ClimbRequest, 'statements'>>,
  before: RowObservation | undefined,
): Promise<readonly ConcernedTable[]> {
  const sides = [...(statements?.upgrade ?? []), ...(statements?.downgrade ?? [])]
  // A file may put names together, which its statements have whole.
  const names = await mentioned(client, schemas, [readFileSync(file.path, 'utf8'), ...sides].join('\n'))
  const leaves = before?.tables.flatMap(({ oid, rows }) => [oid, ...rows.map(({ leaf }) => leaf)]) ?? []
  // A file that names nothing may still go over all that is there.
  const isAboutAll = names.length === 0 && before === undefined && !arePlain(sides)
  const whole = isAboutAll ? [schema] : []
  return concernedTables(client, { names, oids: [...new Set(leaves)], schemas: whole })
}

/** About the tables that are filled. */
interface Filled {
  /** Whether the upgrade has made them. */
  readonly fresh: boolean
  /** Theirs, and of others. */
  readonly shapes: Shapes
}

/** Where a climb has got to. */
export interface ClimbHooks {
  /** Puts rows into tables; gives those that stay empty. */
  readonly fill: (tables: readonly ConcernedTable[], about: Filled) => Promise<readonly WithoutRows[]>
  readonly after?: (side: 'upgrade' | 'downgrade') => Promise<void>
  /** Whether defaults that were stale before are left out; default true. */
  readonly knowsStale?: boolean
}

/** Runs a revision up and down on a session of its own, with rows that `fill` makes. */
export async function climbOnce(
  session: TrialDatabase,
  request: ClimbRequest,
  { fill, after = () => Promise.resolve(), knowsStale = true }: ClimbHooks,
): Promise<RowOutcome> {
  const { file, statements, schema, step } = request
  const { client } = session
  const concerned = (before?: RowObservation) => concernedBy(client, request, before)
  const observed = (tables: readonly ConcernedTable[], side: readonly string[]) =>
    observeRows(client, oidsOf(tables), { casts: castsIn(side, schema) })

  const start = await concerned()
  const shapes = await describeTables(client, oidsOf(start))
  const without = [...(await fill(start, { fresh: false, shapes }))]
  const ground = await observed(start, statements.upgrade)
  const staleBefore = knowsStale ? await staleDefaults(client, touched(start), shapes) : []
  const refusedUp = await refusal(() => session.take(step))
  if (refusedUp !== undefined) return { without, refused: { side: 'upgrade', error: refusedUp } }
  const reached = await concerned(ground)
  const reachedShapes = await describeTables(client, oidsOf(reached))
  const side = async (
    before: RowObservation,
    tables: readonly ConcernedTable[],
    next: readonly string[],
    described?: Shapes,
  ) => {
    const after = await observed(tables, next)
    const comparison = compareRows(before, after, await expectations(client, before, after, noRenames))
    const stale = await staleDefaults(client, touched(tables), described)
    return { before, after, comparison, stale: stale.filter((each) => !includes(staleBefore, each)) }
  }
  const upgrade = await side(ground, reached, statements.downgrade, reachedShapes)
  await after('upgrade')
  if (file.irreversible !== undefined) return { upgrade, without }

  const known = new Set(oidsOf(start))
  const fresh = reached.filter(({ oid }) => !known.has(oid))
  if (fresh.length > 0) without.push(...(await fill(fresh, { fresh: true, shapes: reachedShapes })))
  const top = fresh.length > 0 ? await observed(reached, statements.downgrade) : upgrade.after
  const refusedDown = await refusal(() => session.take(revertedStep(step)))
  if (refusedDown !== undefined)
    return { upgrade, without, refused: { side: 'downgrade', error: refusedDown } }
  const downgrade = await side(top, await concerned(top), [])
  await after('downgrade')
  return { upgrade, downgrade, without }
}

function isStale({ upgrade, downgrade }: RowOutcome): boolean {
  return [upgrade, downgrade].some((side) => side !== undefined && side.stale.length > 0)
}

function oidsOf(tables: readonly ConcernedTable[]): readonly string[] {
  return tables.map(({ oid }) => oid)
}

function touched(tables: readonly ConcernedTable[]): readonly ConcernedTable[] {
  return tables.filter(({ why }) => why === 'touched')
}

function includes(known: readonly StaleDefault[], { schema, table, column }: StaleDefault): boolean {
  return known.some((each) => each.schema === schema && each.table === table && each.column === column)
}

async function refusal(run: () => Promise<unknown>): Promise<MigError | undefined> {
  try {
    await run()
    return undefined
  } catch (error) {
    if (!(error instanceof MigError)) throw error
    return error
  }
}
