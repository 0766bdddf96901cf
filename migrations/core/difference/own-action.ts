import type { Action } from './action.ts'
import type { ObjectId } from './ids.ts'

/**
 * A statement of ours beside the engine's: it alters what `about` names first, under the lock of ALTER TABLE, in the
 * revision's transaction, unless `more` says otherwise.
 */
export function ownAction(sql: string, about: readonly ObjectId[], more: Partial<Action> = {}): Action {
  return {
    sql,
    produces: [],
    consumes: about,
    destroys: [],
    needs: [],
    lock: 'accessExclusive',
    rewrites: false,
    losesData: false,
    castRisk: 'none',
    transaction: 'plain',
    needsCommitBefore: false,
    verb: 'alter',
    ...more,
  }
}
