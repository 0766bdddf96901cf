/** Counts pieces of work, so that one that nobody awaits is noticed. */
export function underWay() {
  const open = new Set<Promise<unknown>>()
  return {
    count: () => open.size,
    /** Waits until all has ended, whichever way. */
    async ended() {
      while (open.size > 0) await Promise.allSettled(open)
    },
    /** Runs `work` and counts it until its end. */
    async track<Result>(work: () => Promise<Result>): Promise<Result> {
      const running = work()
      open.add(running)
      try {
        return await running
      } finally {
        open.delete(running)
      }
    },
  }
}

/** Runs pieces of work one after the other, in the order in which they were given. */
export function inTurn() {
  let turn = Promise.resolve()
  return {
    take<Result>(work: () => Promise<Result>): Promise<Result> {
      const result = turn.then(work)
      turn = result.then(
        () => undefined,
        () => undefined,
      )
      return result
    },
    /** Waits for those that were given so far, whichever way they end. */
    over: () => turn,
  }
}
