import type { ClientBase } from 'pg'
import { expectModels, tablesOf } from '../autogenerate/wanted/expect-models.ts'
import { runHistory } from '../autogenerate/wanted/history.ts'
import { type ModelInput, modelInput } from '../autogenerate/wanted/input.ts'
import { comparisonKey, keepWanted, readWanted, wantedCachePath } from '../autogenerate/wanted/kept-wanted.ts'
import { nothing } from '../autogenerate/wanted/near/kept-state.ts'
import { seenHashes } from '../autogenerate/wanted/seen-hashes.ts'
import { type WantedStates, wantedStates } from '../autogenerate/wanted/wanted.ts'
import { readableSql } from '../autogenerate/write/readable-sql.ts'
import { type Change, reversedChange } from '../change.ts'
import {
  type Catalog,
  type ComparedObjects,
  managedGlobals,
  readCatalog,
  seenDifference,
} from '../difference/index.ts'
import { readApplied } from '../ledger/index.ts'
import type { DatabaseObject, Fingerprint } from '../postgres/fingerprint/index.ts'
import { revisionGraph } from '../revisions/index.ts'
import { editedFiles, type Project, planRun, type Session, singleTargets } from '../runner/index.ts'
import { changesOfFingerprints } from '../scratch/changes.ts'
import { scratchOptions, withScratchDatabase } from '../scratch/database.ts'
import type { LineTarget } from '../scratch/lines.ts'
import { tellOfSilent } from '../scratch/silent-objects.ts'
import { fingerprintOf, fingerprintsBySchema, type State } from '../scratch/state.ts'
import type { CheckOptions, CheckResult, Drift } from './result.ts'
import { tenantsBeside } from './tenants/hidden.ts'
import { wholeDatabaseChanges } from './whole-database.ts'

/**
 * Compares the lines of the filter with what they should be: revisions that wait, models and database, and
 * applied files that were edited since. A digest or a fingerprint answers while nothing has changed; the models are loaded
 * only when it differs from the kept one, or there is none.
 */
export async function checkProject(
  session: Session,
  project: Project,
  { privileges, read }: CheckOptions,
): Promise<CheckResult> {
  const history = await historyChecks(session, project)
  const input = await modelInput(session, project, privileges)
  const lines = input.lines.filter((line) => input.filter.includes(line.key) && !line.tenant)
  const comparison = await comparisonKey(session.client, input)
  const path = comparison === undefined ? undefined : await wantedCachePath(input, comparison)
  const kept = path === undefined ? undefined : readWanted(path)
  const live = await seenHashes(session.client, input, lines, comparison)
  if (kept !== undefined && lines.every(({ key }) => kept.hashes[key]?.includes(live[key] ?? ''))) {
    const { mayDiffer } = await ofWholeDatabase(session.client, kept.declared, privileges)
    if (!mayDiffer) return { ...history, drift: [], unmodeled: [] }
  }
  // Once: with the kept result nothing has changed since.
  await tellOfSilent(session.client, project.env, session.emit)
  const wanted = await wantedStates(input, session.client, live, read)
  await expectModels(tablesOf(session.client), input, (key) => wanted.lines.get(key))
  const { declared, inputs } = wanted
  if (path !== undefined) {
    const hashes = [...wanted.lines].map(([key, fingerprint]) => [key, hashesOfWanted(fingerprint)] as const)
    keepWanted(path, { hashes: Object.fromEntries(hashes), declared }, inputs)
  }
  const changed = lines.filter(({ key }) => {
    const fingerprint = wanted.lines.get(key)
    return fingerprint === undefined || !hashesOfWanted(fingerprint).includes(live[key] ?? '')
  })
  const others = await ofWholeDatabase(session.client, declared, privileges)
  if (wanted.catalog === undefined || (changed.length === 0 && !others.mayDiffer))
    return { ...history, drift: [], unmodeled: [] }
  const states = { catalog: wanted.catalog, lines: wanted.lines }
  const catalog = wanted.live ?? (await liveCatalog(session, project, privileges))
  const compared = (line: LineTarget) => lineDrift(session.client, input, line, catalog, states)
  const drift: Drift[] = []
  for (const line of changed) drift.push(await compared(line))
  // A line that differs has the whole database's objects among its changes.
  if (!drift.some(differs)) drift.push(...(await driftOfWholeDatabase(lines, others, compared)))
  return { ...history, drift: drift.filter(differs), unmodeled: wanted.catalog.unmodeled }
}

/** How a database stands to what the models declare of the whole of it. */
interface WholeDatabase {
  /** What is not there as it is declared. */
  readonly differing: readonly Change[]
  /** Owners and grants are known to the difference alone. */
  readonly mayDiffer: boolean
}

async function ofWholeDatabase(
  client: ClientBase,
  declared: readonly DatabaseObject[],
  privileges: boolean,
): Promise<WholeDatabase> {
  if (declared.length === 0) return { differing: [], mayDiffer: false }
  const differing = await wholeDatabaseChanges(client, declared)
  return { differing, mayDiffer: privileges || differing.length > 0 }
}

