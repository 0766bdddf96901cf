import type { ClientBase } from 'pg'
import { runWithoutLacking } from '../../autogenerate/wanted/history.ts'
import { modelInput } from '../../autogenerate/wanted/input.ts'
import { type TargetSchema, tenantExclusion } from '../../environment/index.ts'
import type { EmitEvent } from '../../events.ts'
import { type Fingerprint, quoteIdent, readFingerprint, readFingerprintHashes } from '../../postgres/index.ts'
import { revisionGraph } from '../../revisions/index.ts'
import {
  type LineStatus,
  lineStatuses,
  type Project,
  type SessionOptions,
  usingSession,
} from '../../runner/index.ts'
import { scratchOptions, withScratchDatabase } from '../../scratch/database.ts'
import { tenantStandIn } from '../../scratch/lines.ts'
import { runOnScratch, scratchProject } from '../../scratch/project.ts'
import { availableExtensions } from '../../sources/missing-extensions.ts'
import type { CheckOptions, HistoryDrift } from '../result.ts'
import { relativeChanges } from './changes.ts'
import { comparedBy, differingTenants, type Expected } from './differing.ts'
import { withStatements } from './statements.ts'

/**
 * What was changed by hand: each tenant compared with what its own applied revisions give. Tenants at the same
 * revisions are compared with the same replay.
 * @throws MigError `no-scratch`, and what a revision throws
 */
export async function tenantHistoryDrift(
  project: Project,
  line: string,
  tenants: readonly TargetSchema[],
  sessions: SessionOptions,
  options: CheckOptions,
): Promise<HistoryDrift> {
  const compared = { structure: true, privileges: options.privileges }
  const statuses = await lineStatuses(project, tenants, sessions, compared)
  const unknown = statuses.filter(({ state }) => state === 'missing')
  const unanswered = statuses.filter(({ state }) => state === 'unreachable')
  const known = statuses.filter(({ state }) => !['missing', 'absent', 'unreachable'].includes(state))
  return usingSession(project.env, sessions, async (session) => {
    const input = await modelInput(session, project, options.privileges)
    const expected = await withScratchDatabase(scratchOptions(input), ({ client }) =>
      replayedStates(client, project, known, options, sessions.emit),
    )
    const expectedOf = (status: LineStatus) => expected.get(keyOf(status))
    const told = (live: Fingerprint, from: Fingerprint) => relativeChanges(from, live)
    const drift = await differingTenants(project, known, expectedOf, { ...options, told }, sessions)
    const statusOf = new Map(known.map((status) => [status.target, status]))
    const replay = (tenant: TargetSchema) => (client: ClientBase) =>
      replayed(client, project, line, tenant.schema, statusOf.get(tenant)?.revisions ?? [])
    if (!options.sql) return { unknown, unanswered, drift }
    return { unknown, unanswered, drift: await withStatements(project, drift, input, replay, sessions) }
  })
}

function keyOf({ revisions }: Pick<LineStatus, 'revisions'>): string {
  return revisions.join(' ')
}

/**
 * What each set of applied revisions gives. A set that holds all of the one before it goes on from there, so that a
 * chain is run once, however many places tenants have in it.
 */
async function replayedStates(
  client: ClientBase,
  project: Project,
  statuses: readonly LineStatus[],
  options: CheckOptions,
  emit: EmitEvent | undefined,
): Promise<ReadonlyMap<string, Expected>> {
  const sets = [...new Map(statuses.map((status) => [keyOf(status), status])).values()]
    .map((status) => ({ status, applied: new Set(project.graph.ancestors([...status.revisions])) }))
    .toSorted((a, b) => a.applied.size - b.applied.size)
  const states = new Map<string, Expected>()
  let before: ReadonlySet<string> = new Set()
  let made = 0
  for (const { status, applied } of sets) {
    if (![...before].every((id) => applied.has(id))) made += 1
    before = applied
    const { line, schema: name } = status.target
    const schema = `${tenantStandIn(line)}_${made}`
    await replayed(client, project, line, schema, status.revisions, states.size === 0 ? emit : undefined)
    const read = {
      ...comparedBy(options),
      schemas: [schema],
      exclude: tenantExclusion(project.env, line, name),
    }
    const hash = (await readFingerprintHashes(client, read)).get(schema) ?? null
    const fingerprint = await readFingerprint(client, { ...read, schemaRelative: true })
    states.set(keyOf(status), { hash, fingerprint })
  }
  return states
}

/** Runs the revisions of a tenant in a schema of a scratch database, after all of the single lines. */
async function replayed(
  client: ClientBase,
  project: Project,
  line: string,
  schema: string,
  revisions: readonly string[],
  emit?: EmitEvent,
): Promise<void> {
  const applied = new Set(project.graph.ancestors([...revisions]))
  const files = [...project.files.values()].filter(
    (file) => isSingle(project, file.line) || applied.has(file.revision),
  )
  const limited = {
    ...project,
    graph: revisionGraph(files),
    files: new Map(files.map((file) => [file.revision, file])),
    env: {
      ...project.env,
      lines: project.env.lines.map((each) => (each.key === line ? { ...each, tenants: null, schema } : each)),
    },
  }
  const heads = (lines: readonly string[]) => ({ direction: 'upgrade', target: 'heads', lines }) as const
  const single = project.env.lines.flatMap(({ key }) => (isSingle(project, key) ? [key] : []))
  const left =
    single.length === 0
      ? limited
      : await runWithoutLacking(
          limited,
          { filter: [line], emit, available: () => availableExtensions(client) },
          (each) => runOnScratch(client, scratchProject(each), heads(single)),
        )
  await client.query(`CREATE SCHEMA IF NOT EXISTS ${quoteIdent(schema)}`)
  await runOnScratch(client, scratchProject(left), heads([line]))
}

function isSingle({ env }: Project, key: string): boolean {
  return env.lines.some((line) => line.key === key && line.tenants === null)
}
