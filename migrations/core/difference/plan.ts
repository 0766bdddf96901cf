import type { Fact, FactBase, StableId } from '@supabase/pg-delta/core'
import { type Action as EngineAction, type Plan, plan } from '@supabase/pg-delta/plan'
import type { Policy } from '@supabase/pg-delta/policy'
import { routineFacts, withoutOnly } from '../postgres/statement/index.ts'
import type { Action, Difference } from './action.ts'
import { mayRewrite } from './added-column.ts'
import { withEqualKeysApart, withExtensionSchema } from './beside.ts'
import {
  type Catalog,
  type ComparedObjects,
  roleFact,
  rolesOf,
  scopedDifference,
  scopedFacts,
} from './catalog.ts'
import { changesOf, renameChange } from './changes.ts'
import { inAttributeOrder, misorderedTypes, orderChange } from './composite-order.ts'
import { type Extra, extraStatements } from './extras.ts'
import { expressionChange, newExpressions, settingExpressions, withExpressions } from './generated-columns.ts'
import { idKey, schemaOf } from './ids.ts'
import { withParents } from './inherit-steps.ts'
import { onlyMark, virtualMark } from './invisible-states.ts'
import { type Sides, withoutLeftAlone } from './left-alone.ts'
import { type NameChange, nameChanges } from './name-changes.ts'
import { ownAction } from './own-action.ts'
import { extrasAfter, withNameChanges } from './renamed-facts.ts'
import { withReplacedViews } from './replaced-views.ts'
import { requiredAfterRetyping, retyping, unsetsNoDefault, withoutRepeatedDefaults } from './retyping.ts'
import { withPositions } from './sequence-positions.ts'
import { validatingNotNull } from './validated-not-null.ts'

/**
 * The difference between two catalogs in the schemas of the scope: readable changes, and ordered actions.
 * @throws Error with the engine's text when it knows no order; `searchStatements` says what is done then.
 */
export function difference(from: Catalog, to: Catalog, scope: ComparedObjects): Difference {
  const { source: named, wanted, partitions } = bothSides(from, to, scope)
  const renames = named.rootHash === wanted.rootHash ? [] : nameChanges(named, wanted).filter(inScope(scope))
  const moved = withNameChanges(named, renames)
  const expressions = newExpressions(moved, wanted, from).filter(({ column }) =>
    scope.schemas.includes(column.schema),
  )
  const source = withExpressions(moved, expressions)
  const roles = [...new Set([...rolesOf(from), ...rolesOf(to)])]
  const planned = source.rootHash === wanted.rootHash ? undefined : enginePlan(source, wanted, scope, roles)
  const before = { ...from, extras: extrasAfter(from.extras, renames) }
  const extras = extrasInScope(before, to, scope, { wanted, partitions })
  const actions = (planned?.actions ?? [])
    .map((action) => withParents(ofEngine(action, source, wanted), wanted, to.extras))
    .filter((action) => !unsetsNoDefault(action, source))
    .flatMap((action) => withEqualKeysApart(action, wanted))
    .flatMap((action) => withExtensionSchema(action, from.facts, wanted, scope.schemas))
  const ordered = requiredAfterRetyping(withoutRepeatedDefaults(inAttributeOrder(actions, wanted)))
  const states = { source, wanted, from: before.extras, to: to.extras }
  const shaped = withReplacedViews(withPositions(ordered, source, wanted), states).map((action) =>
    validatingNotNull(action, from.extras),
  )
  return {
    changes: [
      ...renames.map(renameChange),
      ...expressions.map(expressionChange),
      ...changesOf(planned?.deltas ?? [], [...extras.before, ...extras.after]),
      ...misorderedTypes(source, wanted, scope.schemas).map(orderChange),
    ],
    actions: [
      ...extras.before.map(ofExtra),
      ...renames.flatMap((rename) => ofNameChange(rename, named)),
      ...settingExpressions(shaped, expressions, moved, wanted),
      ...extras.after.map(ofExtra),
    ],
  }
}

function enginePlan(
  source: FactBase,
  wanted: FactBase,
  scope: ComparedObjects,
  roles: readonly string[],
): Plan {
  const outside = outsideSchemas(source, wanted, scope)
  const policy = outsidePolicy(outside, scope.schemas, roles)
  return plan(source, wanted, { policy, renames: 'off' })
}

function inScope({ schemas }: ComparedObjects): ({ to }: NameChange) => boolean {
  return ({ to }) => 'schema' in to && schemas.includes(String(to.schema))
}