/** Told of with one line, since they are of none. */
async function driftOfWholeDatabase(
  lines: readonly LineTarget[],
  { differing, mayDiffer }: WholeDatabase,
  compared: (line: LineTarget) => Promise<Drift>,
): Promise<readonly Drift[]> {
  if (!mayDiffer) return []
  let last: Drift | undefined
  for (const line of lines) {
    last = await compared(line)
    if (differs(last)) return [last]
  }
  if (last === undefined || differing.length === 0) return []
  // What the difference does not see is told all the same.
  return [{ ...last, changes: differing }]
}

/** The runner makes a schema with its line's first revision: one that is not there yet is as good as an empty one. */
function hashesOfWanted({ hash, objects }: Fingerprint): readonly string[] {
  return [...objects.values()].every(isSchema) ? [hash, nothing] : [hash]
}

function isSchema({ kind }: { readonly kind: string }): boolean {
  return kind === 'schema'
}

/**
 * What was changed by hand: the live schemas compared with what their applied revisions give on a scratch
 * database. The statements revert the changes.
 */
export async function historyDrift(
  session: Session,
  project: Project,
  { privileges }: { readonly privileges: boolean },
): Promise<readonly Drift[]> {
  const input = await modelInput(session, project, privileges)
  const applied = await appliedProject(session, project)
  const lines = input.lines.filter((line) => input.filter.includes(line.key) && !line.tenant)
  return withScratchDatabase(scratchOptions(input), async ({ client }) => {
    await runHistory(client, applied, input)
    const catalog = await readCatalog(client, input)
    const live = await liveCatalog(session, project, privileges)
    const schemas = lines.map(({ schema }) => schema)
    const found = await fingerprintsBySchema(client, { ...input, schemas })
    const expected = new Map(
      lines.flatMap(({ key, schema }): [string, Fingerprint][] => {
        const fingerprint = found.get(schema)
        return fingerprint === undefined ? [] : [[key, fingerprint]]
      }),
    )
    const drift: Drift[] = []
    for (const line of lines) {
      drift.push(await lineDrift(session.client, input, line, live, { catalog, lines: expected }))
    }
    return drift
      .filter(differs)
      .map((line) => ({ ...line, changes: line.changes?.map(reversedChange) ?? null }))
  })
}

async function liveCatalog(session: Session, { env }: Project, privileges: boolean): Promise<Catalog> {
  return readCatalog(session.client, { hidden: await tenantsBeside(env, session), privileges })
}

function differs({ changes }: Drift): boolean {
  return changes !== null && changes.length > 0
}

/** The project with only the revisions that are applied. */
async function appliedProject(session: Session, project: Project): Promise<Project> {
  const { env, files } = project
  const rows = await readApplied(session.client, env.ledgerSchema, Object.values(env.schemas))
  const open = [...rows.values()].flat()
  const applied = new Set<string>()
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const file = files.get(id)
    if (file === undefined || applied.has(id)) continue
    applied.add(id)
    open.push(...[file.downRevision ?? []].flat(), ...[file.dependsOn ?? []].flat())
  }
  const left = [...files.values()].filter((file) => applied.has(file.revision))
  return { ...project, graph: revisionGraph(left), files: new Map(left.map((file) => [file.revision, file])) }
}

async function lineDrift(
  client: ClientBase,
  input: ModelInput,
  { key, schema }: LineTarget,
  catalog: State['catalog'],
  wanted: Pick<WantedStates, 'catalog' | 'lines'>,
): Promise<Drift> {
  const globals = managedGlobals(catalog, wanted.catalog, [schema])
  const scope: ComparedObjects = {
    schemas: [schema],
    excludes: input.excludes,
    globals,
    privileges: input.privileges,
  }
  const seen = seenDifference(catalog, wanted.catalog, scope)
  const fingerprint = wanted.lines.get(key)
  const target = { line: key, schema, databaseUrl: null, shard: null }
  if (seen !== undefined && seen.changes.length > 0) {
    const statements = seen.actions.map(({ sql }) => readableSql(sql))
    return { line: key, targets: [target], changes: seen.changes, statements: [{ target, statements }] }
  }
  const changes =
    fingerprint === undefined ? [] : changesOfFingerprints(await fingerprintOf(client, scope), fingerprint)
  return { line: key, targets: [target], changes, statements: [{ target, statements: [] }] }
}

/** Revisions that wait, and applied files whose checksum is no longer that of the log. */
async function historyChecks(
  session: Session,
  project: Project,
): Promise<Pick<CheckResult, 'pending' | 'forked' | 'behind' | 'edited'>> {
  const { env } = project
  const { steps, applied } = await planRun(session, project, { direction: 'upgrade', target: 'heads' })
  const now = singleTargets(env, env.filter).map((target) => ({
    target,
    revisions: applied.get(target.schema) ?? [],
  }))
  const forked = env.filter.some((line) => project.graph.heads({ lines: [line] }).length > 1)
  return { pending: steps, forked, behind: [], edited: await editedFiles(project, now, { open: session }) }
}
