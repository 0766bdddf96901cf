export { type Change, changeText } from '../change.ts'
export { hasUnmodeled } from './absent-kinds.ts'
export type { Action, Difference, LockClass } from './action.ts'
export type { Unmodeled } from './base-types.ts'
/**
 * The difference engine: the only module that knows @supabase/pg-delta. A catalog is read from a database,
 * a difference is computed from two of them; identities are plain values that the rest may compare by key.
 */
export { outsideReferences, outsideTexts } from './beside.ts'
export {
  type Catalog,
  type ComparedObjects,
  liveGlobals,
  managedGlobals,
  readCatalog,
  viewedIn,
} from './catalog.ts'
export { attributeMoves, changedTypes, misorderedComposites, type TypeId } from './changed-types.ts'
export { columnChange, requiredColumn, retypedColumn, typeChange, withUsing } from './column-change.ts'
export type { MisorderedType } from './composite-order.ts'
export { setExpressionSince } from './generated-columns.ts'
export { columnsGone, columnsLostByHeirs, heirsOf } from './heirs.ts'
export { baseObject, idKey, kindWord, type ObjectId, objectName, relationOf, schemaOf } from './ids.ts'
export { keepingMoves } from './moves.ts'
export { inNameOrder } from './name-order.ts'
export {
  childKinds,
  containerOf,
  type NamedKind,
  type NamedObject,
  namedId,
  namedKindWord,
  namedSides,
  type Rename,
  topKinds,
} from './named-objects.ts'
export { type NumberedColumn, numberedColumns } from './numbered-columns.ts'
export { ownAction } from './own-action.ts'
export { parentsOf } from './parents.ts'
export { difference, seenDifference, tryDifference } from './plan.ts'
export { moveCandidates, renameCandidates } from './rename-candidates.ts'
export { afterRows, positionFrom } from './sequence-positions.ts'
export { plainZone, sessionCast } from './session-casts.ts'
export { shortened } from './shortened.ts'
export { isStoredAlike } from './stored-alike.ts'
export { hasPlainTable, partitionRoot, type TableColumn, tableColumns } from './table-columns.ts'
export { columnsHolding } from './type-columns.ts'
