import type { ClientBase } from 'pg'
import { type Action, typeChange, withUsing } from '../../difference/index.ts'
import { withoutCast } from '../../postgres/statement/index.ts'

/**
 * Rewrites `USING c::new_enum` to go by text where both sides are enum types, or both arrays of them: there is no cast
 * between two enum types. Undefined for any other pair of types, which is a person's decision: an array's text is no
 * value of its elements' type.
 */
export async function enumCast(client: ClientBase, action: Action): Promise<string | undefined> {
  const { column, type, using } = typeChange(action) ?? {}
  if (column === undefined || type === undefined || using === undefined) return undefined
  const value = withoutCast(using)
  if (value === using || withoutCast(value) !== value) return undefined
  const { rows } = await client.query<{ from: string; to: string; wasArray: boolean; array: boolean }>(
    `SELECT coalesce(fe.typtype, f.typtype) AS from, coalesce(te.typtype, t.typtype) AS to, fe.oid IS NOT NULL AS "wasArray",
            te.oid IS NOT NULL AS array
     FROM pg_attribute a
     JOIN pg_class c ON c.oid = a.attrelid
     JOIN pg_namespace n ON n.oid = c.relnamespace
     JOIN pg_type f ON f.oid = a.atttypid
     LEFT JOIN pg_type fe ON fe.oid = f.typelem AND f.typcategory = 'A'
     JOIN pg_type t ON t.oid = to_regtype($4)
     LEFT JOIN pg_type te ON te.oid = t.typelem AND t.typcategory = 'A'
     WHERE n.nspname = $1 AND c.relname = $2 AND a.attname = $3`,
    [column.schema, column.table, column.name, type],
  )
  const types = rows[0]
  if (types?.from !== 'e' || types.to !== 'e' || types.wasArray !== types.array) return undefined
  return withUsing(action.sql, `${value}::text${types.array ? '[]' : ''}::${type}`)
}
