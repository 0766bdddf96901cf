import { relative } from 'node:path'
import type { Environment } from '../../environment/index.ts'
import type { ImportRequest } from './import.ts'
import type { LedgerPlace } from './ledgers.ts'

/** What every import may be told. */
export type ImportOptions = Pick<ImportRequest, 'keep' | 'baseline' | 'searchPath' | 'lines'> & {
  /** The other tool's ledger, when not in its usual place. */
  readonly ledger?: LedgerPlace
}

/** Paths as messages show them: relative to the project where they are in it. */
export function shownPath(env: Environment): (path: string) => string {
  return (path) => {
    const short = relative(env.root, path)
    return short.startsWith('..') ? path : short || '.'
  }
}
