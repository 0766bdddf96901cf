import { MigError } from '../errors.ts'
import { nearest } from './nearest.ts'

/**
 * The role that revisions run as: one for every line, or one by schema key, where a function gives each schema of a
 * tenant line its own.
 */
export type RoleSetting = string | Readonly<Record<string, string | ((schema: string) => string)>>

/**
 * The role that the revisions of a line run as on a schema; undefined for that of the connection.
 * @throws MigError `bad-setting` where a function of env.ts gives no name
 */
export function roleOf(
  { options }: { readonly options: { readonly role?: RoleSetting } },
  line: string,
  schema: string,
): string | undefined {
  const { role } = options
  if (role === undefined || typeof role === 'string') return role
  const entry = Object.hasOwn(role, line) ? role[line] : undefined
  if (typeof entry !== 'function') return entry
  const name: unknown = entry(schema)
  if (typeof name === 'string' && name.trim() !== '') return name
  throw new MigError('bad-setting', `role.${line} in env.ts returned no role for schema ${schema}`, {
    help: `return the name of a role: ${line}: (schema) => \`\${schema}_owner\``,
    facts: { line, schema },
  })
}

/** @throws MigError `bad-setting`, `unknown-schema` */
export function checkRole(role: RoleSetting | undefined, keys: readonly string[]): void {
  if (role === undefined || typeof role === 'string') return
  for (const [key, entry] of Object.entries(role)) {
    if (!keys.includes(key)) {
      const guess = nearest(key, keys)
      throw new MigError(
        'unknown-schema',
        `role in env.ts names "${key}", which the schema map does not have`,
        {
          help: `${guess === undefined ? '' : `did you mean "${guess}"? `}the keys are ${keys.join(', ')}`,
          facts: { key, keys },
        },
      )
    }
    if (typeof entry === 'function' || (typeof entry === 'string' && entry.trim() !== '')) continue
    throw new MigError('bad-setting', `role.${key} in env.ts must be a role name or a function`, {
      help: `name the role: ${key}: '${key}_owner'`,
    })
  }
}
