import type { Family } from '../sql.ts'
import { columns } from './columns.ts'
import { constraints } from './constraints.ts'
import { defaultPrivileges, functions } from './functions.ts'
import { indexes } from './indexes.ts'
import { operators } from './operators.ts'
import { relations, schemas } from './relations.ts'
import { sequences } from './sequences.ts'
import { statistics, tableParts } from './table-parts.ts'
import { collations, textSearch } from './text.ts'
import { types } from './types.ts'

/** Every family that a fingerprint reads. What none of them claims is reported as unknown. */
export const families: readonly Family[] = [
  schemas,
  relations,
  columns,
  constraints,
  indexes,
  sequences,
  tableParts,
  statistics,
  functions,
  types,
  operators,
  collations,
  textSearch,
  defaultPrivileges,
]
