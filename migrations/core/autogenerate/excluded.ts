import type { Scope } from './engine/index.ts'

/**
 * Whether an object belongs to a table that no command compares or touches: `kombu_queue` in every schema,
 * `rfx_user.audit` in one, `*` for any run of characters.
 */
export function excludedTables(patterns: readonly string[]): Scope['excludes'] {
  const tests = patterns.map((pattern) => {
    const [first = '', second] = pattern.split('.')
    const name = second ?? first
    return { schema: second === undefined ? /^/ : wildcard(first), name: wildcard(name) }
  })
  return ({ schema, name }) => tests.some((test) => test.schema.test(schema) && test.name.test(name))
}

function wildcard(pattern: string): RegExp {
  const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`)
}
