import { madeName } from '../postgres/index.ts'
import { undefinedStates, type Waiting } from './outside-name.ts'

/**
 * Runs each of the statements that wait once more, and before it those whose names it lacks: a long chain in reverse order
 * would take as many rounds as it has links.
 * @param run gives the statement back where it fails again
 * @returns those that still wait, in their order
 */
export async function settleRound(
  waiting: readonly Waiting[],
  run: (each: Waiting) => Promise<Waiting | undefined>,
): Promise<readonly Waiting[]> {
  const makers = new Map<string, Waiting[]>()
  for (const each of waiting) {
    const name = madeName(each.statement.sql)?.split('.').at(-1)
    if (name !== undefined) makers.set(name, [...(makers.get(name) ?? []), each])
  }
  const open = new Set(waiting)
  const nextFor = ({ error }: Waiting) =>
    namesIn(error)
      .flatMap((name) => makers.get(name) ?? [])
      .find((maker) => open.has(maker))
  const left = new Map<Waiting, Waiting>()
  for (const each of waiting) {
    const stack = open.delete(each) ? [{ each, now: each }] : []
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const maker = nextFor(top.now)
      if (maker !== undefined) {
        open.delete(maker)
        stack.push({ each: maker, now: maker })
        continue
      }
      const failed = await run(top.each)
      if (failed !== undefined) top.now = failed
      if (failed !== undefined && nextFor(failed) !== undefined) continue
      if (failed !== undefined) left.set(top.each, failed)
      stack.pop()
    }
  }
  return waiting.flatMap((each) => left.get(each) ?? [])
}

/** The names in what the server says is not there; its message may be in any language. */
function namesIn({ code, message }: Waiting['error']): readonly string[] {
  return undefinedStates.has(code ?? '') ? message.split(/[\s"'«»„“”().,]+/) : []
}
