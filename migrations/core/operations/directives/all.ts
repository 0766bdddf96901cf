import * as alterColumn from './alter-column.ts'
import * as column from './column.ts'
import * as comment from './comment.ts'
import * as constraint from './constraint.ts'
import * as data from './data.ts'
import * as domain from './domain.ts'
import * as enumType from './enum.ts'
import * as extension from './extension.ts'
import * as functions from './function.ts'
import * as indexes from './indexes.ts'
import * as materializedView from './materialized-view.ts'
import * as policy from './policy.ts'
import * as privilege from './privilege.ts'
import * as sequence from './sequence.ts'
import * as table from './table.ts'
import * as trigger from './trigger.ts'
import * as view from './view.ts'

/** Every directive by its name: each file of this folder exports its own and nothing else at run time. */
export const directives = {
  ...table,
  ...column,
  ...alterColumn,
  ...indexes,
  ...constraint,
  ...enumType,
  ...domain,
  ...sequence,
  ...view,
  ...materializedView,
  ...functions,
  ...trigger,
  ...policy,
  ...extension,
  ...comment,
  ...privilege,
  ...data,
}

export type Directives = typeof directives
