import { wildcard } from '../wildcard.ts'
import { checkKinds, type ExcludableObject, excludableKinds } from './excludable-kinds.ts'
import type { Environment } from './load.ts'
import type { EnvironmentOptions } from './options.ts'
import { isOfKinds, silentOf } from './silent-kinds.ts'

/** True for an object that is left alone, with everything that belongs to it. */
export type Excludes = (object: ExcludableObject) => boolean

type Exclusions = Pick<EnvironmentOptions, 'excludeTables' | 'excludeKinds' | 'exclude'>

/**
 * Whether an object is one that no command compares or touches, by the three settings of the environment.
 * @throws MigError `bad-setting` for a kind that there is not
 */
export function excludedObjects(options: Exclusions): Excludes {
  const inTables = excludedTables(listed(options.excludeTables))
  const kinds = listed(options.excludeKinds)
  checkKinds('excludeKinds', kinds, excludableKinds)
  const asked = options.exclude ?? (() => false)
  return (object) => inTables(object) || kinds.includes(object.kind) || asked(object)
}

/**
 * A text that is equal while the same objects are excluded, in every line; undefined when only a function of the
 * environment can tell.
 */
export function exclusionsKey({ lines, models, options }: Excluding): string | undefined {
  if (options.exclude !== undefined) return undefined
  const inLines = lines.map(({ key, tenants }) => [
    key,
    tenants?.excludeTables ?? [],
    [...silentOf(models, key)].toSorted(),
  ])
  return JSON.stringify([listed(options.excludeTables), listed(options.excludeKinds), inLines])
}

/**
 * Whether an object belongs to a table that no command compares or touches: `kombu_queue` in every schema,
 * `rfx_user.audit` in one, `*` for any run of characters, `?` for one.
 */
export function excludedTables(patterns: readonly string[]): Excludes {
  const tests = patterns.map((pattern) => {
    const [first = '', second] = pattern.split('.')
    const name = second ?? first
    return { schema: second === undefined ? () => true : wildcard(first), name: wildcard(name) }
  })
  return ({ kind, schema, name, table }) => {
    const relation = table ?? (relationKinds.has(kind) ? name : undefined)
    return relation !== undefined && tests.some((test) => test.schema(schema) && test.name(relation))
  }
}

/** What a pattern of `excludeTables` may name. An index or a function is not meant, whatever its name. */
const relationKinds: ReadonlySet<string> = new Set([
  'table',
  'foreign table',
  'view',
  'materialized view',
  'sequence',
])

/** An object as the fingerprint asks about it. */
interface FingerprintedObject {
  readonly kind: string
  readonly schema: string
  readonly name: string
  readonly parent?: string
  readonly definition: Readonly<Record<string, unknown>>
}

/** The same question, as the fingerprint puts it. */
export function fingerprintExcludes(excludes: Excludes): (object: FingerprintedObject) => boolean {
  return ({ kind, schema, name, parent, definition }) =>
    excludes({
      kind: kind === 'statistics' ? 'statistics object' : kind,
      schema,
      name,
      table: parent,
      ...(kind === 'index' ? indexForm(definition) : {}),
    })
}

/** A column of an index has a parenthesis where it is an expression; after a space it is an operator class's. */
function indexForm({
  predicate,
  columns,
  method,
}: Readonly<Record<string, unknown>>): Partial<ExcludableObject> {
  const isPartial = predicate !== undefined && predicate !== null
  const texts = Array.isArray(columns) ? columns.map(String) : []
  const hasExpression = texts.some((text) => /^\(|[\w"]\(/.test(text))
  return { isPartial, hasExpression, ...(typeof method === 'string' ? { method } : {}) }
}

type Excluding = Pick<Environment, 'lines' | 'models' | 'options'>

/**
 * What of a tenant no command compares: what the environment excludes by table, kind and function, and the tables
 * that the line excludes, and what its models cannot say.
 * @throws MigError `bad-setting` for a kind that there is not
 */
export function tenantExcludes({ lines, models, options }: Excluding, line: string): Excludes {
  const patterns = lines.find(({ key }) => key === line)?.tenants?.excludeTables ?? []
  const [inLine, everywhere] = [excludedTables(patterns), excludedObjects(options)]
  const silent = silentOf(models, line)
  return (object) => inLine(object) || everywhere(object) || isOfKinds(object, silent)
}

/**
 * As `tenantExcludes`, for a fingerprint.
 * @param seenAs the schema that objects are asked about under, where a stand-in is compared with this tenant: a
 *   pattern or function may name it
 */
export function tenantExclusion(
  env: Excluding,
  line: string,
  seenAs?: string,
): (object: FingerprintedObject) => boolean {
  const excludes = fingerprintExcludes(tenantExcludes(env, line))
  return (object) => excludes(seenAs === undefined ? object : { ...object, schema: seenAs })
}

/** Whether the environment excludes anything. */
export function excludesAny({ lines, models, options }: Excluding): boolean {
  const { exclude, excludeKinds, excludeTables } = options
  return (
    [exclude, excludeKinds, excludeTables].some((setting) => setting !== undefined) ||
    lines.some(({ key }) => silentOf(models, key).size > 0) ||
    lines.some(({ tenants }) => tenants?.excludeTables !== undefined)
  )
}

/** A list setting may be given as one text. */
export function listed(value: string | readonly string[] | undefined): readonly string[] {
  return value === undefined ? [] : [value].flat()
}
