/**
 * What a statement of SQL is about, for where the text is all that there is: the difference engine says what an action
 * makes, alters and drops, and not how. Read by PostgreSQL's own tokens.
 */
export { type ConstraintFacts, constraintFacts } from './constraint.ts'
export { definesOnly } from './defines-only.ts'
export { indexFacts, tableOfConcurrentBuild, withoutOnly } from './index-facts.ts'
export type { SchemaName } from './reader.ts'
export {
  altersNoTable,
  castColumn,
  constantFacts,
  definitionFacts,
  elementTypeName,
  enumFacts,
  isDeferredTrigger,
  isRename,
  renamedValue,
  routineFacts,
  rowChange,
  schemaNameText,
  statementLocks,
  statementTable,
  withoutCast,
} from './statement-facts.ts'
export { type TableChange, tableAlteration, tableChange, withoutNotNull } from './table-change.ts'
