import type { ClientBase } from 'pg'
import { type Action, idKey } from '../../difference/index.ts'
import { tryActions } from './trial.ts'

const foundationKinds: ReadonlySet<string> = new Set(['type', 'domain', 'collation', 'extension', 'function'])

/**
 * Makes the types and functions that new tables use before the tables, where that is possible: else the engine
 * adds such a column after all others, and the table's columns are not in the order of the models.
 */
export async function makeFoundations(
  client: ClientBase,
  actions: readonly Action[],
): Promise<readonly Action[]> {
  const wanted = foundationsAmong(actions)
  if (wanted.length === 0) return []
  const { done } = await tryActions(client, wanted, () => Promise.resolve(undefined))
  return done
}

export function foundationsAmong(actions: readonly Action[]): readonly Action[] {
  const creates = (kind: string | undefined, action: Action) =>
    action.verb === 'create' && action.produces[0]?.kind === kind
  if (!actions.some((action) => creates('table', action))) return []
  const dropped = new Set(actions.flatMap((action) => action.destroys.map(idKey)))
  return actions.filter((action) => {
    const [made] = action.produces
    const plain = action.transaction === 'plain' && !action.needsCommitBefore
    return (
      plain &&
      made !== undefined &&
      foundationKinds.has(made.kind) &&
      creates(made.kind, action) &&
      !dropped.has(idKey(made))
    )
  })
}
