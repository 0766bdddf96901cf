import {
  type Action,
  type Catalog,
  heirsOf,
  ownAction,
  partitionRoot,
  relationOf,
} from '../../difference/index.ts'
import { qualifiedName } from '../../postgres/index.ts'
import { constraintFacts, isDeferredTrigger, rowChange } from '../../postgres/statement/index.ts'

const checkNow = 'SET CONSTRAINTS ALL IMMEDIATE'

/** An action as it is run in a trial: what waits for the commit is checked at once, so that its table can be altered. */
export function trialSql(action: Action): string {
  return changesRows(action) && action.transaction !== 'own' ? `${action.sql};\n${checkNow}` : action.sql
}

/**
 * The actions with a check of what is deferred after those that change rows, where a constraint or a trigger waits for the
 * commit: a table with pending trigger events cannot be altered (55006). An UPDATE queues them for rows that the same
 * transaction has written, whatever it changes, so that a rewrite or another UPDATE before it is enough.
 * @param states in which a constraint of the tables may be found: those before and after the actions
 */
export function checkingDeferred(actions: readonly Action[], states: readonly Catalog[]): readonly Action[] {
  if (!actions.some(changesRows)) return actions
  const deferring = new Set(states.flatMap(tablesThatDefer))
  if (deferring.size === 0) return actions
  let pending: Action | undefined
  return actions.flatMap((action) => {
    if (changesRows(action)) {
      const queues =
        action.transaction === 'plain' && treeOf(action, states).some((name) => deferring.has(name))
      if (queues) pending ??= action
      return [action]
    }
    if (pending === undefined || action.sql.startsWith('SELECT ')) return [action]
    const { consumes } = pending
    pending = undefined
    return action.transaction === 'own' ? [action] : [ownAction(checkNow, consumes, { lock: 'none' }), action]
  })
}

function changesRows({ sql }: Action): boolean {
  return rowChange(sql) !== undefined
}

/** Whether anything in a state waits for the commit: to search in one transaction would check it sooner. */
export function defersChecks(state: Catalog): boolean {
  return tablesThatDefer(state).length > 0
}

/** The tables whose rows have checks that wait for the commit, a partition as its root; with those that a key refers to. */
function tablesThatDefer(state: Catalog): readonly string[] {
  return state.facts.facts().flatMap(({ id, payload }) => {
    if (id.kind !== 'constraint' && id.kind !== 'trigger') return []
    const definition = String(payload.def)
    const constraint = id.kind === 'constraint' ? constraintFacts(definition) : undefined
    if (!(constraint?.isDeferred ?? isDeferredTrigger(definition))) return []
    const root = partitionRoot(state, { schema: id.schema, name: id.table })
    const target = constraint?.references?.table
    const names = [root, ...(target === undefined ? [] : [target])]
    return names.map(({ schema, name }) => qualifiedName(schema ?? '', name))
  })
}

/** The tables that an action may change rows of. */
function treeOf({ consumes: [id] }: Action, states: readonly Catalog[]): readonly string[] {
  const table = id === undefined ? undefined : relationOf(id)
  if (table === undefined) return []
  return states.flatMap((state) => {
    const root = partitionRoot(state, table)
    return [root, ...heirsOf(state, root)].map(({ schema, name }) => qualifiedName(schema, name))
  })
}