/** The lock is that of ALTER INDEX for an index, of ALTER TABLE for the rest. */
function ofNameChange({ from, to, sql, aside }: NameChange, source: FactBase): readonly Action[] {
  const parent = source.get(from)?.parent
  const about = parent === undefined || parent.kind === 'schema' ? [] : [parent]
  const lock =
    from.kind === 'index' ? 'shareUpdateExclusive' : about.length === 0 ? 'none' : 'accessExclusive'
  const rename = ownAction(sql, about, { produces: [to], destroys: [from], lock })
  return aside === undefined ? [rename] : [ownAction(aside, about, { lock }), rename]
}

type ExtraStatements = ReturnType<typeof extraStatements>

function extrasInScope(
  from: Catalog,
  to: Catalog,
  scope: ComparedObjects,
  { wanted, partitions }: Pick<Sides, 'partitions' | 'wanted'>,
): ExtraStatements {
  const inScope = new Set(scope.schemas)
  return extraStatements(
    from.extras,
    to.extras,
    (extra) =>
      inScope.has(extra.schema) &&
      !extraIds(extra).some((id) => partitions.has(idKey(id))) &&
      !scope.excludes({
        kind: extra.kind,
        schema: extra.schema,
        name: extra.name,
        ...(extra.relation === null ? {} : { table: extra.relation }),
      }),
    (extra) => survives(wanted, extra),
  )
}

function ofExtra({ sql, extra, lock }: ExtraStatements['before'][number]): Action {
  return ownAction(sql, extraIds(extra), { lock })
}

/**
 * Both catalogs as the engine may see them: the same schemas on both sides, grants that survive carried over. Without the
 * tables that are the same in both and far from any difference.
 */
export function bothSides(from: Catalog, to: Catalog, scope: ComparedObjects): Sides {
  const known = from.sides.get(to) ?? new Map<ComparedObjects, Sides>()
  from.sides.set(to, known)
  const sides = known.get(scope) ?? newSides(from, to, scope)
  known.set(scope, sides)
  return sides
}

function newSides(from: Catalog, to: Catalog, scope: ComparedObjects): Sides {
  const [source, wanted] = scopedDifference([from, to], scope, ambientFacts(from, to, scope))
  return withoutLeftAlone(source, wanted, scope)
}

/** As {@link bothSides}, with every table. */
export function wholeSides(from: Catalog, to: Catalog, scope: ComparedObjects): Sides {
  const ambient = ambientFacts(from, to, scope)
  return withoutLeftAlone(scopedFacts(from, scope, ambient), scopedFacts(to, scope, ambient), scope)
}

function ambientFacts(from: Catalog, to: Catalog, scope: ComparedObjects): readonly Fact[] {
  const schemaFact = (name: string): Fact =>
    from.facts.get({ kind: 'schema', name }) ??
    to.facts.get({ kind: 'schema', name }) ?? { id: { kind: 'schema', name }, payload: {} }
  const roles = scope.privileges ? [...rolesOf(from), ...rolesOf(to)].map(roleFact) : []
  // The engine names the schema of an extension only where it is there; see withExtensionSchema.
  const schemas = [...scope.schemas, ...extensionSchemas(to, scope)]
  return [...schemas.map((name) => schemaFact(name)), ...roles]
}

/** The schemas of the extensions that a difference manages. */
function extensionSchemas({ facts }: Catalog, { globals }: ComparedObjects): readonly string[] {
  return facts
    .facts()
    .flatMap(({ id, payload }) =>
      id.kind === 'extension' && globals.has(`extension ${id.name}`) ? [String(payload.schema)] : [],
    )
    .filter((name) => facts.has({ kind: 'schema', name }))
}

function outsideSchemas(source: FactBase, wanted: FactBase, scope: ComparedObjects): readonly string[] {
  const names = new Set<string>()
  for (const base of [source, wanted]) {
    for (const fact of base.facts()) {
      const schema = schemaOf(fact.id)
      if (schema !== undefined && !scope.schemas.includes(schema)) names.add(schema)
    }
  }
  return [...names]
}

/** Schemas and roles are never created or dropped; objects outside the filter stay in view, for reference only. */
function outsidePolicy(
  outside: readonly string[],
  schemas: readonly string[],
  assumedRoles: readonly string[],
): Policy {
  const inOutside = outside.length === 0 ? [] : [{ schema: [...outside] }]
  return {
    id: 'schema-filter',
    filter: [{ match: { any: [{ kind: 'schema' }, ...inOutside] }, action: 'exclude' }],
    assumedSchemas: [...outside, ...schemas],
    assumedRoles: [...assumedRoles],
  }
}

