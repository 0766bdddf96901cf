import type { Fact, FactBase } from '@supabase/pg-delta/core'
import { distance } from 'fastest-levenshtein'
import type { Catalog, ComparedObjects } from './catalog.ts'
import { idKey } from './ids.ts'
import { namedOf, type Rename } from './named-objects.ts'
import { parentsOf } from './parents.ts'
import { bothSides } from './plan.ts'
import { isAssignable } from './type-changes.ts'

/** Of what goes, with the data that it holds, so many new names are worth a question. */
const mostPerObject = 3

/** What is nearly as likely as the likeliest is listed too. */
const nearlyAsLikely = 0.7

/**
 * What could be a rename, the likeliest first: a table, a column, an attribute of a composite type, a sequence or a
 * value of an enum that goes while another of its kind comes. A drop and an add would lose data, so each of them that
 * goes is listed at least once, however little it is like what comes. Generated columns hold nothing of their own, and
 * a partition of other bounds holds other rows.
 * @param isDenied for what a person has said is not a rename; what is less likely comes up in its place, a few times
 */
export function renameCandidates(
  from: Catalog,
  to: Catalog,
  scope: ComparedObjects,
  isDenied: (rename: Rename) => boolean = () => false,
): readonly Rename[] {
  const { source, wanted } = bothSides(from, to, scope)
  const inScope = (fact: Fact) => 'schema' in fact.id && scope.schemas.includes(String(fact.id.schema))
  const gone = source.facts().filter((fact) => inScope(fact) && !wanted.has(fact.id))
  const fresh = wanted.facts().filter((fact) => inScope(fact) && !source.has(fact.id))
  const likely = (likeness: Likeness) => likeliestOf(gone, fresh, likeness, isDenied)
  const kept = source.facts().filter(inScope)
  return [
    ...likely((old, added) => tableLikeness(old, added, source, wanted)),
    ...likely((old, added) => columnLikeness(old, added, source, wanted)),
    ...likely((old, added) => attributeLikeness(old, added, wanted)),
    ...likely(sequenceLikeness),
    ...kept.flatMap((type) => valueCandidates(type, wanted.get(type.id))).filter((each) => !isDenied(each)),
  ]
}

/** Between lines, what is less alike is not a move: each line goes at a pace of its own. */
const likelyMove = 0.4

/**
 * Tables and sequences that could have moved between a schema of the scope and one of `others`, the likeliest first. With
 * both in the scope they would be candidates for a rename.
 */
export function moveCandidates(
  from: Catalog,
  to: Catalog,
  scope: ComparedObjects,
  others: readonly string[],
): readonly Rename[] {
  const wide: ComparedObjects = { ...scope, schemas: [...scope.schemas, ...others] }
  const { source, wanted } = bothSides(from, to, wide)
  const isHere = ({ id }: Fact) => 'schema' in id && scope.schemas.includes(String(id.schema))
  const isThere = ({ id }: Fact) => 'schema' in id && others.includes(String(id.schema))
  const gone = source.facts().filter(({ id }) => !wanted.has(id))
  const fresh = wanted.facts().filter(({ id }) => !source.has(id))
  const likeness: Likeness = (old, added) => {
    const score = tableLikeness(old, added, source, wanted) ?? sequenceLikeness(old, added)
    return score === undefined || score < likelyMove ? undefined : score
  }
  const likely = (olds: readonly Fact[], added: readonly Fact[]) =>
    likeliestOf(olds, added, likeness, () => false)
  return [
    ...likely(gone.filter(isHere), fresh.filter(isThere)),
    ...likely(gone.filter(isThere), fresh.filter(isHere)),
  ]
}

/** How much alike two facts are, from 0 to 1; undefined for what is not a rename. */
type Likeness = (old: Fact, added: Fact) => number | undefined

/** The candidates for each of `gone`; of them all the likeliest first, since one new name is for one of them. */
function likeliestOf(
  gone: readonly Fact[],
  fresh: readonly Fact[],
  likeness: Likeness,
  isDenied: (rename: Rename) => boolean,
): readonly Rename[] {
  return gone
    .flatMap((old) => likeliest(old, fresh, likeness, isDenied))
    .toSorted((a, b) => b.score - a.score)
    .map(({ rename }) => rename)
}

interface Ranked {
  readonly rename: Rename
  readonly score: number
}

function likeliest(
  old: Fact,
  fresh: readonly Fact[],
  likeness: Likeness,
  isDenied: (rename: Rename) => boolean,
): readonly Ranked[] {
  const ranked = fresh
    .flatMap((added) => {
      const score = likeness(old, added)
      return score === undefined ? [] : pairOf(old, added).map((rename) => ({ rename, score }))
    })
    .sort((a, b) => b.score - a.score)
  const open = ranked.filter(({ rename }) => !isDenied(rename))
  const [best] = open
  return open
    .slice(0, Math.max(0, mostPerObject - (ranked.length - open.length)))
    .filter(({ score }) => score >= (best?.score ?? 0) * nearlyAsLikely)
}

function pairOf(old: Fact, added: Fact): readonly Rename[] {
  const [from, to] = [namedOf(old)[0], namedOf(added)[0]]
  return from === undefined || to === undefined ? [] : [{ from, to }]
}

