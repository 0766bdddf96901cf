import { type Stats, statSync } from 'node:fs'
import { keepValue, keptValue } from '../../environment/modules/kept-file.ts'
import type { RevisionFile } from './spec.ts'

/** The headers that were read before, kept in a file that may be deleted at any time. */
export interface HeaderCache {
  /** What the header of a file said, or undefined when the file is new or may have changed since. */
  get(path: string, stat: Stats): RevisionFile | undefined
  set(stat: Stats, file: RevisionFile): void
  /** Writes what is new; a folder that cannot be written to keeps no cache. */
  save(): void
}

type Entry = readonly [size: number, ino: number, mtimeMs: number, ctimeMs: number, file: RevisionFile]

interface KeptHeaders {
  readonly format: number
  readonly headers: readonly Entry[]
}

/** Raised when an entry or a header gets another shape. */
const format = 6

/**
 * A file's own clock is coarse: an edit in the same tick as the read leaves every stamp as it was. So an entry
 * counts only when the file had not been touched for this long, in milliseconds, when the cache was written. The
 * kernel sets ctime: where that has fractions of a second, its ticks are 10 ms at most; else they may be 2 seconds.
 */
function unsettledFor(ctimeMs: number): number {
  return ctimeMs % 1000 === 0 ? 2000 : 50
}

/** Opens the cache; one that is missing, broken or of another format is empty. */
export function openHeaderCache(cacheFile: string): HeaderCache {
  const [known, writtenAt] = readCache(cacheFile)
  const next = new Map<string, Entry>()
  let changed = false
  return {
    get(path, stat) {
      const entry = known.get(path)
      if (entry === undefined) return undefined
      const [size, ino, mtimeMs, ctimeMs, file] = entry
      const same =
        size === stat.size && ino === stat.ino && mtimeMs === stat.mtimeMs && ctimeMs === stat.ctimeMs
      if (!same || Math.max(mtimeMs, ctimeMs) + unsettledFor(ctimeMs) > writtenAt) return undefined
      next.set(path, entry)
      return file
    },
    set(stat, file) {
      next.set(file.path, [stat.size, stat.ino, stat.mtimeMs, stat.ctimeMs, file])
      changed = true
    },
    save() {
      if (changed || next.size !== known.size)
        keepValue(cacheFile, { format, headers: [...next.values()] } satisfies KeptHeaders)
    },
  }
}

function readCache(file: string): readonly [ReadonlyMap<string, Entry>, number] {
  const kept = keptValue<KeptHeaders>(file)
  const written = statSync(file, { throwIfNoEntry: false })
  if (kept?.format !== format || written === undefined) return [new Map(), 0]
  return [new Map(kept.headers.map((entry) => [entry[4].path, entry])), written.mtimeMs]
}