function ofEngine(action: EngineAction, source: FactBase, wanted: FactBase): Action {
  const made: Action = {
    sql: asItWasRead(fixed(action.sql)),
    produces: action.produces,
    consumes: [...action.consumes, ...action.releases],
    destroys: action.destroys,
    needs: [
      ...action.produces.flatMap((id) => wanted.outgoingEdges(id).map((edge) => edge.to)),
      ...action.destroys.flatMap((id) => source.incomingEdges(id).map((edge) => edge.from)),
      ...action.destroys.flatMap((id) => source.outgoingEdges(id).map((edge) => edge.to)),
    ],
    lock: action.lockClass,
    rewrites: mayRewrite(action, wanted),
    losesData: action.dataLoss === 'destructive',
    castRisk: 'none',
    transaction:
      action.transactionality === 'nonTransactional'
        ? 'own'
        : action.transactionality === 'commitBoundaryAfter'
          ? 'commit-after'
          : 'plain',
    needsCommitBefore: action.newSegmentBefore,
    verb: action.verb,
  }
  return retyping(made, source, wanted) ?? made
}

/**
 * The engine's text where PostgreSQL wants another one: a virtual column, a domain whose NOT NULL is a constraint with
 * a name (since PostgreSQL 17) and would be said twice, and an index of a partitioned table, which pg_get_indexdef
 * gives as ON ONLY, though its partitions have it too, unless it is marked as one that they do not have. A type that is about to be dropped gets a plain name till then.
 */
function fixed(sql: string): string {
  if (sql.endsWith(onlyMark)) return sql.slice(0, -onlyMark.length)
  return withoutOnly(sql)
    .replaceAll(`${virtualMark}) STORED`, ') VIRTUAL')
    .replaceAll('__pgdelta_replaced', '__replaced')
    .replace(/^(CREATE DOMAIN .*?) NOT NULL( CONSTRAINT .*)?( CONSTRAINT "(?:[^"]|"")+" NOT NULL)/s, '$1$2$3')
}

const varcharList = /\(ARRAY\[((?:'(?:[^']|'')*'::character varying(?:, )?)+)\]\)::text\[\]/g

const extractedField = /\bEXTRACT\((?=\w*[A-Z])(\w+) FROM /g

/**
 * `kind IN ('a', 'b')` over a varchar comes back from pg_get_expr with the array cast as a whole, but the parser
 * takes such a cast to each element, which reads as another definition. A cast in between keeps it off them. And
 * `extract('YEAR' FROM …)` comes back without quotes, which the parser reads in small letters. What a function's body
 * or a comment says stays as it is.
 */
function asItWasRead(sql: string): string {
  if (sql.startsWith('COMMENT ON') || routineFacts(sql)?.hasText === true) return sql
  return sql
    .replace(varcharList, '((ARRAY[$1])::character varying[])::text[]')
    .replace(extractedField, "EXTRACT('$1' FROM ")
}

function extraIds({ schema, relation, relationSchema = schema }: Extra): readonly StableId[] {
  return relation === null
    ? [{ kind: 'schema', name: schema }]
    : [{ kind: 'table', schema: relationSchema, name: relation }]
}

/** Whether what an extra belongs to is in the wanted state. */
function survives(facts: FactBase, extra: Extra): boolean {
  const { relation } = extra
  if (relation === null) {
    const { schema, name } = extra
    return extra.values.relkind !== 'S' || facts.has({ kind: 'sequence', schema, name })
  }
  const schema = extra.relationSchema ?? extra.schema
  if (facts.has({ kind: 'materializedView', schema, name: relation })) return true
  if (extra.kind === 'view column') return facts.has({ kind: 'view', schema, name: relation })
  if (extra.kind === 'column settings' || extra.kind === 'not-null constraint')
    return facts.has({ kind: 'column', schema, table: relation, name: extra.name })
  return (
    facts.has({ kind: 'table', schema, name: relation }) ||
    facts.has({ kind: 'foreignTable', schema, name: relation })
  )
}

/** The difference, or the engine's error where it has no order for it. */
export function tryDifference(from: Catalog, to: Catalog, scope: ComparedObjects): Difference | Error {
  try {
    return difference(from, to, scope)
  } catch (error) {
    if (error instanceof Error && !(error instanceof TypeError)) return error
    throw error
  }
}

/** The difference; undefined where the engine has no order for it. */
export function seenDifference(from: Catalog, to: Catalog, scope: ComparedObjects): Difference | undefined {
  const found = tryDifference(from, to, scope)
  return found instanceof Error ? undefined : found
}
