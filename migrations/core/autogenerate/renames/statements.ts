import {
  type Action,
  childKinds,
  containerOf,
  idKey,
  inNameOrder,
  type NamedKind,
  type NamedObject,
  namedId,
  namedKindWord,
  ownAction,
  type Rename,
  shortened,
} from '../../difference/index.ts'
import { qualifiedName, quoteIdent, quoteLiteral } from '../../postgres/index.ts'

/** A statement of a rename. */
export interface RenameStep {
  readonly rename: Rename
  readonly action: Action
}

/** Parts are renamed ahead of what holds them, and routines ahead of the types of their arguments. */
const order: readonly NamedKind[] = [
  ...childKinds,
  'function',
  'procedure',
  'aggregate',
  'index',
  'sequence',
  'view',
  'materializedView',
  'foreignTable',
  'table',
  'type',
  'domain',
  'collation',
]

/**
 * The statements that make renames, in an order that PostgreSQL takes: names that are given on (`a` to `b`, `b` to `c`)
 * from the last one, names that change places by way of a third. What moves to another schema does so first, so that
 * its parts are renamed there. What has a name that is to be given, and keeps it, is dropped: in a downgrade it came with
 * the upgrade.
 * @param existing what has a name before the renames
 */
export function renameSteps(
  renames: readonly Rename[],
  existing: readonly NamedObject[],
): readonly RenameStep[] {
  const movers = renames.filter(({ from, to }) => from.schema !== to.schema && from.parent === null)
  const moved = new Set(movers.map(({ from }) => idKey(namedId(from))))
  const isAfterMove = ({ from }: Rename) => from.parent !== null && moved.has(idKey(containerOf(from)))
  const others = renames.filter((rename) => !movers.includes(rename) && !isAfterMove(rename))
  const sorted = others.toSorted((a, b) => order.indexOf(a.from.kind) - order.indexOf(b.from.kind))
  const steps = [...movers, ...sorted].map((rename) => ({ rename, from: rename.from, to: inPlace(rename) }))
  const parts = renames.filter(isAfterMove).map((rename) => {
    const { from, to } = rename
    return { rename, from: { ...from, schema: to.schema, parent: to.parent }, to }
  })
  return inFreeOrder([...steps, ...parts], new Map(existing.map((object) => [placeOf(object), object])))
}

/** A rename, and the names at the moment when it is made. */
interface Waiting {
  readonly rename: Rename
  readonly from: NamedObject
  readonly to: NamedObject
}

/** Equal for two objects of which PostgreSQL takes only one: relations of a schema share their names. */
function placeOf({ kind, schema, parent, name, args }: NamedObject): string {
  const space = relations.has(kind) ? 'relation' : kind
  return JSON.stringify([space, schema, parent?.name, name, args])
}

const relations: ReadonlySet<NamedKind> = new Set([
  'table',
  'foreignTable',
  'view',
  'materializedView',
  'sequence',
  'index',
] satisfies readonly NamedKind[])

function inFreeOrder(renames: readonly Waiting[], taken: Map<string, NamedObject>): readonly RenameStep[] {
  const steps: RenameStep[] = []
  const give = (rename: Rename, from: NamedObject, to: NamedObject) => {
    const occupant = placeOf(from) === placeOf(to) ? undefined : taken.get(placeOf(to))
    if (occupant !== undefined) steps.push({ rename, action: dropOf(occupant) })
    for (const action of actionsOf(from, to, taken)) steps.push({ rename, action })
    taken.delete(placeOf(from))
    taken.set(placeOf(to), to)
  }
  inNameOrder(renames, new Set(renames.map(({ from }) => placeOf(from))), {
    places: ({ from, to }) => ({ from: placeOf(from), to: placeOf(to) }),
    take: ({ rename, from, to }) => give(rename, from, to),
    stepAside: ({ rename, from, to }) => {
      const between = { ...from, name: shortened(from.name, '__renamed') }
      give(rename, from, between)
      return { rename, from: between, to }
    },
  })
  return steps
}

/** The new name of a part, in what holds it as that is called when the part is renamed. */
function inPlace({ from, to }: Rename): NamedObject {
  return from.parent === null ? to : { ...to, schema: from.schema, parent: from.parent }
}

