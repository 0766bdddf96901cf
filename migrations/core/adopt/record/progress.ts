import type { Session } from '../../runner/index.ts'

/** How far a recording is. */
export interface RecordingProgress {
  /** The last revision, as its tool names it. */
  readonly revision: string
  readonly what: string
  readonly done: number
  /** Null while it is not known. */
  readonly total: number | null
}

/** Milliseconds between two lines. */
export const progressEvery = 2_000

export function tellProgress({ emit }: Pick<Session, 'emit'>, progress: RecordingProgress): void {
  const rate = { perSecond: null, secondsLeft: null }
  emit({ event: 'progress', targetSchema: 'recording', unit: 'revisions', ...progress, ...rate })
}
