import { type Action, type ObjectId, relationOf } from '../../difference/index.ts'
import { constantFacts, isRename, type TableChange, tableChange } from '../../postgres/statement/index.ts'

/**
 * Whether PostgreSQL runs actions without a look at any row that is there before them, so that they do the same on
 * empty tables as on full ones. What is not plain to see counts as a look: an index or a constraint on a table that
 * the actions do not make themselves, a type change, a column that has to be computed or may not be NULL, a domain
 * (whose checks are held against NULL), a partition (rows of the default partition), a materialized view.
 */
export function readsNoRows(actions: readonly Action[]): boolean {
  const made = new Set<string>()
  return actions.every((action) => {
    const isBlind = isRowBlind(action, made)
    const table = tableMadeBy(action)
    if (table !== undefined) made.add(table)
    return isBlind
  })
}

/** Objects that are catalog entries alone. */
const rowless: ReadonlySet<ObjectId['kind']> = new Set([
  'aggregate',
  'comment',
  'domain',
  'function',
  'policy',
  'procedure',
  'rule',
  'sequence',
  'trigger',
  'type',
  'view',
] satisfies readonly ObjectId['kind'][])

function isRowBlind(action: Action, made: ReadonlySet<string>): boolean {
  const { sql, verb, produces } = action
  if (action.rewrites || action.transaction !== 'plain' || action.needsCommitBefore) return false
  if (verb === 'drop' || (verb === 'alter' && isRename(sql))) return true
  if (/\b(?:PARTITION OF|ATTACH PARTITION)\b/.test(sql)) return false
  const [first] = produces
  if (verb === 'create' && first?.kind === 'table') return true
  if (first !== undefined && rowless.has(first.kind)) return verb === 'create'
  const relation = [...produces, ...action.consumes].flatMap((id) => relationOf(id) ?? [])[0]
  if (relation !== undefined && made.has(nameOf(relation))) return true
  const change = tableChange(sql)
  if (change === undefined) return false
  if (['set default', 'drop default', 'drop not null'].includes(change.kind)) return true
  const meetsDomain = [...action.consumes, ...action.needs].some((id) => id.kind === 'domain')
  return !meetsDomain && addsWithoutLook(change)
}

/** A constant is stored once for all rows that are there, and NULL not at all (ALTER TABLE, Notes). */
function addsWithoutLook(change: TableChange): boolean {
  if (change.kind !== 'add column' || change.isConstrained || change.generated !== undefined) return false
  const { default: value, notNull } = change
  if (value === undefined || /^null\b/i.test(value)) return !notNull
  return constantFacts(value) !== undefined
}

function tableMadeBy({ verb, produces }: Action): string | undefined {
  const id = produces.find(({ kind }) => kind === 'table')
  const relation = verb === 'create' && id !== undefined ? relationOf(id) : undefined
  return relation === undefined ? undefined : nameOf(relation)
}

function nameOf({ schema, name: table }: { readonly schema: string; readonly name: string }): string {
  return `${schema}\0${table}`
}
