import {
  type AnnouncedLosses,
  announces,
  type Loss,
  lossLine,
  lossText,
  qualifiedLoss,
  type RevisionFile,
  type SideLoss,
} from '../../revisions/index.ts'
import type { FoundLoss, RowObservation } from '../../scratch/rows/index.ts'
import type { RowOutcome, SideOutcome } from './climb.ts'

type Side = keyof AnnouncedLosses

/** What is wrong with a revision by its rows; undefined when it does what its header says. */
export interface Verdict {
  readonly message: string
  readonly help: string
  /** What the header does not announce, as it would be written there. */
  readonly missing: readonly SideLoss[]
  /** Whether the header announces what is not lost. */
  readonly isFalseAlarm: boolean
}

export interface Judged {
  readonly file: Pick<RevisionFile, 'losses'>
  /** The schema of its line. */
  readonly schema: string
  /** Whether the header names things without it. */
  readonly isTenant: boolean
}

const sides: readonly Side[] = ['upgrade', 'downgrade']

/** Holds what rows came to against what the header announces: no more may be lost, and no less. */
export function judgeRows(outcome: RowOutcome, judged: Judged): Verdict | undefined {
  const problems: string[] = []
  const missing: SideLoss[] = []
  let isFalseAlarm = false
  for (const side of sides) {
    const seen = outcome[side]
    if (seen === undefined) continue
    const announced = announcedBy(judged, side)
    for (const loss of seen.comparison.losses) {
      if (announced.some((each) => announces(each, loss))) continue
      problems.push(`the ${side} loses ${foundText(loss)}, and the header does not say so`)
      missing.push({ side, loss: asWritten(loss, judged) })
    }
    for (const loss of announced.filter((each) => isKept(each, seen))) {
      problems.push(`the header says that the ${side} loses ${lossText(loss)}, and it does not`)
      isFalseAlarm = true
    }
    for (const { schema, table, column, problem } of seen.stale)
      problems.push(
        `after the ${side} no row can be added to ${schema}.${table}: the default of ${column}: ${problem}`,
      )
  }
  if (problems.length === 0) return undefined
  return { message: problems.join('\n'), help: helpFor(missing, isFalseAlarm), missing, isFalseAlarm }
}

function helpFor(missing: readonly SideLoss[], isFalseAlarm: boolean): string {
  if (missing.length > 0)
    return `keep the data; or, if the loss is intended, add it to the header of the file (just mig-verify --announce does):\n${missing.map(({ side, loss }) => `  ${lossLine(side, loss)}`).join('\n')}`
  return isFalseAlarm
    ? 'remove the line from the header of the file, or correct its name'
    : 'set the sequence past the largest value: SELECT setval(…)'
}

function announcedBy({ file, schema }: Judged, side: Side): readonly Loss[] {
  return (file.losses?.[side] ?? []).map((loss) => qualifiedLoss(loss, schema))
}

function asWritten({ kind, name }: Loss, { schema, isTenant }: Judged): Loss {
  return { kind, name: isTenant && name[0] === schema ? name.slice(1) : name }
}

function foundText(loss: FoundLoss): string {
  const { examples } = loss
  return examples.length === 0 ? lossText(loss) : `${lossText(loss)}: ${examples.join(', ')}`
}

/**
 * Whether nothing of what is announced is lost. That rows or values are lost a few rows cannot deny; only that there is
 * such a table or column.
 */
function isKept(announced: Loss, { before, after, comparison }: SideOutcome): boolean {
  if (comparison.losses.some((loss) => announces(announced, loss))) return false
  const [schema, name, column] = announced.name
  const there = (state: RowObservation) =>
    state.tables.find((table) => table.schema === schema && table.name === name)
  const old = there(before)
  if (old === undefined) return !isPartition(before, announced)
  if (announced.kind === 'rows') return false
  if (announced.kind === 'table') return after.relations.has(old.oid)
  const number = old.columns.find((each) => each.name === column)?.number
  if (number === undefined) return true
  if (announced.kind === 'values') return false
  const twin = after.tables.find(({ oid }) => oid === old.oid)
  return twin?.columns.some((each) => each.number === number) === true
}

/** The rows of a partition are read with those of its root. */
function isPartition({ relations }: RowObservation, { name: [schema, table] }: Loss): boolean {
  return [...relations.values()].some(([inSchema, name]) => inSchema === schema && name === table)
}
