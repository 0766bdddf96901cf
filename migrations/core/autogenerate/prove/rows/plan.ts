import {
  type Action,
  baseObject,
  type ObjectId,
  type Rename,
  relationOf,
  requiredColumn,
  typeChange,
} from '../../../difference/index.ts'
import { qualifiedName, quoteIdentAlways } from '../../../postgres/index.ts'
import {
  altersNoTable,
  elementTypeName,
  enumFacts,
  renamedValue,
  schemaNameText,
  tableChange,
} from '../../../postgres/statement/index.ts'
import { type Loss, qualifiedLoss } from '../../../revisions/index.ts'
import type { LineTarget } from '../../../scratch/lines.ts'
import { type Casts, columnKey, type Renames, type RowAsks } from '../../../scratch/rows/index.ts'
import type { GeneratedRevision } from '../../write/revision.ts'

/** What the row proof knows of a change before it runs. */
export interface RowPlan {
  /** What the statements name. */
  readonly names: readonly { readonly schema: string; readonly name: string }[]
  readonly asks: RowAsks
  readonly upgrade: DirectionPlan
  readonly downgrade: DirectionPlan
}

export type EnumLabels = ReadonlyMap<string, ReadonlyMap<string, string>>

export interface DirectionPlan {
  readonly casts: Casts
  readonly renames: Renames
  /** With their schemas. */
  readonly announced: readonly Loss[]
  /** Names that a person said are renamed: no loss of theirs is one to announce. */
  readonly promised: ReadonlySet<string>
  /** What becomes of enum labels, by the type as format_type writes it. */
  readonly labels: EnumLabels
}

/** Reads off a change's actions what is to become of rows. */
export function rowPlan(
  revisions: readonly GeneratedRevision[],
  lines: readonly LineTarget[],
  given: readonly Rename[],
): RowPlan {
  const up = revisions.flatMap(({ upgrade }) => upgrade.actions)
  const down = revisions.toReversed().flatMap(({ downgrade }) => downgrade.actions)
  const schemaOf = (line: string) => lines.find(({ key }) => key === line)?.schema ?? line
  const losses = (side: 'upgrade' | 'downgrade') =>
    revisions.flatMap((revision) =>
      revision[side].costs.dataLoss.map((loss) => qualifiedLoss(loss, schemaOf(revision.line))),
    )
  const renames = renamesOf(given)
  return {
    names: namesIn([...up, ...down]),
    asks: asksOf(up),
    upgrade: {
      casts: castsOf(up),
      renames,
      announced: losses('upgrade'),
      promised: namesOfKeys(renames),
      labels: labelsOf(up),
    },
    downgrade: {
      casts: castsOf(down),
      renames: reversed(renames),
      announced: losses('downgrade'),
      promised: namesOfKeys(reversed(renames)),
      labels: labelsOf(down),
    },
  }
}

const makesNoRows = new Set([
  'view',
  'materializedView',
  'function',
  'procedure',
  'rule',
  'comment',
  'acl',
  'policy',
])

/** The tables that actions are about, and the types, routines and sequences that they change. */
function namesIn(actions: readonly Action[]): RowPlan['names'] {
  const found = new Map<string, { schema: string; name: string }>()
  for (const action of actions) {
    const { produces, destroys, consumes, sql } = action
    const alters = altersNoTable(sql)
    const isAside = produces.length > 0 && produces.every(({ kind }) => makesNoRows.has(kind)) && !alters
    const ids = [
      ...produces,
      ...destroys,
      ...(alters ? consumes : consumes.filter((id) => relationOf(id) !== undefined)),
    ]
    for (const id of isAside ? destroys : ids) {
      const name = nameIn(id)
      if (name !== undefined) found.set(JSON.stringify(name), name)
    }
  }
  return [...found.values()]
}

function nameIn(id: ObjectId): { schema: string; name: string } | undefined {
  const relation = relationOf(id)
  if (relation !== undefined) return relation
  const base = baseObject(id)
  if (base.kind === 'typeAttribute') return { schema: base.schema, name: base.type }
  return 'schema' in base && 'name' in base ? { schema: base.schema, name: base.name } : undefined
}

/** What type changes make of values, as expressions over the columns before, by their names once they are renamed. */
function castsOf(actions: readonly Action[]): Casts {
  const found = new Map<string, string>()
  for (const action of actions) {
    const change = typeChange(action)
    if (change === undefined) continue
    const { column, type, collation, using } = change
    const value = `(${using ?? quoteIdentAlways(column.name)})::${type}`
    const cast = collation === undefined ? value : `${value} COLLATE ${collation}`
    found.set(columnKey(column.schema, column.table, column.name), cast)
  }
  return found
}

