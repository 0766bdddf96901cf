import type { Client, ClientBase } from 'pg'
import {
  type Environment,
  excludedObjects,
  excludedTables,
  fingerprintExcludes,
  tenantExclusion,
} from '../../environment/index.ts'
import { exitCodes, MigError } from '../../errors.ts'
import type { EmitEvent } from '../../events.ts'
import { groupBy } from '../../group-by.ts'
import { onConnection } from '../../postgres/connection/connection.ts'
import {
  compareFingerprints,
  type FingerprintChange,
  fingerprintChangesText,
  readFingerprint,
} from '../../postgres/fingerprint/index.ts'
import { quoteIdent } from '../../postgres/sql/quote.ts'
import { applyPlan, openProject, planRun, type Session } from '../../runner/index.ts'
import { scratchRoleOf } from '../../scratch/client.ts'
import { withScratchDatabase } from '../../scratch/database.ts'
import { embeddedScratch, scratchServer } from '../../scratch/server.ts'
import { makeExtensionAsMaker } from '../../scratch/surroundings/extensions.ts'
import { runWithOthers } from '../others.ts'
import { proveRecording, type Recorded } from '../record/proof.ts'
import { ownApplication } from '../record/server.ts'
import { makeExtensions, standInTenant } from '../record/surroundings.ts'
import type { AdoptedRows } from './applied.ts'

/** What a replay is compared with. */
export interface ReplayRequest {
  /** The environment that has the revisions to replay. */
  readonly env: Environment
  readonly session: Session
  /** Up to where; one entry per target schema. */
  readonly rows: readonly AdoptedRows[]
  /** Tables that are no part of the schema: the other tool's ledger. */
  readonly ignoreTables: readonly string[]
  /** All SQL of the history, to see which extensions it makes itself. */
  readonly historySql: string
}

const silent: EmitEvent = () => undefined

/**
 * Runs revisions on a scratch database and compares what they make with the live database.
 * @returns the differences by target schema; none when equal
 * @throws MigError `replay-failed` (exit 5) when a revision does not run; `no-scratch`; what `makeOthers` throws
 */
export async function replayDifferences(
  request: ReplayRequest,
): Promise<ReadonlyMap<string, readonly FingerprintChange[]>> {
  const differences = new Map<string, readonly FingerprintChange[]>()
  const single = request.rows.filter((row) => request.env.schemas[row.line] === row.targetSchema)
  const tenants = request.rows.filter((row) => !single.includes(row))
  if (single.length > 0) {
    // Lines that depend on each other are replayed together.
    await onScratch(request, async (client) => {
      const ofOthers = await replay(client, request, single)
      const targets = single.map((row) => row.targetSchema)
      for (const schema of targets) {
        const changes = await changesIn(client, schema, request)
        if (changes.length > 0) differences.set(schema, changes)
      }
      // Another schema may hold more than this history made; what it made must be there.
      for (const schema of await otherSchemas(client, targets, request)) {
        const changes = (await changesIn(client, schema, request)).filter(
          ({ change, identity }) => change !== 'added' && !ofOthers.has(identity),
        )
        if (changes.length > 0) differences.set(schema, changes)
      }
    })
  }
  for (const alike of tenantsAlike(tenants)) {
    const [stand] = alike
    if (stand === undefined) continue
    await onScratch(request, async (client) => {
      await replay(client, request, [stand])
      const made = await fingerprint(client, stand.targetSchema, request, stand.line)
      for (const { targetSchema } of alike) {
        const live = await fingerprint(request.session.client, targetSchema, request, stand.line)
        const changes = compareFingerprints(made, live)
        if (changes.length > 0) differences.set(targetSchema, changes)
      }
    })
  }
  return differences
}

/** Tenants of one line at the same revisions: one replay serves them all. */
function tenantsAlike(rows: readonly AdoptedRows[]): readonly (readonly AdoptedRows[])[] {
  return [...groupBy(rows, ({ line, revisions }) => [line, ...revisions].join(' ')).values()]
}

async function changesIn(
  scratch: Client,
  schema: string,
  request: ReplayRequest,
): Promise<readonly FingerprintChange[]> {
  const made = await fingerprint(scratch, schema, request)
  return compareFingerprints(made, await fingerprint(request.session.client, schema, request))
}

/** The schemas besides its own that a replayed history has made something in. */
async function otherSchemas(
  scratch: Client,
  own: readonly string[],
  { env }: ReplayRequest,
): Promise<readonly string[]> {
  const { rows } = await scratch.query<{ schema: string }>(
    `SELECT nspname AS schema FROM pg_namespace
      WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' AND NOT nspname = ANY ($1) ORDER BY nspname`,
    // What makes extensions and the like for a scratch database is in a schema of its own.
    [[...own, env.ledgerSchema, scratchRoleOf(scratch)?.helper.schema ?? env.ledgerSchema]],
  )
  return rows.map((row) => row.schema)
}

/** Runs every revision of some lines to their heads on a scratch database, to see that they run. */
export async function replayToHeads(request: ReplayRequest, lines: readonly string[]): Promise<void> {
  for (const row of headRows(request, lines))
    await onScratch(request, async (client) => {
      await replay(client, request, [row])
    })
}

/**
 * Runs every revision of some lines to their heads in a database of the recording server, and compares it with what
 * the tool itself has made there.
 * @throws MigError `replay-failed`, `recording-differs` (exit 5)
 */
export async function replayRecording(
  request: ReplayRequest,
  lines: readonly string[],
  recorded: Recorded,
): Promise<void> {
  const { database } = await recorded.begin()
  const options = { url: recorded.server.url(database), applicationName: ownApplication }
  // It has what others own where the tool's own run has needed it.
  await onConnection(options, (client) => replay(client, request, headRows(request, lines), false))
  await proveRecording(recorded, database, request.env.ledgerSchema)
}

