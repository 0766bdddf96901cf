import { existsSync, lstatSync, readFileSync, realpathSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { MigError } from '../../errors.ts'
import { clustersOutside } from './outside-folder.ts'

interface Place {
  /** `.mig` */
  readonly home: string
  /** `.mig/postgres` */
  readonly folder: string
}

/**
 * Checks that a cluster's folder is one that we made: a real folder, or our link to a cluster outside that notes this
 * very link. What a link leads to would otherwise be started, stopped or deleted in its place.
 * @returns the folder outside, for a link that leads to one
 * @throws MigError `foreign-folder`
 */
export function checkOwnCluster({ home, folder }: Place): string | undefined {
  if (lstatSync(home, { throwIfNoEntry: false })?.isSymbolicLink()) throw foreignFolder(home, 'it is a link')
  const stat = lstatSync(folder, { throwIfNoEntry: false })
  if (stat === undefined || stat.isDirectory()) return undefined
  if (!stat.isSymbolicLink()) throw foreignFolder(folder, 'it is not a folder')
  // Its cluster was cleared away; the link itself is ours.
  if (!existsSync(folder)) return undefined
  const outside = realpathSync(folder)
  const isCluster =
    /^cluster-[0-9a-f]{16}$/.test(basename(outside)) && isSame(dirname(outside), clustersOutside)
  if (!isCluster || isAnother(outside, folder)) throw foreignFolder(folder, `it is a link to ${outside}`)
  return outside
}

/** Whether a cluster outside is that of another link. A checkout that was moved leaves a note of where it was. */
function isAnother(cluster: string, folder: string): boolean {
  const note = join(cluster, 'link')
  if (!lstatSync(note, { throwIfNoEntry: false })?.isFile()) return true
  const link = readFileSync(note, 'utf8')
  return existsSync(link) && !(isSame(dirname(link), dirname(folder)) && basename(link) === basename(folder))
}

function isSame(one: string, other: string): boolean {
  return existsSync(one) && existsSync(other) && realpathSync(one) === realpathSync(other)
}

export function foreignFolder(path: string, why: string): MigError {
  return new MigError(
    'foreign-folder',
    `${path} was not made for the embedded database: ${why}; nothing was touched`,
    { help: `look at it, and move it: mv ${path} ${path}.old`, facts: { path } },
  )
}
