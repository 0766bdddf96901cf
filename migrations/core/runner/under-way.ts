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
