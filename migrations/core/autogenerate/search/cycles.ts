import { type Action, type Catalog, ownAction } from '../../difference/index.ts'

const dropConstraint =
  /^[ \t]*(ALTER TABLE "((?:[^"]|"")+)"\."((?:[^"]|"")+)" DROP CONSTRAINT "((?:[^"]|"")+)")$/gm

/**
 * The constraints that a cycle of actions drops, as actions of their own: with them out of the way the engine knows an
 * order. A table that is recreated waits for the drop of its old foreign key, which waits for the table.
 * @param message the engine's, which lists the statements of the cycle
 */
export function dropsInCycle(message: string, current: Catalog): readonly Action[] {
  if (!message.startsWith('dependency cycle')) return []
  return [...message.matchAll(dropConstraint)].flatMap(([, sql = '', ...names]): readonly Action[] => {
    const [schema = '', table = '', name = ''] = names.map((each) => each.replaceAll('""', '"'))
    const id = { kind: 'constraint', schema, table, name } as const
    if (!current.facts.has(id)) return []
    return [ownAction(sql, [{ kind: 'table', schema, name: table }], { destroys: [id], verb: 'drop' })]
  })
}
