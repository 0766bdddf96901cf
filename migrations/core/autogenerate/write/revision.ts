import type { Action, Catalog } from '../../difference/index.ts'
import type { StatementSection } from '../../environment/index.ts'
import type { GrantedObjects } from '../../operations/index.ts'
import { isConcurrent } from '../../postgres/index.ts'
import { routineFacts } from '../../postgres/statement/index.ts'
import type { AutogenerateInput } from '../input.ts'
import { onlineActions } from '../online/online.ts'
import { checkingDeferred } from '../search/deferred.ts'
import type { Run } from '../search/lines.ts'
import { type Costs, costsOf } from './costs.ts'
import { readableSql } from './readable-sql.ts'
import { type References, referencesOf } from './references.ts'

/** One direction of a revision, as statements. */
export interface Side {
  readonly sections: readonly StatementSection[]
  /** What the statements were made from. */
  readonly actions: readonly Action[]
  readonly costs: Costs
  /** What is dropped and made again, so that its grants must be kept. Empty where grants are compared. */
  readonly kept: GrantedObjects
  /** What goes here and comes back in another revision, without its grants. */
  readonly losesGrants: readonly string[]
  /** Tables that the proof had no rows in, as the header names them. */
  readonly withoutRows: readonly string[]
}

export interface GeneratedRevision {
  readonly line: string
  readonly upgrade: Side
  readonly downgrade: Side
  /** Indexes of earlier revisions of this result, in other lines, that must be applied first. */
  readonly needs: readonly number[]
  /** What the upgrade has to do with objects that it does not make. */
  readonly references: References
}

/** Statements of one direction, and what they recreate. */
export interface DirectedStatements {
  readonly actions: readonly Action[]
  readonly kept: GrantedObjects
  /** The state that they start from. */
  readonly from: Catalog
  /** The state that they lead to. */
  readonly to: Catalog
}

/** A run and its downgrade as the two sides of a revision. */
export function asRevision(
  input: Pick<AutogenerateInput, 'lines' | 'online'>,
  run: Run,
  kept: GrantedObjects,
  down: DirectedStatements,
): GeneratedRevision {
  const states = [down.to, down.from]
  const formed = (actions: readonly Action[], from: Catalog) =>
    checkingDeferred(input.online ? onlineActions(actions, from) : actions, states)
  return {
    line: run.line,
    upgrade: sideOf({ actions: formed(run.actions, down.to), kept, from: down.to, to: down.from }, input),
    // Texts that the upgrade wrote read as what they were.
    downgrade: onlyTrueHints(
      sideOf({ ...down, actions: formed(down.actions.map(notReading), down.from) }, input),
      down.from,
    ),
    needs: run.needs,
    references: referencesOf(run.actions, input.lines.find(({ key }) => key === run.line)?.schema ?? ''),
  }
}

/** `--using` of a column that both states have is for the upgrade. */
function onlyTrueHints(side: Side, { facts }: Catalog): Side {
  const demands = side.costs.demands.map((demand) => {
    const { schema, table, column, fails } = demand
    const isThere = column !== null && facts.has({ kind: 'column', schema, table, name: column })
    return fails === 'rows' && isThere ? { ...demand, fillable: false } : demand
  })
  return { ...side, costs: { ...side.costs, demands } }
}

function notReading({ readsTexts: _, ...action }: Action): Action {
  return action
}

function sideOf(
  { actions, kept, from, to }: DirectedStatements,
  input: Pick<AutogenerateInput, 'lines'>,
): Side {
  const standIns = input.lines.filter((line) => line.tenant).map((line) => line.schema)
  const unnamed = unnaming(standIns)
  const { locks, rewrites, dataLoss, demands, conversions, stale } = costsOf(actions, from, to)
  const costs = {
    locks: locks.map(({ relation, lock }) => ({ relation: unnamed(relation), lock })),
    rewrites: rewrites.map(unnamed),
    dataLoss: dataLoss.map((loss) =>
      standIns.includes(loss.name[0] ?? '') ? { ...loss, name: loss.name.slice(1) } : loss,
    ),
    demands: demands.map((demand) => (standIns.includes(demand.schema) ? { ...demand, schema: '' } : demand)),
    // The rows of tenants stand in as many schemas.
    conversions: conversions.filter(({ schema }) => !standIns.includes(schema)),
    stale: stale.map(({ object, routine, remedy }) => ({
      object: unnamed(object),
      routine: unnamed(routine),
      remedy: remedy.map(unnamed),
    })),
  }
  const { renamed, ...families } = kept
  const unnamedObjects: GrantedObjects = {
    ...Object.fromEntries(Object.entries(families).map(([family, names]) => [family, names.map(unnamed)])),
    ...(renamed === undefined
      ? {}
      : { renamed: Object.fromEntries(Object.entries(renamed).map((pair) => pair.map(unnamed))) }),
  }
  return {
    sections: statementSections(actions, standIns),
    costs,
    actions,
    kept: unnamedObjects,
    losesGrants: [],
    withoutRows: [],
  }
}

/** Takes the stand-ins of tenant lines out of a text. */
function unnaming(standIns: readonly string[]): (text: string) => string {
  return (text) => standIns.reduce((out, schema) => out.replaceAll(`${schema}.`, ''), text)
}

/** Actions as statements for a file, in the sections that they run in. */
export function statementSections(actions: readonly Action[], standIns: readonly string[]): Side['sections'] {
  const unnamed = unnaming(standIns)
  const sections = sectionsOf(actions).map(({ autocommit, actions: part }) => ({
    autocommit,
    statements: part.map(({ sql }) => unnamed(readableSql(sql))),
  }))
  // Bodies may name what a later statement makes, as in the output of pg_dump.
  const defines = actions.some(({ sql }) => routineFacts(sql) !== undefined)
  const unchecked = { autocommit: false, statements: ['SET LOCAL check_function_bodies = off'] }
  return defines ? withHead(sections, unchecked) : sections
}

function withHead(sections: Side['sections'], head: Side['sections'][number]): Side['sections'] {
  return sections.map((section) =>
    section.autocommit
      ? section
      : { autocommit: false, statements: [...head.statements, ...section.statements] },
  )
}

/** Whether a section commits in between, other than for an index that is built concurrently. */
export function commitsApart({ autocommit, statements }: StatementSection): boolean {
  return autocommit && statements.some((sql) => !isConcurrent(sql))
}

/** Statements that run in the revision's transaction, or each on its own. */
interface Section {
  readonly autocommit: boolean
  readonly actions: readonly Action[]
}

/**
 * Parts a revision's actions where PostgreSQL demands it: what cannot run in a transaction, and an enum value
 * that the same revision uses (ALTER TYPE: usable only after the transaction that added it has committed).
 */
function sectionsOf(actions: readonly Action[]): readonly Section[] {
  const usesNewValue = actions.some((action) => action.needsCommitBefore)
  const sections: { autocommit: boolean; actions: Action[] }[] = []
  for (const action of actions) {
    const autocommit = action.transaction === 'own' || (action.transaction === 'commit-after' && usesNewValue)
    const last = sections.at(-1)
    if (last?.autocommit === autocommit) last.actions.push(action)
    else sections.push({ autocommit, actions: [action] })
  }
  return sections
}
