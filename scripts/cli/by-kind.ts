import type { Change } from '../../migrations/core/difference/index.ts'

const sides: readonly (readonly [verb: Change['verb'], words: string])[] = [
  ['drop', 'only in the database'],
  ['add', 'only in the models'],
  ['change', 'different'],
  ['rename', 'with another name'],
]

/** Changes that lead from a database to models as a summary: for each side, how many of each kind, and which. */
export function byKind(changes: readonly Change[]): readonly string[] {
  return sides.flatMap(([verb, words]) => {
    const own = changes.filter((change) => change.verb === verb)
    const kinds = [...new Set(own.map(({ kind }) => kind))].toSorted()
    return kinds.map((kind) => {
      const names = own.flatMap((change) => (change.kind === kind ? [change.name] : []))
      const shown = names.slice(0, 5).join(', ')
      return `  ${words}: ${names.length} ${kind}${names.length === 1 ? '' : 's'} (${shown}${names.length > 5 ? ', …' : ''})`
    })
  })
}
