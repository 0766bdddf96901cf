import { type Action, idKey, type ObjectId } from '../../difference/index.ts'
import { routineFacts } from '../../postgres/statement/index.ts'

const qualifiedNames = /(?:"((?:[^"]|""){1,126})"|\b([a-z_]\w*))\.(?:"((?:[^"]|""){1,126})"|([a-z_]\w*))/gi

/**
 * For each action, the keys of what the actions make that the bodies of the routines it makes or uses name, and the
 * routines that those name. An index on a function's value calls the function when it is built.
 */
export function mentionedBy(actions: readonly Action[]): readonly ReadonlySet<string>[] {
  const made = keysByName(actions)
  const bodies = new Map<string, readonly string[]>()
  for (const { sql, produces } of actions) {
    if (routineFacts(sql)?.hasText !== true) continue
    const named = [...sql.matchAll(qualifiedNames)].flatMap(([, schema, plainSchema, name, plainName]) => {
      const found = [nameOf(schema, plainSchema), nameOf(name, plainName)].join('.')
      return made.get(found) ?? []
    })
    for (const id of produces) bodies.set(idKey(id), [...new Set(named)])
  }
  if (bodies.size === 0) return actions.map(() => new Set<string>())
  return actions.map(({ produces, consumes, needs }) => {
    const found = new Set<string>()
    const open = [...produces, ...consumes, ...needs].map(idKey)
    for (let key = open.pop(); key !== undefined; key = open.pop()) {
      for (const named of bodies.get(key) ?? []) {
        if (found.has(named)) continue
        found.add(named)
        open.push(named)
      }
    }
    return found
  })
}

function nameOf(quoted: string | undefined, plain: string | undefined): string {
  return quoted === undefined ? (plain ?? '').toLowerCase() : quoted.replaceAll('""', '"')
}

function keysByName(actions: readonly Action[]): ReadonlyMap<string, readonly string[]> {
  const made = new Map<string, string[]>()
  const put = (id: ObjectId) => {
    if (!('schema' in id) || !('name' in id) || 'table' in id) return
    const name = `${id.schema}.${id.name}`
    made.set(name, [...(made.get(name) ?? []), idKey(id)])
  }
  for (const { produces } of actions) produces.forEach(put)
  return made
}
