import { exitCodes, MigError } from '../../../errors.ts'
import { announces, type Loss, lossText } from '../../../revisions/index.ts'
import type { Comparison, FoundLoss, RowObservation, StaleDefault } from '../../../scratch/rows/index.ts'
import type { RowPlan } from './plan.ts'

interface Judged {
  readonly announced: readonly Loss[]
  readonly promised: ReadonlySet<string>
  readonly plan: RowPlan
  /** Both states, where what was announced is to be looked for as well. */
  readonly before?: RowObservation
  readonly after?: RowObservation
}

/**
 * Holds what a step lost against what the header of the file says: no more, and no less.
 * @throws MigError `proof-failed` (exit 5)
 */
export function expectAnnounced(step: string, { losses, gained }: Comparison, judged: Judged): void {
  const lines = [
    ...losses
      .filter((loss) => loss.predicted === true || isPromised(loss, judged) || !isAnnounced(loss, judged))
      .map(unannouncedText),
    ...falseAlarms(judged).map((loss) => `the header says that ${lossText(loss)} is lost, and it is not`),
    ...gained.map(({ name, examples }) => `rows came into ${name.join('.')}: ${examples.join(', ')}`),
  ]
  if (lines.length > 0)
    throw proofFailed(
      step,
      `the ${step} does not keep the rows that its file promises:\n  ${lines.join('\n  ')}`,
    )
}

/** @throws MigError `proof-failed` (exit 5) for sequences that give what rows have, and did not before */
export function expectInserts(
  step: string,
  stale: readonly StaleDefault[],
  before: readonly StaleDefault[],
): void {
  const known = new Set(before.map(({ table, column }) => `${table}.${column}`))
  const news = stale.filter(({ table, column }) => !known.has(`${table}.${column}`))
  if (news.length === 0) return
  const lines = news.map(({ schema, table, column, problem }) => `${schema}.${table}.${column}: ${problem}`)
  throw proofFailed(
    step,
    `after the ${step} a new row cannot be added; the default of\n  ${lines.join('\n  ')}`,
  )
}

export function proofFailed(step: string, message: string): MigError {
  return new MigError('proof-failed', message, {
    exitCode: exitCodes.proofFailed,
    help: 'write this change by hand (just mig-revision), or in two steps; --keep leaves the file to fix',
    facts: { step },
  })
}

function unannouncedText(loss: FoundLoss): string {
  const values = loss.examples.length === 0 ? '' : `: ${loss.examples.join(', ')}`
  return `it loses ${lossText(loss)}, which the header does not say${values}`
}

function isPromised({ kind, name }: Loss, { promised }: Judged): boolean {
  return kind !== 'values' && promised.has(name.join('.'))
}

function isAnnounced(loss: FoundLoss, { announced, plan }: Judged): boolean {
  const aliases = (loss.aliases ?? []).map((name) => ({ ...loss, name }))
  return [loss, ...aliases, ...otherNames(loss, plan)].some((happened) =>
    announced.some((each) => announces(each, happened)),
  )
}

/** What is lost, by the names that it has once tables and columns are renamed. */
function otherNames(loss: Loss, plan: RowPlan): readonly Loss[] {
  return [plan.upgrade.renames, plan.downgrade.renames].flatMap(({ tables, columns }) => {
    const whole = columns.get(JSON.stringify(loss.name))
    const table = tables.get(JSON.stringify(loss.name.slice(0, 2)))
    return [
      ...(whole === undefined ? [] : [{ ...loss, name: namesIn(whole) }]),
      ...(table === undefined ? [] : [{ ...loss, name: [...namesIn(table), ...loss.name.slice(2)] }]),
    ]
  })
}

function namesIn(text: string): readonly string[] {
  return JSON.parse(text) as string[]
}

/** Announced tables and columns that are there still. Whether a type has a place for every value, a few rows cannot say. */
function falseAlarms({ announced, before, after }: Judged): readonly Loss[] {
  if (before === undefined || after === undefined) return []
  return announced.filter(({ kind, name: [schema, table, column] }) => {
    if (kind === 'table') {
      const oid = [...before.relations].find(([, [s, t]]) => s === schema && t === table)?.[0]
      return oid !== undefined && after.relations.has(oid)
    }
    if (kind !== 'column') return false
    const old = before.tables.find((each) => each.schema === schema && each.name === table)
    const number = old?.columns.find(({ name }) => name === column)?.number
    const now = after.tables.find(({ oid }) => oid === old?.oid)
    return number !== undefined && now?.columns.some((each) => each.number === number) === true
  })
}
