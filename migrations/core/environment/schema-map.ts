import { isAbsolute, join } from 'node:path'
import { commaList } from '../comma-list.ts'
import { MigError } from '../errors.ts'
import { nearest } from './nearest.ts'
import type { EnvironmentOptions } from './options.ts'
import { checkRole } from './role.ts'
import { setVariable, type Variables } from './set-variable.ts'
import { checkTenantSource, type TenantSource } from './tenant-source.ts'

/** The history of one key: its folders and the schema, or tenants, that it is applied to. */
export interface Line {
  readonly key: string
  /** The physical schema; null for a tenant line. */
  readonly schema: string | null
  readonly tenants: TenantSource | null
  /** Absolute folders that hold its revisions; new ones go into the first. */
  readonly locations: readonly string[]
}

const reservedKeys = new Set(['all', 'head', 'heads', 'base', 'current'])

/**
 * The lines of an environment, in the order of the map.
 * @throws MigError `bad-schema-key` for a key that cannot be told from a target, `duplicate-schema` when two
 *   keys map to one schema, `empty-variable` and `bad-setting` for the name of a schema that is blank.
 */
export function schemaMap(options: EnvironmentOptions, dir: string, variables: Variables): readonly Line[] {
  const seen = new Map<string, string>()
  const lines = Object.entries(options.schemas).map(([key, entry]): Line => {
    if (!/^[A-Za-z_][A-Za-z0-9_-]*$/.test(key) || reservedKeys.has(key)) {
      throw new MigError('bad-schema-key', `"${key}" cannot be a schema key`, {
        help: `use letters, digits, _ and -, and none of ${[...reservedKeys].join(', ')}`,
      })
    }
    const given = options.versionLocations?.[key] ?? `versions/${key}`
    const locations = (typeof given === 'string' ? [given] : given).map((path) =>
      isAbsolute(path) ? path : join(dir, path),
    )
    if (typeof entry === 'object') {
      checkTenantSource(key, entry.tenants)
      return { key, schema: null, tenants: entry.tenants, locations }
    }
    const variable = overrideVariable(options, key)
    const renamed = variable === undefined ? undefined : setVariable(variables, [variable])?.trim()
    const schema = renamed ?? entry
    if (schema.trim() === '') {
      throw new MigError('bad-setting', `schemas.${key} in env.ts is empty`, {
        help: `name the schema of the line: ${key}: 'app_${key}'`,
      })
    }
    const other = seen.get(schema)
    if (other !== undefined) {
      throw new MigError('duplicate-schema', `"${other}" and "${key}" both map to schema ${schema}`, {
        help: 'give each key a schema of its own in env.ts, or list two folders in versionLocations',
      })
    }
    seen.set(schema, key)
    return { key, schema, tenants: null, locations }
  })
  for (const key of Object.keys(options.versionLocations ?? {})) {
    if (!Object.hasOwn(options.schemas, key)) throw unknownKey(key, Object.keys(options.schemas))
  }
  checkRole(options.role, Object.keys(options.schemas))
  return lines
}

/** The variable that overrides a key's schema name, as in `RFX_USER_SCHEMA`. */
function overrideVariable(options: EnvironmentOptions, key: string): string | undefined {
  return options.schemaVariable?.replaceAll('{KEY}', key.toUpperCase().replaceAll('-', '_'))
}

/**
 * The keys that a filter text names: `all`, one key, or several with commas between them; empty means all.
 * @throws MigError `unknown-schema` with the nearest key, or where there are only commas.
 */
export function schemaFilter(text: string | undefined, keys: readonly string[]): readonly string[] {
  const wanted = commaList(text ?? '')
  // As in "$ONE,$TWO" where neither is set: what was to be narrowed must not become everything.
  if (wanted.length === 0 && text?.includes(',')) throw noKey(text, keys)
  if (wanted.length === 0 || wanted.includes('all')) {
    for (const key of wanted) if (key !== 'all' && !keys.includes(key)) throw unknownKey(key, keys)
    return keys
  }
  for (const key of wanted) if (!keys.includes(key)) throw unknownKey(key, keys)
  return keys.filter((key) => wanted.includes(key))
}

function noKey(text: string, keys: readonly string[]): MigError {
  return new MigError('unknown-schema', `the schema filter ${JSON.stringify(text)} names no schema key`, {
    help: `the keys are ${keys.join(', ')}, or all`,
    facts: { keys },
  })
}

function unknownKey(key: string, keys: readonly string[]): MigError {
  const guess = nearest(key, keys)
  return new MigError('unknown-schema', `there is no schema key "${key}"`, {
    help: `${guess === undefined ? '' : `did you mean "${guess}"? `}the keys are ${keys.join(', ')}, or all`,
    facts: { key, keys },
  })
}
