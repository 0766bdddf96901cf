/** What a revision has begun and not seen the end of. */
export interface UnderWay {
  /** Runs `work` and counts it until its end. */
  readonly track: <Result>(work: () => Promise<Result>) => Promise<Result>
  readonly count: () => number
  /** Waits until all has ended, whichever way. */
  readonly ended: () => Promise<void>
}

/** Counts pieces of work, so that one that nobody awaits is noticed. */
export function underWay(): UnderWay {
  const open = new Set<Promise<unknown>>()
  return {
    count: () => open.size,
    async ended() {
      while (open.size > 0) await Promise.allSettled(open)
    },
    async track(work) {
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

/** Pieces of work that run one after the other, in the order in which they were given. */
export interface Turns {
  readonly take: <Result>(work: () => Promise<Result>) => Promise<Result>
  /** Waits for those that were given so far, whichever way they end. */
  readonly over: () => Promise<void>
}

export function inTurn(): Turns {
  let turn = Promise.resolve()
  return {
    take(work) {
      const result = turn.then(work)
      turn = result.then(
        () => undefined,
        () => undefined,
      )
      return result
    },
    over: () => turn,
  }
}
