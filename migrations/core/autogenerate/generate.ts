import type { ClientBase } from 'pg'
import { MigError } from '../errors.ts'
import type { GrantedObjects } from '../operations/index.ts'
import { type ScratchDatabase, type ScratchOptions, withScratchDatabase } from '../postgres/scratch.ts'
import { type Costs, costsOf } from './costs.ts'
import {
  type Action,
  type Catalog,
  namedSides,
  type Rename,
  readCatalog,
  retypedColumn,
  type Scope,
} from './engine/index.ts'
import { guide, guideScope } from './guide/guide.ts'
import { expectUsed } from './guide/using.ts'
import type { AutogenerateInput } from './input.ts'
import { partIntoRuns, type Run } from './lines.ts'
import { madeAnew, objectNames, readIncarnations, withoutObjects } from './made-anew.ts'
import { onlineActions } from './online/online.ts'
import { type References, referencesOf } from './references.ts'
import { reversed } from './renames/settle.ts'
import { type RenameStep, renameSteps } from './renames/statements.ts'
import { runSections } from './run-sections.ts'
import { sectionsOf } from './sections.ts'
import { scratchOptions } from './wanted.ts'
import { readableSql } from './write/readable-sql.ts'

/** One direction of a revision, as statements. */
export interface Side {
  readonly sections: readonly { readonly autocommit: boolean; readonly statements: readonly string[] }[]
  /** What the statements were made from. */
  readonly actions: readonly Action[]
  readonly costs: Costs
  /** What is dropped and made again, so that its grants must be kept. Empty where grants are compared. */
  readonly kept: GrantedObjects
  /** What goes here and comes back in another revision, without its grants. */
  readonly losesGrants: readonly string[]
  /** Tables that the proof had no rows in, as the head names them. */
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

/** The statements of all revisions that lead from the base to the wanted state, and back. */
export async function generateRevisions(
  input: AutogenerateInput,
  base: { readonly database: ScratchOptions['template']; readonly catalog: Catalog },
  wanted: Catalog,
  asked: Scope,
  renames: readonly Rename[],
): Promise<readonly GeneratedRevision[]> {
  const { filter, casts } = input
  const scope = guideScope(asked)
  const copy = <T>(body: (scratch: ScratchDatabase) => Promise<T>) =>
    withScratchDatabase(scratchOptions(input, base.database), body)
  const steps = renameSteps(renames, namedSides(base.catalog, wanted, scope).source)
  const first = steps.map(({ action }) => action)
  const whole = await copy(async ({ client }) => {
    const anew = await newlyMadeReader(client, scope)
    const up = await guide({ client, from: base.catalog, to: wanted, scope, first, casts })
    const parted = (kept: 'needs' | 'order') =>
      partIntoRuns(up.actions, lineOfSchema(input), filter[0] ?? '', kept)
    const runs = parted('needs')
    const upKept = await anew()
    const [only] = runs
    if (only === undefined || runs.length > 1) return { runs, upKept, parted }
    const actions = await wayBack(client, [base.catalog, up.reached], 0, only, steps, scope, casts)
    expectUsed(casts, [...up.actions, ...actions])
    const down = { actions, kept: await anew(), from: up.reached, to: base.catalog }
    return { runs, upKept, parted, down }
  })
  const { upKept, down } = whole
  if (down !== undefined) return whole.runs.map((run) => asRevision(input, run, upKept, down))
  const parts = { base: base.catalog, upKept, steps, scope }
  const inLines = (runs: readonly Run[]) => copy(({ client }) => revisionsOfRuns(input, client, runs, parts))
  try {
    return await inLines(whole.runs)
  } catch (error) {
    // A need that PostgreSQL knows nothing of, as of a body that another line's index calls: nothing moves then.
    if (!(error instanceof MigError) || error.code !== 'database-error') throw error
    return inLines(whole.parted('order'))
  }
}

interface Parts {
  readonly base: Catalog
  /** What the upgrade as a whole makes anew. */
  readonly upKept: GrantedObjects
  readonly steps: readonly RenameStep[]
  readonly scope: Scope
}

/** The revisions of several runs, each tried after those before it on `client`, at the base state. */
async function revisionsOfRuns(
  input: AutogenerateInput,
  client: ClientBase,
  runs: readonly Run[],
  { base, upKept, steps, scope }: Parts,
): Promise<readonly GeneratedRevision[]> {
  const states: Catalog[] = [base]
  const anew = await newlyMadeReader(client, scope)
  const kept: GrantedObjects[] = []
  for (const run of runs) {
    await runSections(client, statementsOf(run.actions, []))
    states.push(await readCatalog(client))
    kept.push(await anew())
  }
  const revisions: GeneratedRevision[] = []
  const all = runs.flatMap((run) => run.actions)
  for (const [index, run] of [...runs.entries()].reverse()) {
    const actions = await wayBack(client, states, index, run, steps, scope, input.casts)
    all.push(...actions)
    const [from, to] = [states[index + 1] ?? base, states[index] ?? base]
    revisions.unshift(asRevision(input, run, kept[index] ?? {}, { actions, kept: await anew(), from, to }))
  }
  expectUsed(input.casts, all)
  const lost = objectNames(withoutObjects(upKept, kept))
  if (lost.length > 0) {
    input.emit?.({
      event: 'warning',
      code: 'grants-lost',
      message: `grants that the models do not know are lost: ${lost.join(', ')} goes in one revision and comes back in another`,
      help: 'grant them anew in a revision after these, or compare grants too: --privileges',
    })
  }
  return namingLostGrants(revisions, lost)
}

/** The key of the filter's line that a physical schema is of. */
export function lineOfSchema({
  lines,
  filter,
}: Pick<AutogenerateInput, 'lines' | 'filter'>): (schema: string) => string | undefined {
  return (schema) => lines.find((line) => line.schema === schema && filter.includes(line.key))?.key
}

/** A run and the way back as the two sides of a revision. */
export function asRevision(
  input: Pick<AutogenerateInput, 'lines' | 'online'>,
  run: Run,
  kept: GrantedObjects,
  down: WayBack,
): GeneratedRevision {
  const online = (actions: readonly Action[], from: Catalog) =>
    input.online ? onlineActions(actions, from) : actions
  return {
    line: run.line,
    upgrade: sideOf({ actions: online(run.actions, down.to), kept, from: down.to, to: down.from }, input),
    // Texts that the way there wrote read as what they were.
    downgrade: onlyTrueHints(
      sideOf({ ...down, actions: online(down.actions.map(notReading), down.from) }, input),
      down.from,
    ),
    needs: run.needs,
    references: referencesOf(run.actions, input.lines.find(({ key }) => key === run.line)?.schema ?? ''),
  }
}

/** `--using` of a column that both states have is for the way there. */
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

/** Statements of one direction, and what they make anew. */
interface Way {
  readonly actions: readonly Action[]
  readonly kept: GrantedObjects
  /** The state that they start from. */
  readonly from: Catalog
  /** The state that they lead to. */
  readonly to: Catalog
}

/** The way from the state behind a revision to the one before it. */
export type WayBack = Way

/** Reads what was recreated since it was called last. Where grants are compared, the statements hold them. */
export async function newlyMadeReader(
  client: ClientBase,
  scope: Scope,
): Promise<() => Promise<GrantedObjects>> {
  if (scope.privileges) return () => Promise.resolve({})
  let before = await readIncarnations(client, scope.schemas)
  return async () => {
    const after = await readIncarnations(client, scope.schemas)
    const kept = madeAnew(before, after)
    before = after
    return kept
  }
}

/** Says in the first revision what no single one can keep: it goes in one and comes back in another. */
function namingLostGrants(
  [first, ...others]: readonly GeneratedRevision[],
  losesGrants: readonly string[],
): readonly GeneratedRevision[] {
  if (first === undefined) return []
  return [{ ...first, upgrade: { ...first.upgrade, losesGrants } }, ...others]
}

/** The downgrade of a run: from the state behind it to the one before. Casts back are never a person's to decide. */
async function wayBack(
  client: ClientBase,
  states: readonly Catalog[],
  index: number,
  run: Run,
  steps: readonly RenameStep[],
  scope: Scope,
  casts: AutogenerateInput['casts'],
): Promise<readonly Action[]> {
  const [from, to] = [states[index + 1], states[index]]
  if (from === undefined || to === undefined) throw new RangeError(`run ${index} has no states`)
  const own = new Set(run.actions.map((action) => action.sql))
  const renames = new Set(steps.flatMap(({ rename, action }) => (own.has(action.sql) ? [rename] : [])))
  const existing = namedSides(from, to, scope).source
  const first = renameSteps([...renames].map(reversed), existing).map(({ action }) => action)
  const back = { using: {}, recreate: ['*'], fill: fillsAmong(casts.using, run.actions), there: casts.using }
  const { actions } = await guide({ client, from, to, scope, first, casts: back })
  return actions
}

/** The expressions without those that casts of the way there have taken: they give values of the other type. */
function fillsAmong(
  using: Readonly<Record<string, string>>,
  actions: readonly Action[],
): Readonly<Record<string, string>> {
  const casts = actions.filter((action) => retypedColumn(action) !== undefined)
  const taken = new Set(casts.flatMap((action) => action.using ?? []))
  return Object.fromEntries(Object.entries(using).filter(([column]) => !taken.has(column)))
}

function sideOf({ actions, kept, from, to }: Way, input: Pick<AutogenerateInput, 'lines'>): Side {
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
  const unnamedObjects = Object.fromEntries(
    Object.entries(kept).map(([family, names]) => [family, names.map(unnamed)]),
  )
  return {
    sections: statementsOf(actions, standIns),
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

function statementsOf(actions: readonly Action[], standIns: readonly string[]): Side['sections'] {
  const unnamed = unnaming(standIns)
  const sections = sectionsOf(actions).map(({ autocommit, actions: part }) => ({
    autocommit,
    statements: part.map(({ sql }) => unnamed(readableSql(sql))),
  }))
  // Bodies may name what a later statement makes, as in the output of pg_dump.
  const defines = actions.some(({ sql }) => /^CREATE (OR REPLACE )?(FUNCTION|PROCEDURE)\b/.test(sql))
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
