import type { Value } from '../python/values.ts'

const purePackages =
  /^(sqlalchemy|postgresql|sqlmodel|sqlalchemy_utils|oslo_db\.sqlalchemy\.types|oslo_utils\.timeutils|oslo_log|alembic_utils|alembic_postgresql_enum|airflow\.migrations\.db_types|uuid|datetime|os|enum|logging|json|alembic\.op\.(get_bind|get_context|f|inline_literal|batch_alter_table))(\.|$)/
const pureMethods = new Set([
  'with_variant',
  'desc',
  'asc',
  'bindparams',
  'nulls_first',
  'nulls_last',
  'nullsfirst',
  'nullslast',
  'dialect',
  'name',
  'engine',
  'connection',
  'bind',
  'impl',
  'c',
  'columns',
  'is_',
  'evaluates_none',
  'where',
  'values',
  'update',
  'insert',
  'delete',
])

/** The first part of a value whose making might do something. */
export function impure(value: Value): Value | undefined {
  switch (value.kind) {
    case 'opaque':
      return value
    case 'list':
      return value.items.map(impure).find((part) => part !== undefined)
    case 'dict':
      return value.entries
        .flatMap(([key, item]) => [impure(key), impure(item)])
        .find((part) => part !== undefined)
    case 'call':
    case 'method': {
      if (value.kind === 'call' && value.type !== undefined) return undefined
      const known = value.kind === 'call' ? purePackages.test(value.path) : pureMethods.has(value.name)
      if (!known) return value
      const inside = [
        ...(value.kind === 'method' ? [value.of] : []),
        ...value.positional,
        ...value.keywords.values(),
      ]
      return inside
        .filter((part) => part.kind !== 'opaque')
        .map(impure)
        .find((part) => part !== undefined)
    }
    default:
      return undefined
  }
}