/**
 * What statements that come will not take from rows: the rows are made so that they pass. A column whose NULLs a value takes
 * the place of has some, or nothing would show what that does.
 */
function asksOf(actions: readonly Action[]): RowAsks {
  const texts = new Map<string, readonly string[]>()
  const notNull = new Set<string>()
  const checks: { schema: string; table: string; expression: string }[] = []
  const references: RowAsks['references'][number][] = []
  const labels = new Map(actions.flatMap((action) => enumLabels(action)))
  const fills = actions.flatMap((action) => action.fills ?? [])
  const filled = new Set(fills.map(({ schema, table, name }) => columnKey(schema, table, name)))
  for (const action of actions) {
    const retyping = typeChange(action)
    if (retyping !== undefined) {
      const { column, type } = retyping
      const asked = textsOf(type, labels)
      if (asked.length > 0) texts.set(columnKey(column.schema, column.table, column.name), asked)
    }
    const required = requiredColumn(action)
    if (required !== undefined) notNull.add(columnKey(required.schema, required.table, required.name))
    const change = tableChange(action.sql)
    if (change?.kind !== 'add constraint') continue
    const relation = [...action.produces, ...action.consumes].flatMap((id) => relationOf(id) ?? [])[0]
    if (relation === undefined) continue
    const { schema, name: table } = relation
    const { kind, columns, expression, looksAtRows, references: target } = change.constraint
    if (expression !== undefined && looksAtRows) checks.push({ schema, table, expression })
    for (const name of kind === 'primary key' ? columns : []) notNull.add(columnKey(schema, table, name))
    if (target === undefined) continue
    const place = qualifiedName(target.table.schema ?? '', target.table.name)
    references.push({ schema, table, columns, target: place, targetColumns: target.columns })
  }
  return { texts, notNull: new Set([...notNull].filter((key) => !filled.has(key))), checks, references }
}

function enumLabels({ sql }: Action): readonly (readonly [string, readonly string[]])[] {
  const made = enumFacts(sql)
  return made === undefined ? [] : [[schemaNameText(made.type), made.labels]]
}

/** Texts that a type reads. */
function textsOf(type: string, labels: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const known = labels.get(elementTypeName(type))
  if (known !== undefined) return known
  if (/^(smallint|integer|bigint|numeric|real|double precision|money|oid)/.test(type)) return ['1', '2', '3']
  if (/^(date|timestamp)/.test(type)) return ['2026-01-02', '2026-02-03', '2026-03-04']
  if (/^time /.test(type)) return ['04:05:06', '05:06:07', '06:07:08']
  if (/^boolean/.test(type)) return ['1', '0', 'true', 'false']
  if (/^interval/.test(type)) return ['1 day', '2 days', '3 days']
  if (/^uuid/.test(type)) return [1, 2, 3].map((n) => `0000000${n}-0000-4000-8000-00000000000${n}`)
  if (/^jsonb?/.test(type)) return ['{}', '[]', '1']
  if (/\[\]$/.test(type)) return ['{}']
  if (/^(inet|cidr)/.test(type)) return ['10.0.0.1', '10.0.0.2', '10.0.0.3']
  return []
}

/** The tables and columns among renames, by their whole names. */
function renamesOf(given: readonly Rename[]): Renames {
  const pairs = (kind: 'table' | 'column') =>
    given
      .filter(({ from }) => from.kind === kind)
      .map(({ from, to }) => [JSON.stringify(wholeName(from)), JSON.stringify(wholeName(to))] as const)
  return { tables: new Map(pairs('table')), columns: new Map(pairs('column')) }
}

function wholeName({ schema, parent, name }: Rename['from']): readonly string[] {
  return parent === null ? [schema, name] : [schema, parent.name, name]
}

function namesOfKeys({ tables, columns }: Renames): ReadonlySet<string> {
  return new Set(
    [...tables.keys(), ...columns.keys()].map((name) => (JSON.parse(name) as string[]).join('.')),
  )
}

/** Labels that are renamed, old to new. */
function labelsOf(actions: readonly Action[]): EnumLabels {
  const found = new Map<string, Map<string, string>>()
  for (const { sql } of actions) {
    const renamed = renamedValue(sql)
    if (renamed === undefined) continue
    const [type, { from, to }] = [schemaNameText(renamed.type), renamed]
    found.set(type, (found.get(type) ?? new Map()).set(from, to))
  }
  return found
}

function reversed({ tables, columns }: Renames): Renames {
  const back = (names: ReadonlyMap<string, string>) => new Map([...names].map(([old, name]) => [name, old]))
  return { tables: back(tables), columns: back(columns) }
}
