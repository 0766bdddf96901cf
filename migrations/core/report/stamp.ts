import { groupBy } from '../group-by.ts'
import type { StampPlan } from '../runner/stamp/stamp.ts'
import { oneLine } from './text.ts'
import { countOf } from './units.ts'

/** What a stamp writes, or would: one line for each schema, or for each move where there are many. */
export function stampText(changes: StampPlan['changes']): string {
  const lines = changes.length > changesShown ? grouped(changes) : changes.map(changeText)
  return lines.join('\n') || 'nothing to do: the ledger already says so'
}

/** So many are listed one by one. */
const changesShown = 50

function changeText({ targetSchema, before, after }: StampPlan['changes'][number]): string {
  return `${oneLine(targetSchema)}: ${moveText({ before, after })}`
}

function moveText({ before, after }: Pick<StampPlan['changes'][number], 'before' | 'after'>): string {
  if (before.length === after.length && before.every((id) => after.includes(id)))
    return `${after.join(', ') || 'base'}, confirmed`
  return `${before.join(', ') || 'base'} → ${after.join(', ') || 'base'}`
}

function grouped(changes: StampPlan['changes']): readonly string[] {
  return [...groupBy(changes, moveText)].map(([move, alike]) => {
    const [first, last] = [alike[0]?.targetSchema ?? '', alike.at(-1)?.targetSchema ?? '']
    return `${countOf(alike.length, 'schema')}, ${oneLine(first)} to ${oneLine(last)}: ${move}`
  })
}
