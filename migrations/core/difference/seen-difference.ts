import { type Catalog, type Difference, difference, type Scope } from './index.ts'

/** Undefined where the engine cannot say, since it knows no way from one to the other. */
export function seenDifference(from: Catalog, to: Catalog, scope: Scope): Difference | undefined {
  try {
    return difference(from, to, scope)
  } catch (error) {
    if (error instanceof TypeError) throw error
    return undefined
  }
}
