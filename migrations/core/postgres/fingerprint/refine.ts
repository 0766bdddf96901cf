import type { CatalogRow } from './sql.ts'
import type { Definition, DefinitionValue, FingerprintOptions } from './types.ts'

type RefineOptions = Pick<FingerprintOptions, 'schemaRelative' | 'ignoreGeneratedNames'>

/** What the options change in a definition after PostgreSQL has printed it. Pure. */
export function refineDefinition(
  row: CatalogRow,
  definition: Definition,
  options: RefineOptions,
): Definition {
  const named = options.ignoreGeneratedNames ? withoutGeneratedNames(definition) : definition
  return options.schemaRelative ? relativeConfig(row.schema, named) : named
}

function withoutGeneratedNames(definition: Definition): Definition {
  // Thousands are read at each reading: few have a name to leave out.
  if (definition.notNullName === undefined && definition.identitySequence === undefined) return definition
  const { notNullName, identitySequence, ...rest } = definition
  return {
    ...rest,
    ...(typeof notNullName === 'string' && !/_not_null\d*$/.test(notNullName) ? { notNullName } : {}),
    ...(identitySequence === undefined ? {} : { identitySequence: withoutGeneratedName(identitySequence) }),
  }
}

/** Its type only bounds the range, which stands there too; LIKE … INCLUDING IDENTITY leaves a bigint to an integer. */
function withoutGeneratedName(sequence: DefinitionValue): DefinitionValue {
  if (!isRecord(sequence)) return sequence
  const { type, ...own } = sequence
  const { name, ...rest } = own
  return typeof name === 'string' && /_seq\d*"?$/.test(name) ? rest : own
}

/**
 * `SET search_path` of a function is a list of names that PostgreSQL keeps as text: the schema's own name in it
 * becomes `""`, which no schema can have.
 */
function relativeConfig(schema: string, definition: Definition): Definition {
  if (!Array.isArray(definition.config)) return definition
  const config = definition.config.map((setting: DefinitionValue) =>
    typeof setting === 'string' && setting.startsWith('search_path=')
      ? relativePath(schema, setting)
      : setting,
  )
  return { ...definition, config }
}

function relativePath(schema: string, setting: string): string {
  const value = setting.slice('search_path='.length)
  return `search_path=${value.replaceAll(/"(?:[^"]|"")*"|[^",\s]+/g, (token) => {
    const name = token.startsWith('"') ? token.slice(1, -1).replaceAll('""', '"') : token
    return name === schema ? '""' : token
  })}`
}

function isRecord(value: DefinitionValue): value is Readonly<Record<string, DefinitionValue>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}
