import { madeName, opening } from '../postgres/index.ts'
import { statementTable } from '../postgres/statement/index.ts'
import { undefinedStates, type Waiting } from './outside-name.ts'

/**
 * Runs each of the statements that wait once more, and before it those whose names it lacks: a long chain in reverse order
 * would take as many rounds as it has links. With a table come the changes of it that stand before the statement, which may
 * copy what it finds (`LIKE`, `SELECT *`).
 * @param run gives the statement back where it fails again
 * @returns those that still wait, in their order
 */
export async function settleRound(
  waiting: readonly Waiting[],
  run: (each: Waiting) => Promise<Waiting | undefined>,
): Promise<readonly Waiting[]> {
  const makers = new Map<string, Maker[]>()
  const places = new Map<Waiting, number>()
  for (const [place, each] of waiting.entries()) {
    places.set(each, place)
    for (const { name, isChange } of madeBy(each.statement.sql))
      makers.set(name, [...(makers.get(name) ?? []), { each, place, isChange }])
  }
  const open = new Set(waiting)
  const nextFor = ({ each, now }: { readonly each: Waiting; readonly now: Waiting }) => {
    const own = places.get(each) ?? 0
    return namesIn(now.error)
      .flatMap((name) => makers.get(name) ?? [])
      .find((maker) => open.has(maker.each) && (!maker.isChange || maker.place < own))?.each
  }
  const left = new Map<Waiting, Waiting>()
  for (const each of waiting) {
    const stack = open.delete(each) ? [{ each, now: each }] : []
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const maker = nextFor(top)
      if (maker !== undefined) {
        open.delete(maker)
        stack.push({ each: maker, now: maker })
        continue
      }
      const failed = await run(top.each)
      if (failed !== undefined) top.now = failed
      if (failed !== undefined && nextFor(top) !== undefined) continue
      if (failed !== undefined) left.set(top.each, failed)
      stack.pop()
    }
  }
  return waiting.flatMap((each) => left.get(each) ?? [])
}

/** A statement that makes or changes what others lack. */
interface Maker {
  readonly each: Waiting
  readonly place: number
  readonly isChange: boolean
}

const changes = /^(?:alter table|create (?:unique )?index)\b/i

function madeBy(sql: string): readonly { readonly name: string; readonly isChange: boolean }[] {
  const name = madeName(sql)?.split('.').at(-1)
  const changed = changes.test(opening(sql)) ? statementTable(sql)?.name : undefined
  return [
    ...(name === undefined ? [] : [{ name, isChange: false }]),
    ...(changed === undefined ? [] : [{ name: changed, isChange: true }]),
  ]
}

/** The names in what the server says is not there; its message may be in any language. */
function namesIn({ code, message }: Waiting['error']): readonly string[] {
  return undefinedStates.has(code ?? '') ? message.split(/[\s"'«»„“”().,]+/) : []
}