function headRows({ env }: ReplayRequest, lines: readonly string[]): readonly AdoptedRows[] {
  return lines.map((line): AdoptedRows => {
    const targetSchema = env.schemas[line] ?? standInTenant
    return { line, targetSchema, revisions: [], from: '' }
  })
}

async function onScratch(request: ReplayRequest, body: (client: Client) => Promise<void>): Promise<void> {
  await withScratch(request.session, request.env, async (client) => {
    await prepare(client, request)
    await body(client)
  })
}

/** Gives a scratch database to a function. @throws MigError `no-scratch` */
export async function withScratch<Result>(
  session: Session,
  env: Environment,
  body: (client: Client) => Promise<Result>,
): Promise<Result> {
  if (session.url === null) throw new Error('an import needs the URL of the database')
  const server = await scratchServer({
    databaseUrl: session.url,
    scratchUrl: env.scratchUrl ?? undefined,
    embedded: embeddedScratch({ root: env.root, emit: session.emit }),
  })
  const { emit, signal } = session
  return withScratchDatabase({ adminUrl: server.adminUrl, emit, signal }, ({ client }) => body(client))
}

/** Extensions and schemas that the live database has and the history does not make. */
export async function prepare(
  client: Client,
  { session, historySql, env }: Pick<ReplayRequest, 'session' | 'historySql' | 'env'>,
): Promise<void> {
  await makeExtensions(client, session, historySql, (sql, name) => makeExtensionAsMaker(client, name, sql))
  for (const schema of Object.values(env.schemas))
    await client.query(`CREATE SCHEMA IF NOT EXISTS ${quoteIdent(schema)}`)
}

/** @returns the identities of what others own there, which was made for it */
async function replay(
  client: Client,
  request: ReplayRequest,
  rows: readonly AdoptedRows[],
  makesOthers = true,
): Promise<ReadonlySet<string>> {
  const { session: live, historySql: text } = request
  const env = withTargets(request.env, rows)
  const project = openProject(env)
  const session: Session = { client, url: null, emit: silent, signal: live.signal }
  const run = async () => {
    for (const { line, revisions } of rows) {
      for (const target of revisions.length === 0 ? ['heads'] : revisions) {
        const asked = { direction: 'upgrade', target, lines: [line] } as const
        try {
          await applyPlan(session, project, await planRun(session, project, asked), asked)
        } catch (cause) {
          live.signal?.throwIfAborted()
          throw cause instanceof MigError ? replayFailed(cause) : cause
        }
      }
    }
  }
  if (!makesOthers) {
    await run()
    return new Set()
  }
  return runWithOthers(client, { session: live, env, text }, run)
}

function replayFailed(cause: MigError): MigError {
  const lacksName = lackingNames.has(String(cause.facts.sqlState))
  return new MigError(
    'replay-failed',
    `the imported history does not run on an empty database: ${cause.message}`,
    {
      help: lacksName
        ? `${searchPathHelp}; else fix the original file, then import again`
        : 'fix the original file, then import again; keep the imported files to look at them: --keep',
      exitCode: exitCodes.proofFailed,
      facts: cause.facts,
      place: cause.place,
      cause,
    },
  )
}

/** The schema, table, function or type that a name means is not there (manual, appendix A). */
const lackingNames = new Set(['3F000', '42P01', '42883', '42704'])

/** What to type where names of a history were looked up elsewhere by its own tool. */
const searchPathHelp =
  'if the tool looked names up in other schemas than the target schema, say so: --search-path public,extensions'

/** The environment with a tenant line bound to the one schema that it is replayed in. */
function withTargets(env: Environment, rows: readonly AdoptedRows[]): Environment {
  const bound = new Map(rows.map((row) => [row.line, row.targetSchema]))
  const lines = env.lines.map((line) => {
    const schema = bound.get(line.key)
    return schema === undefined ? line : { ...line, schema, tenants: null }
  })
  const schemas = Object.fromEntries(
    lines.flatMap((line) => (line.schema === null ? [] : [[line.key, line.schema]])),
  )
  return { ...env, lines, schemas, filter: lines.map((line) => line.key), transaction: 'revision' }
}

function fingerprint(client: ClientBase, schema: string, request: ReplayRequest, tenantLine?: string) {
  const ofOtherTool = fingerprintExcludes(excludedTables(request.ignoreTables))
  const { env } = request
  const ofProject =
    tenantLine === undefined
      ? fingerprintExcludes(excludedObjects(env.options))
      : tenantExclusion(env, tenantLine)
  return readFingerprint(client, {
    schemas: [schema],
    ignoreGeneratedNames: true,
    schemaRelative: tenantLine !== undefined,
    exclude: (object) => ofOtherTool(object) || ofProject(object),
  })
}

export function importDiffers(differences: ReadonlyMap<string, readonly FingerprintChange[]>): MigError {
  const text = [...differences].map(
    ([schema, changes]) => `schema ${schema}:\n${fingerprintChangesText(changes)}`,
  )
  return new MigError(
    'import-differs',
    [
      'the imported history does not lead to the live database (- only in the history, + only in the database):',
      ...text,
    ].join('\n'),
    {
      help: 'nothing was adopted; fix the history or the database and import again, or --keep the files and just mig-stamp them yourself; --baseline takes what is applied from the database; --search-path says where the tool looked names up',
      exitCode: exitCodes.proofFailed,
      facts: { differences: Object.fromEntries(differences) },
    },
  )
}
