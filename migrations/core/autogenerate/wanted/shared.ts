import { existsSync } from 'node:fs'
import { forgetOldest, keepValue, keptValue, noteUse, sharedFolder } from '../../environment/index.ts'

/** What clones of all projects of a user keep together, of one kind. */
interface SharedKind {
  /** The files of the kind. */
  readonly names: RegExp
  /** So many stay: those of the last use. */
  readonly most: number
}

/** The value of a file in the shared folder; undefined where it is not kept. */
export function sharedValue<Value>(path: string): Value | undefined {
  const value = keptValue<Value>(path)
  if (value !== undefined) noteUse(path)
  return value
}

/**
 * Keeps a value in the shared folder, in the place of those that nobody has used for longest.
 * @param cacheDir the project's own folder, where versions before this kept such files
 */
export function shareValue(
  cacheDir: string,
  path: string,
  value: unknown,
  { names, most }: SharedKind,
): void {
  if (!keepValue(path, value)) return
  const folder = sharedFolder(cacheDir)
  forgetOldest(folder, names, most)
  if (folder !== cacheDir && existsSync(cacheDir)) forgetOldest(cacheDir, names, 0)
}
