import type { MigError } from '../../errors.ts'
import { type LineTarget, schemasToKeys } from '../../scratch/lines.ts'
import type { AutogenerateResult } from '../autogenerate.ts'
import type { Decisions } from '../decisions.ts'
import { pathText, readName } from '../questions/names.ts'

/**
 * The decisions of a person, who writes the key of a tenant line where other names have their schema
 * (`tenant.account.nick`), with the schema that stands for it on scratch databases. A column or table is written in one way.
 * @throws MigError `bad-flag` for a name that cannot be read
 */
export function withStandIns({ casts, renames }: Decisions, lines: readonly LineTarget[]): Decisions {
  const named = (name: string) => keysToSchemas(name, lines)
  const column = (flag: string) => (name: string) =>
    name === '*' ? name : named(pathText(readName(name, flag).parts))
  /** A kind may stand before the name: `type tenant.st`. A new name without a schema has no dot. */
  const renamed = (name: string) => {
    const [, kind = '', rest = name] = /^((?:[a-z]+ )*)(.*)$/s.exec(name) ?? []
    return rest.includes('.') ? `${kind}${named(rest)}` : name
  }
  const keyed = (values: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [column('using')(name), value]))
  return {
    casts: {
      ...casts,
      using: keyed(casts.using),
      ...(casts.fill === undefined ? {} : { fill: keyed(casts.fill) }),
      recreate: casts.recreate.map(column('recreate')),
    },
    renames: {
      ...renames,
      given: Object.fromEntries(
        Object.entries(renames.given).map(([old, next]) => [renamed(old), renamed(next)]),
      ),
      ...(renames.denied === undefined ? {} : { denied: renames.denied.map(renamed) }),
    },
  }
}

/**
 * What autogenerate found, with the key of a tenant line in the place of the schema that stands for it. Pure.
 */
export function withoutStandIns<Result extends AutogenerateResult>(
  result: Result,
  lines: readonly LineTarget[],
): Result {
  const keyOf = new Map(lines.flatMap(({ key, schema, tenant }) => (tenant ? [[schema, key] as const] : [])))
  const withKeys = (text: string) => keyOf.get(text) ?? schemasToKeys(text, lines)
  const { changes, renames, unmodeled } = result
  const named = { changes, renames, unmodeled }
  return {
    ...result,
    ...(mapped(named, withKeys) as typeof named),
    ...(result.unproved === undefined ? {} : { unproved: errorWithKeys(result.unproved, lines) }),
  }
}

/** As `withoutStandIns`, for an error that names objects. Pure. */
export function errorWithKeys(error: MigError, lines: readonly LineTarget[]): MigError {
  const withKeys = (text: string) => schemasToKeys(text, lines)
  const { message, help, facts } = error
  const whole = JSON.stringify([message, help, facts])
  if (withKeys(whole) === whole) return error
  return error.with({
    message: withKeys(message),
    ...(help === undefined ? {} : { help: withKeys(help) }),
    facts: mapped(facts, withKeys) as Readonly<Record<string, unknown>>,
  })
}

function keysToSchemas(name: string, lines: readonly LineTarget[]): string {
  const [first = ''] = name.split('.')
  const isSchema = lines.some(({ schema, tenant }) => !tenant && schema === first)
  const line = isSchema ? undefined : lines.find(({ key, tenant }) => tenant && key === first)
  return line === undefined ? name : `${line.schema}${name.slice(first.length)}`
}

function mapped(value: unknown, withKeys: (text: string) => string): unknown {
  if (typeof value === 'string') return withKeys(value)
  if (Array.isArray(value)) return value.map((each) => mapped(each, withKeys))
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [withKeys(name), mapped(each, withKeys)]),
  )
}