function actionsOf(
  from: NamedObject,
  to: NamedObject,
  taken: ReadonlyMap<string, NamedObject>,
): readonly Action[] {
  if (from.schema === to.schema) return stepOf(from, to)
  const isMovedFirst = !taken.has(placeOf({ ...from, schema: to.schema }))
  const between = isMovedFirst ? { ...from, schema: to.schema } : { ...from, name: to.name }
  return [...stepOf(from, between), ...stepOf(between, to)]
}

function stepOf(from: NamedObject, to: NamedObject): readonly Action[] {
  if (from.schema !== to.schema) {
    const move = actionOf(
      from,
      to,
      `ALTER ${sqlKind(from)} ${address(from)} SET SCHEMA ${quoteIdent(to.schema)}`,
    )
    // The line that it comes from has made it.
    return [{ ...move, consumes: [namedId(from)] }]
  }
  return from.name === to.name ? [] : [actionOf(from, to, renameSql(from, to.name))]
}

function actionOf(from: NamedObject, to: NamedObject, sql: string): Action {
  const about = from.parent === null ? [] : [containerOf(from)]
  if (from.kind === 'value') return ownAction(sql, about, { lock: 'none' })
  return ownAction(sql, about, { produces: [namedId(to)], destroys: [namedId(from)], lock: lockOf(from) })
}

const holdsData: ReadonlySet<NamedKind> = new Set(['table', 'column', 'typeAttribute', 'sequence'])

function dropOf(object: NamedObject): Action {
  const about = object.parent === null ? [] : [containerOf(object)]
  return ownAction(dropSql(object), about, {
    destroys: [namedId(object)],
    lock: lockOf(object),
    losesData: holdsData.has(object.kind),
    verb: 'drop',
  })
}

function dropSql(object: NamedObject): string {
  const { kind, parent, schema } = object
  const [name, holder] = [quoteIdent(object.name), parent === null ? '' : qualifiedName(schema, parent.name)]
  switch (kind) {
    case 'column':
    case 'constraint':
      return `ALTER ${holderKind(object)} ${holder} DROP ${kind.toUpperCase()} ${name}`
    case 'typeAttribute':
      return `ALTER TYPE ${holder} DROP ATTRIBUTE ${name}`
    case 'trigger':
    case 'policy':
    case 'rule':
      return `DROP ${kind.toUpperCase()} ${name} ON ${holder}`
    default:
      return `DROP ${sqlKind(object)} ${address(object)}`
  }
}

/** ALTER INDEX … RENAME lets writers go on (manual, ALTER INDEX); what is not a relation is locked itself. */
function lockOf({ kind, parent }: NamedObject): Action['lock'] {
  if (kind === 'index') return 'shareUpdateExclusive'
  const relation = parent?.kind ?? kind
  return /table|view/i.test(relation) ? 'accessExclusive' : 'none'
}

function renameSql(from: NamedObject, to: string): string {
  const { kind, parent, schema, name } = from
  const holder = parent === null ? '' : qualifiedName(schema, parent.name)
  const [old, next] = [quoteIdent(name), quoteIdent(to)]
  switch (kind) {
    case 'column':
    case 'constraint':
      return `ALTER ${holderKind(from)} ${holder} RENAME ${kind.toUpperCase()} ${old} TO ${next}`
    case 'typeAttribute':
      return `ALTER TYPE ${holder} RENAME ATTRIBUTE ${old} TO ${next}`
    case 'value':
      return `ALTER TYPE ${holder} RENAME VALUE ${quoteLiteral(name)} TO ${quoteLiteral(to)}`
    case 'trigger':
    case 'policy':
    case 'rule':
      return `ALTER ${kind.toUpperCase()} ${old} ON ${holder} RENAME TO ${next}`
    default:
      return `ALTER ${sqlKind(from)} ${address(from)} RENAME TO ${next}`
  }
}

function holderKind({ parent }: NamedObject): string {
  if (parent?.kind === 'domain') return 'DOMAIN'
  return parent?.kind === 'foreignTable' ? 'FOREIGN TABLE' : 'TABLE'
}

function sqlKind({ kind }: NamedObject): string {
  return namedKindWord(kind).toUpperCase()
}

function address({ kind, schema, name, args }: NamedObject): string {
  if (args === null) return qualifiedName(schema, name)
  const list = kind === 'aggregate' && args.length === 0 ? '*' : args.join(', ')
  return `${qualifiedName(schema, name)}(${list})`
}
