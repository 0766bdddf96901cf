import type { Environment } from '../../environment/index.ts'

/** An object as the fingerprint asks about it. */
interface Named {
  readonly schema: string
  readonly name: string
  readonly parent?: string
}

/**
 * What of a tenant is not compared: the tables that the environment and the line exclude, with all that hangs on
 * them. A pattern is a name, or schema and name; `*` stands for any characters.
 */
export function tableFilter(
  { lines, options }: Pick<Environment, 'lines' | 'options'>,
  line: string,
): (object: Named) => boolean {
  const own = lines.find(({ key }) => key === line)?.tenants?.excludeTables ?? []
  const tests = [...(options.excludeTables ?? []), ...own].map((pattern) => {
    const [first = '', second] = pattern.split('.')
    return { schema: wildcard(second === undefined ? '*' : first), name: wildcard(second ?? first) }
  })
  return ({ schema, name, parent }) =>
    tests.some((test) => test.schema.test(schema) && test.name.test(parent ?? name))
}

function wildcard(pattern: string): RegExp {
  const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`, 's')
}
