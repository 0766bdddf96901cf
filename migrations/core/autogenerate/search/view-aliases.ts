import type { Action, Catalog } from '../../difference/index.ts'

/**
 * A literal without a name in a branch of a UNION gets one when PostgreSQL reads what pg_get_viewdef wrote of it:
 * `'b'::text` comes back as `'b'::text AS text`. A view that was made so and is not yet the wanted one is written again
 * with the name that such a literal has by itself, which pg_get_viewdef leaves out.
 */
export function withoutNewAliases(
  actions: readonly Action[],
  current: Catalog,
  wanted: Catalog,
): readonly Action[] {
  return actions.map((action) => {
    const [id] = action.produces.length > 0 ? action.produces : action.consumes
    if (id?.kind !== 'view' && id?.kind !== 'materializedView') return action
    const [old, def] = [current.facts.get(id)?.payload.def, wanted.facts.get(id)?.payload.def]
    if (typeof old !== 'string' || typeof def !== 'string') return action
    const text = namedAsBefore(old, def)
    return text === undefined ? action : { ...action, sql: action.sql.replace(def, () => text) }
  })
}

const literal = /(?:'|\bNULL)::[\w". ()[\],]+$/
const alias = /^ AS (?:"(?:[^"]|"")+"|[a-z_][a-z0-9_$]*)/

/** `def` with a name of its own wherever `read`, which is the same but for new names, has one; else undefined. */
export function namedAsBefore(read: string, def: string): string | undefined {
  let out = ''
  let at = 0
  let names = 0
  for (const letter of def) {
    if (!read.startsWith(letter, at)) {
      const name = alias.exec(read.slice(at))?.[0]
      if (name === undefined || !literal.test(out) || !read.startsWith(letter, at + name.length))
        return undefined
      at += name.length
      names += 1
      out += ' AS "?column?"'
    }
    out += letter
    at += letter.length
  }
  return names > 0 && at === read.length ? out : undefined
}
