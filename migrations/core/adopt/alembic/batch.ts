import type { Call, Method, Value } from '../python/values.ts'
import { argumentsOf } from './reading.ts'

/** Where the table's name goes among the positional arguments of an operation of `batch_alter_table`. */
const tableAt: Readonly<Record<string, 0 | 1>> = {
  add_column: 0,
  drop_column: 0,
  alter_column: 0,
  create_table_comment: 0,
  drop_table_comment: 0,
  create_index: 1,
  drop_index: 1,
  create_foreign_key: 1,
  create_unique_constraint: 1,
  create_check_constraint: 1,
  create_primary_key: 1,
  create_exclude_constraint: 1,
  drop_constraint: 1,
}

/** `op.batch_alter_table('t', schema=…)`; on PostgreSQL it changes the table in place, statement by statement. */
export function batchOf(call: Call): Value {
  const names = ['table_name', 'schema', 'recreate']
  const known = [
    'copy_from',
    'table_args',
    'table_kwargs',
    'reflect_args',
    'reflect_kwargs',
    'naming_convention',
    'partial_reordering',
  ]
  const given = argumentsOf(call, names, known)
  const recreate = given.optionalText('recreate')
  if (recreate === 'always') return { kind: 'opaque', why: "recreate='always'", line: call.line }
  return {
    kind: 'batch',
    table: given.text('table_name'),
    schema: given.optionalText('schema'),
    line: call.line,
  }
}

/** An operation of a batch as the operation of `op` that it stands for. */
export function batchOperation(method: Method): Call | undefined {
  const { of, name, line } = method
  const at = tableAt[name]
  if (of.kind !== 'batch' || at === undefined) return undefined
  const table: Value = { kind: 'text', text: of.table, line }
  const keywords = new Map(method.keywords)
  if (of.schema !== undefined) {
    const schema = name === 'create_foreign_key' ? 'source_schema' : 'schema'
    keywords.set(schema, { kind: 'text', text: of.schema, line })
  }
  const named = method.positional.length < at
  if (named) keywords.set(name === 'create_foreign_key' ? 'source_table' : 'table_name', table)
  return {
    kind: 'call',
    path: `alembic.op.${name}`,
    positional: named
      ? method.positional
      : [...method.positional.slice(0, at), table, ...method.positional.slice(at)],
    keywords,
    line,
  }
}
