import { addColumn, alterColumn, dropColumn } from './column.ts'
import {
  createCheckConstraint,
  createExcludeConstraint,
  createForeignKey,
  createPrimaryKey,
  createUniqueConstraint,
  dropConstraint,
} from './constraint.ts'
import { createEntity, dropEntity, replaceEntity } from './entities.ts'
import { syncEnumValues } from './enum-values.ts'
import { createIndex, dropIndex } from './index-sql.ts'
import type { Operation } from './operation.ts'
import { bulkInsert, execute } from './statement.ts'
import { createTable, createTableComment, dropTable, dropTableComment, renameTable } from './table.ts'

/** Alembic's operations that have SQL of their own (Alembic, "Operation Reference"). */
export const operations: ReadonlyMap<string, Operation> = new Map([
  ['create_table', createTable],
  ['drop_table', dropTable],
  ['rename_table', renameTable],
  ['create_table_comment', createTableComment],
  ['drop_table_comment', dropTableComment],
  ['add_column', addColumn],
  ['drop_column', dropColumn],
  ['alter_column', alterColumn],
  ['create_index', createIndex],
  ['drop_index', dropIndex],
  ['create_foreign_key', createForeignKey],
  ['create_unique_constraint', createUniqueConstraint],
  ['create_check_constraint', createCheckConstraint],
  ['create_primary_key', createPrimaryKey],
  ['create_exclude_constraint', createExcludeConstraint],
  ['drop_constraint', dropConstraint],
  ['execute', execute],
  ['bulk_insert', bulkInsert],
  // Of packages that extend Alembic: alembic_utils, alembic-postgresql-enum.
  ['create_entity', createEntity],
  ['drop_entity', dropEntity],
  ['replace_entity', replaceEntity],
  ['sync_enum_values', syncEnumValues],
])
