import { qualifiedName, quoteIdent } from '../../postgres/index.ts'
import type { Action } from '../engine/index.ts'
import type { CastDecisions } from './decisions.ts'
import type { Refusal } from './trial.ts'

interface ColumnName {
  readonly schema: string
  readonly table: string
  readonly name: string
}

/** The column that an action makes NOT NULL, by adding it so or by setting it. */
function columnWithoutNulls({ sql, produces, consumes }: Action): ColumnName | undefined {
  const [made] = produces
  if (made?.kind === 'column' && addsNotNull.test(sql)) return made
  const set = consumes.find((id) => id.kind === 'column')
  return set?.kind === 'column' && / SET NOT NULL$/.test(sql) ? set : undefined
}

const addsNotNull = / ADD COLUMN .* NOT NULL$/s
const notNull = /(?: CONSTRAINT (?:"(?:[^"]|"")+"|\S+))? NOT NULL$/

/** The column that rows have no value for, of an action that PostgreSQL refused for it; `schema.table.column`. */
export function columnToFill({ action, error }: Refusal): string | undefined {
  const column = columnWithoutNulls(action)
  const isRefusedForNulls = 'code' in error && error.code === '23502'
  if (column === undefined || !isRefusedForNulls) return undefined
  return `${column.schema}.${column.table}.${column.name}`
}

/** The statements that give rows the value that a person named, and hold the column to it from then on. */
export function filling(refusal: Refusal, casts: CastDecisions): readonly Action[] | undefined {
  const { action } = refusal
  const name = columnToFill(refusal)
  const column = columnWithoutNulls(action)
  const value = name === undefined ? undefined : (casts.fill ?? casts.using)[name]
  if (column === undefined || value === undefined) return undefined
  const table = qualifiedName(column.schema, column.table)
  const quoted = quoteIdent(column.name)
  const id = { kind: 'column', schema: column.schema, table: column.table, name: column.name } as const
  const alter = { ...action, produces: [], destroys: [], consumes: [id], verb: 'alter' } as const
  const adds = addsNotNull.test(action.sql) ? [{ ...action, sql: action.sql.replace(notNull, '') }] : []
  return [
    ...adds,
    { ...alter, sql: `UPDATE ${table} SET ${quoted} = ${value} WHERE ${quoted} IS NULL`, rewrites: true },
    { ...alter, sql: `ALTER TABLE ${table} ALTER COLUMN ${quoted} SET NOT NULL` },
  ]
}
