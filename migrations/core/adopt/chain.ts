import { createHash } from 'node:crypto'
import type { ImportedRevision } from './history.ts'

const noDowngrade = 'the original has no downgrade'

/** A migration of a tool whose history is a plain list. */
export interface ChainItem
  extends Omit<ImportedRevision, 'revision' | 'downRevision' | 'dependsOn' | 'branchLabels' | 'downgrade'> {
  readonly name: string
  /** Default: the tool has none. */
  readonly downgrade?: ImportedRevision['downgrade']
}

/**
 * A list of migrations as a line of revisions, each on the one before. The id comes from the tool and the name, so that
 * importing again gives the same ids.
 */
export function revisionChain(tool: string, items: readonly ChainItem[]): readonly ImportedRevision[] {
  const ids = items.map(({ name }) => chainId(tool, name))
  return items.map(({ name: _name, downgrade, ...item }, at) => ({
    ...{ revision: ids[at] ?? '', downRevision: ids[at - 1] ?? null, dependsOn: [], branchLabels: [] },
    ...(downgrade === undefined ? { irreversible: noDowngrade } : {}),
    ...{ downgrade: downgrade ?? null, ...item },
  }))
}

/** 12 hexadecimal digits for a file of another tool. */
export function chainId(tool: string, name: string): string {
  return createHash('sha256').update(`${tool} ${name}`).digest('hex').slice(0, 12)
}

/** `20240131120000` as ISO 8601; undefined for what is not a time. */
export function timeOfDigits(digits: string): string | undefined {
  const found = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(digits)
  if (found === null) return undefined
  const [, year, month, day, hour, minute, second] = found
  const at = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  return Number.isNaN(at.getTime()) ? undefined : `${at.toISOString().slice(0, 19)}Z`
}
