/** The names that a rename gives up and takes, as texts that are equal for two objects of which PostgreSQL takes one. */
export interface NamePlaces {
  readonly from: string | undefined
  readonly to: string | undefined
}

interface Acts<Step> {
  readonly places: (step: Step) => NamePlaces
  readonly take: (step: Step) => void
  /** Gives the object of a step a name between; what is left of the step. */
  readonly stepAside: (step: Step) => Step
}

/**
 * Takes renames in an order in which each name is free: those that are given on (`a` to `b`, `b` to `c`) from the last one;
 * where some change places, the first of the circle steps aside. What takes a name that stays taken is left out.
 * @param taken the names before the renames
 */
export function inNameOrder<Step>(
  steps: readonly Step[],
  taken: Set<string>,
  { places, take, stepAside }: Acts<Step>,
): void {
  let waiting = steps
  for (;;) {
    const blocked = waiting.filter((step) => {
      const { from, to } = places(step)
      if (to !== undefined && to !== from && taken.has(to)) return true
      if (from !== undefined) taken.delete(from)
      if (to !== undefined) taken.add(to)
      take(step)
      return false
    })
    if (blocked.length < waiting.length) {
      waiting = blocked
      continue
    }
    const first = inCircle(blocked, places)
    if (first === undefined) return
    taken.delete(places(first).from ?? '')
    waiting = [...blocked.filter((each) => each !== first), stepAside(first)]
  }
}

/** A step whose name another one waits for, and that one's another again, until it comes round. */
function inCircle<Step>(steps: readonly Step[], places: Acts<Step>['places']): Step | undefined {
  const holders = new Map(steps.map((step) => [places(step).from, step]))
  return steps.find((start) => {
    let at: Step | undefined = start
    for (let count = 0; at !== undefined && count < steps.length; count += 1) {
      at = holders.get(places(at).to)
      if (at === start) return true
    }
    return false
  })
}
