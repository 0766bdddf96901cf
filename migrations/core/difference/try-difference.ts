import type { Catalog, Scope } from './catalog.ts'
import { type Difference, difference } from './plan.ts'

/** The difference, or the engine's error where it has no order for it. */
export function tryDifference(from: Catalog, to: Catalog, scope: Scope): Difference | Error {
  try {
    return difference(from, to, scope)
  } catch (error) {
    if (error instanceof Error && !(error instanceof TypeError)) return error
    throw error
  }
}

/** The difference; undefined where the engine has no order for it. */
export function seenDifference(from: Catalog, to: Catalog, scope: Scope): Difference | undefined {
  const found = tryDifference(from, to, scope)
  return found instanceof Error ? undefined : found
}
