import type { FactBase } from '@supabase/pg-delta/core'
import { type TypeParts, typeOf } from './type-changes.ts'

/** The time zone that expressions below are written with, for a person to change. */
export const plainZone = "'UTC'"

const texts: ReadonlySet<string> = new Set(['text', 'character varying', 'character', 'name'])

type Expression = (column: string) => string
const asStamp: Expression = (c) => `to_char(${c}, 'YYYY-MM-DD HH24:MI:SS.US')`
const inZone: Expression = (c) => `${c} AT TIME ZONE ${plainZone}`

/**
 * Casts whose result depends on settings of the session (TimeZone, DateStyle, IntervalStyle, lc_monetary, bytea_output;
 * manual, section 19.11.2), as `old → new`, each with an expression that does not. `string` is any type of text.
 */
const casts: Readonly<Record<string, Expression>> = {
  'timestamp without time zone → timestamp with time zone': inZone,
  'timestamp with time zone → timestamp without time zone': inZone,
  'date → timestamp with time zone': (c) => inZone(`${c}::timestamp`),
  'timestamp with time zone → date': (c) => `(${inZone(c)})::date`,
  'timestamp with time zone → time without time zone': (c) => `(${inZone(c)})::time`,
  'timestamp with time zone → time with time zone': (c) => `((${inZone(c)})::time::text || ' UTC')::timetz`,
  'time without time zone → time with time zone': (c) => `(${c}::text || ' UTC')::timetz`,
  'time with time zone → time without time zone': (c) => `(${inZone(c)})::time`,
  'timestamp with time zone → string': (c) => asStamp(inZone(c)),
  'timestamp without time zone → string': asStamp,
  'date → string': (c) => `to_char(${c}, 'YYYY-MM-DD')`,
  'string → timestamp with time zone': (c) => inZone(`${c}::timestamp`),
  'string → timestamp without time zone': (c) => `to_timestamp(${c}, 'YYYY-MM-DD HH24:MI:SS.US')::timestamp`,
  'string → date': (c) => `to_date(${c}, 'YYYY-MM-DD')`,
  'string → time with time zone': (c) => `(${c} || ' UTC')::timetz`,
  'interval → string': (c) => `extract(epoch FROM ${c}) || ' seconds'`,
  'bytea → string': (c) => `encode(${c}, 'hex')`,
}

/**
 * An expression that a person may answer with, where a cast depends on the session; undefined where it does not. Of
 * money and of arrays none is known but the cast itself, which takes the session's settings.
 * @param column the column's name as SQL writes it
 */
export function sessionCast(
  from: string,
  to: string,
  column: string,
  facts: readonly FactBase[],
): string | undefined {
  const [old, wanted] = [from, to].map((type) => typeOf(baseType(type, facts)))
  if (old === undefined || wanted === undefined) return undefined
  const [source, target] = [old, wanted].map(familyOf)
  if (source === target) return undefined
  if (source === 'money' || target === 'money') return `${column}::${to}`
  const expression = casts[`${source} → ${target}`]
  if (expression === undefined) return undefined
  if (old.arrays === '' && wanted.arrays === '') return expression(column)
  return old.arrays === wanted.arrays ? `${column}::${to}` : undefined
}

function familyOf({ name }: TypeParts): string {
  return texts.has(name) ? 'string' : name
}

/** What a domain is over in the end; any other type itself. */
function baseType(type: string, facts: readonly FactBase[]): string {
  const domain = facts
    .flatMap((base) => base.facts())
    .find(
      ({ id }) =>
        id.kind === 'domain' && [`${id.schema}.${id.name}`, `"${id.schema}"."${id.name}"`].includes(type),
    )
  const base = domain?.payload.baseType
  return typeof base === 'string' ? baseType(base, facts) : type
}
