/** A stretch of steps. */
export interface Part {
  readonly from: number
  readonly to: number
}

/** So many parts a lane: what is later costs more, since there is more in the database. */
const partsOfLane = 4

/** Divides steps among lanes. */
export function partsOf(steps: readonly unknown[], lanes: number): readonly Part[] {
  const count = lanes === 1 ? 1 : Math.min(steps.length, lanes * partsOfLane)
  const at = (part: number) => Math.floor((part * steps.length) / count)
  return Array.from({ length: count }, (_, part) => ({ from: at(part), to: at(part + 1) }))
}

/**
 * The revisions to upgrade to, one after the other, so that all are applied in their order: an upgrade to a revision brings
 * its ancestors, so of a chain the last is enough. In another order a revision may lack what another line makes.
 */
export function stopsOf(
  revisions: readonly string[],
  childrenOf: (revision: string) => readonly string[],
): readonly string[] {
  return revisions.filter((revision, at) => !childrenOf(revision).includes(revisions[at + 1] ?? ''))
}

/** Takes one part after the other that no lane has, in their order, until there is none. */
export type Take<Result> = (parts: readonly Part[], work: (part: Part) => Promise<Result>) => Promise<void>

/**
 * Works on parts in several lanes at once. Of a part that is broken, nothing after it counts.
 * @param lane each has the same parts
 * @returns what came of the parts, in their order, up to the first that is broken
 * @throws what a lane throws, unless it comes after a broken part
 */
export async function inLanes<Result extends { readonly isBroken: boolean }>(
  lanes: number,
  lane: (take: Take<Result>) => Promise<void>,
): Promise<readonly Result[]> {
  const results: Result[] = []
  const errors = new Map<number, unknown>()
  let next = 0
  let last = Number.POSITIVE_INFINITY
  const run = async () => {
    let current = -1
    try {
      await lane(async (parts, work) => {
        while (next < parts.length && next <= last) {
          current = next++
          const part = parts[current]
          if (part === undefined) return
          const result = await work(part)
          results[current] = result
          if (result.isBroken) last = Math.min(last, current)
        }
      })
    } catch (error) {
      errors.set(current, error)
      last = Math.min(last, current)
    }
  }
  await Promise.all(Array.from({ length: lanes }, run))
  if (errors.has(last)) throw errors.get(last)
  return results.slice(0, Math.min(last, results.length) + 1)
}
