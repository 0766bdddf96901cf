import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A file of the package, below `migrations/core/`, that is run as it is: the build leaves it where it stands. */
export function packagedScript(...names: readonly string[]): string {
  const name = join('migrations', 'core', ...names)
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    if (existsSync(join(folder, name))) return join(folder, name)
    if (folder === dirname(folder)) throw new Error(`${name} is missing from the package`)
  }
}
