import {
  type Action,
  type Catalog,
  type ComparedObjects,
  keepingMoves,
  misorderedComposites,
} from '../../difference/index.ts'
import { MigError } from '../../errors.ts'
import { foundationsAmong } from './foundations.ts'
import { namingUnmodeled } from './no-order.ts'
import { tablesToRecreate } from './recreated-tables.ts'
import { type SearchInput, type SearchResult, searchRounds } from './rounds.ts'
import { isSetAside } from './set-aside.ts'
import { inOneTransaction } from './trial.ts'

/** A scope without the tables that keep rows while their own tables are recreated. */
export function searchScope(scope: ComparedObjects): ComparedObjects {
  return {
    ...scope,
    excludes: (object) => isSetAside(object.table ?? object.name) || scope.excludes(object),
  }
}

/** Whether actions are more than one transaction that runs as the engine has ordered it. */
export function takesRounds(
  actions: readonly Action[],
  from: Catalog,
  to: Catalog,
  scope: ComparedObjects,
): boolean {
  return (
    inOneTransaction(actions) === undefined ||
    foundationsAmong(actions).length > 0 ||
    tablesToRecreate(actions, [], from).length > 0 ||
    keepingMoves(from, to, scope).length > 0 ||
    actions.some(({ sessionCast }) => sessionCast !== undefined) ||
    misorderedComposites(from, to, scope).length > 0
  )
}

/**
 * Finds statements that take a scratch database from one state to another, by running them: the engine's
 * actions first, then whatever difference is left, until there is none. So an order that only the server
 * knows to be wrong is put right, and a dropped view comes back.
 * @throws MigError `decision-needed` (exit 4) for type changes without a cast, `no-statement-order` (exit 5) when a
 *   difference stays.
 */
export async function searchStatements(input: SearchInput): Promise<SearchResult> {
  try {
    return await searchRounds(input)
  } catch (error) {
    throw error instanceof MigError && error.code === 'no-statement-order'
      ? namingUnmodeled(error, input)
      : error
  }
}
