import type { Action } from '../../difference/index.ts'

/** Statements that run in the revision's transaction, or each on its own. */
export interface Section {
  readonly autocommit: boolean
  readonly actions: readonly Action[]
}

/**
 * Parts a revision's actions where PostgreSQL demands it: what cannot run in a transaction, and an enum value
 * that the same revision uses (ALTER TYPE: usable only after the transaction that added it has committed).
 */
export function sectionsOf(actions: readonly Action[]): readonly Section[] {
  const usesNewValue = actions.some((action) => action.needsCommitBefore)
  const sections: { autocommit: boolean; actions: Action[] }[] = []
  for (const action of actions) {
    const autocommit = action.transaction === 'own' || (action.transaction === 'commit-after' && usesNewValue)
    const last = sections.at(-1)
    if (last?.autocommit === autocommit) last.actions.push(action)
    else sections.push({ autocommit, actions: [action] })
  }
  return sections
}