function nameLikeness(a: string, b: string): number {
  if (a.includes(b) || b.includes(a)) return 0.8
  return 1 - distance(a, b) / Math.max(a.length, b.length, 1)
}

function tableLikeness(old: Fact, added: Fact, source: FactBase, wanted: FactBase): number | undefined {
  if (old.id.kind !== 'table' || added.id.kind !== 'table') return undefined
  const [bound, next] = [old.payload.partitionBound ?? null, added.payload.partitionBound ?? null]
  if (bound !== null || next !== null) {
    const [parent] = parentsOf(source, old.id)
    const [other] = parentsOf(wanted, added.id)
    const isSame = bound === next && parent?.schema === other?.schema && parent?.name === other?.name
    return isSame ? 1 : undefined
  }
  const [a, b] = [columnsOf(source, old), columnsOf(wanted, added)]
  const shared = [...a].filter(([name]) => b.has(name))
  const typed = shared.filter(([name, type]) => b.get(name) === type)
  const columns = (shared.length + typed.length) / Math.max(2, a.size + b.size)
  const place = old.id.schema === added.id.schema ? 0.1 : 0
  return 0.6 * columns + 0.3 * nameLikeness(old.id.name, added.id.name) + place
}

function columnsOf(facts: FactBase, table: Fact): ReadonlyMap<string, string> {
  return new Map(
    facts
      .childrenOf(table.id)
      .flatMap(({ id, payload }) => (id.kind === 'column' ? [[id.name, String(payload.type)] as const] : [])),
  )
}

function columnLikeness(old: Fact, added: Fact, source: FactBase, wanted: FactBase): number | undefined {
  if (old.id.kind !== 'column' || added.id.kind !== 'column') return undefined
  if (old.parent?.kind !== 'table' || added.parent === undefined) return undefined
  if (idKey(old.parent) !== idKey(added.parent) || isGenerated(old) || isGenerated(added)) return undefined
  if (isInherited(source, old) || isInherited(wanted, added)) return undefined
  const type = typeLikeness(String(old.payload.type), String(added.payload.type))
  const filled = old.payload.notNull === added.payload.notNull ? 1 : 0
  const place = old.payload._position === added.payload._position ? 1 : 0
  return 0.45 * type + 0.35 * nameLikeness(old.id.name, added.id.name) + 0.1 * filled + 0.1 * place
}

function typeLikeness(old: string, added: string): number {
  if (old === added) return 1
  return isAssignable(old, added) ? 0.7 : 0
}

function isGenerated(column: Fact): boolean {
  return column.payload.generatedExpr != null
}

/** A column that a parent table has under the same name is renamed there. */
function isInherited(facts: FactBase, column: Fact): boolean {
  if (column.id.kind !== 'column' || column.parent === undefined) return false
  const { name } = column.id
  const { parent } = column
  return facts
    .outgoingEdges(parent)
    .some(
      ({ to }) =>
        to.kind === 'table' &&
        idKey(to) !== idKey(parent) &&
        facts.childrenOf(to).some((child) => child.id.kind === 'column' && child.id.name === name),
    )
}

function attributeLikeness(old: Fact, added: Fact, wanted: FactBase): number | undefined {
  if (old.id.kind !== 'typeAttribute' || added.id.kind !== 'typeAttribute') return undefined
  if (old.parent === undefined || added.parent === undefined || !wanted.has(old.parent)) return undefined
  if (idKey(old.parent) !== idKey(added.parent)) return undefined
  const type = old.payload.type === added.payload.type ? 0.6 : 0
  return type + 0.4 * nameLikeness(old.id.name, added.id.name)
}

/** A sequence that no column owns has a position that nobody else knows. */
function sequenceLikeness(old: Fact, added: Fact): number | undefined {
  if (old.id.kind !== 'sequence' || added.id.kind !== 'sequence') return undefined
  if (old.payload.ownedBy != null || added.payload.ownedBy != null) return undefined
  return 0.5 + 0.5 * nameLikeness(old.id.name, added.id.name)
}

/** A value that goes while another comes in its place, or the only one that goes and the only one that comes. */
function valueCandidates(type: Fact, next: Fact | undefined): readonly Rename[] {
  const [values, later] = [valuesOf(type), valuesOf(next)]
  const gone = values.filter((value) => !later.includes(value))
  const fresh = later.filter((value) => !values.includes(value))
  const named = namedOf(type)
  return gone.flatMap((value): readonly Rename[] => {
    const inPlace = later[values.indexOf(value)]
    const alone = gone.length === 1 && fresh.length === 1 ? fresh[0] : undefined
    const to = inPlace !== undefined && fresh.includes(inPlace) ? inPlace : alone
    const from = named.find((object) => object.kind === 'value' && object.name === value)
    return from === undefined || to === undefined ? [] : [{ from, to: { ...from, name: to } }]
  })
}

function valuesOf(type: Fact | undefined): readonly string[] {
  return type?.id.kind === 'type' && Array.isArray(type.payload.values) ? type.payload.values.map(String) : []
}
