import type { ClientBase } from 'pg'
import { MigError } from '../errors.ts'
import { databaseError, isConnectionLost, madeName, quoteIdent } from '../postgres/index.ts'
import { loadError } from './load-error.ts'
import { availableExtensions, concerns, missingExtensions, noExtension } from './missing-extensions.ts'
import type { ModelFile, ModelStatement } from './model.ts'
import type { Waiting } from './outside-name.ts'
import { fileLine, placeOf, where } from './place.ts'
import { refuseSession } from './session-statements.ts'
import { settleRound } from './settle-round.ts'
import { forbidden, isBenign } from './statement-kinds.ts'
import { refuseInTenants } from './tenant-database.ts'
import { type ModelSchemas, schemaInTenantModel, tenantLineOf } from './tenant-schema.ts'

export interface ModelLoadOptions extends ModelSchemas {
  readonly privileges: boolean
  /** Schemas in which names are found after the key's schema and `public`. */
  readonly searchPath?: readonly string[]
  /** Makes what others own and models may refer to; called once, where models do not load without. */
  readonly whenStuck?: () => Promise<void>
  /** The schemas that must be whole; of others, what needs an extension that the server lacks is left out. Default: all. */
  readonly needed?: readonly string[]
}

/**
 * Loads models into an empty scratch database. Files and statements may refer to each other in any order:
 * a statement that fails is tried again after the others, until a whole round brings nothing new. Function
 * bodies are not checked, since they may name what comes later. What the database has before is not the models'.
 * @returns which extensions the server lacks, and the statements that were left out for it; undefined where nothing was
 * @throws MigError `model-failed` with file, line and caret; `duplicate-model` when two statements make one
 *   object; `outside-map` for an object in a schema that no key maps to; `cluster-model` for roles and the like;
 *   `schema-in-tenant-model`; `database-object-in-tenant-model`; `open-transaction`; `session-model`; `no-extension` and `no-surroundings` where something is missing that models cannot make.
 */
export async function loadModels(
  client: ClientBase,
  files: readonly ModelFile[],
  options: ModelLoadOptions,
): Promise<MigError | undefined> {
  const others = new Set((await outsideObjects(client, options)).map(({ oid }) => oid))
  for (const schema of Object.values(options.schemas))
    await client.query(`CREATE SCHEMA IF NOT EXISTS ${quoteIdent(schema)}`)
  const loading: Loading = { client, options, made: new Map() }
  const waiting: Waiting[] = []
  for (const file of files) {
    refuseSession(file)
    for (const statement of file.statements) {
      refuseCluster(statement)
      refuseTenantSchema(statement, options)
    }
    await client.query(
      `RESET ALL; SET check_function_bodies = off; SET search_path = ${searchPathOf(file, options)}`,
    )
    for (const part of partsOf(file)) {
      if (await runWhole(client, file, part)) {
        for (const statement of part) note(loading, statement)
        continue
      }
      for (const statement of part) {
        const failed = await run(loading, statement)
        if (failed !== undefined) waiting.push(failed)
      }
    }
    await expectEnded(client, file)
  }
  const lacking = await settle(loading, waiting, async () => {
    const before = new Set((await outsideObjects(client, options)).map(({ oid }) => oid))
    await options.whenStuck?.()
    for (const { oid } of await outsideObjects(client, options)) if (!before.has(oid)) others.add(oid)
  })
  await client.query('RESET ALL')
  await refuseInTenants(client, files, options)
  await refuseOutside(client, files, options, others)
  return lacking
}

interface Loading {
  readonly client: ClientBase
  readonly options: ModelLoadOptions
  /** What has made each object. */
  readonly made: Map<string, ModelStatement>
}

/** A transaction that a file leaves open would hold all that comes after it. @throws MigError `open-transaction` */
async function expectEnded(client: ClientBase, { statements }: ModelFile): Promise<void> {
  const begin = statements.findLast(({ sql }) => ofTransaction.test(sql))
  if (begin === undefined) return
  try {
    await client.query('SAVEPOINT open; RELEASE open')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    // no_active_sql_transaction: there is none; in_failed_sql_transaction: what has failed in it is tried again without it.
    if (code === '25P02') await client.query('ROLLBACK')
    if (code === '25P01' || code === '25P02') return
    throw databaseError(error, { file: begin.file })
  }
  throw new MigError(
    'open-transaction',
    `${where(begin)} starts a transaction that is still open at the end of the file`,
    {
      help: 'end it with COMMIT, or remove BEGIN',
      place: fileLine(begin),
    },
  )
}

function searchPathOf(file: ModelFile, options: ModelLoadOptions): string {
  const { key, keyed } = file
  const isOwn = key !== undefined && (keyed || options.tenantKeys.includes(key))
  const schema = isOwn ? options.schemas[key] : undefined
  const own = schema === undefined || schema === 'public' ? [] : [schema]
  return [...own, 'public', ...(options.searchPath ?? [])].map(quoteIdent).join(', ')
}

const mostAtOnce = 500

/**
 * A file's statements in parts that are sent at once: a transaction over a thousand tables needs more locks than a server
 * has by default (`max_locks_per_transaction`). A file with transactions of its own stays whole.
 */
function partsOf({ statements }: ModelFile): readonly (readonly ModelStatement[])[] {
  if (statements.length <= mostAtOnce || statements.some(({ sql }) => ofTransaction.test(sql)))
    return [statements]
  const parts = Array.from({ length: Math.ceil(statements.length / mostAtOnce) }, (_, at) => at * mostAtOnce)
  return parts.map((begin) => statements.slice(begin, begin + mostAtOnce))
}

/** After comments, if any; what a function's body says is not a statement of the file. */
const ofTransaction =
  /^(?:\s|--[^\n]*\n|\/\*(?:[^*]|\*(?!\/))*\*\/)*(?:BEGIN|START\s+TRANSACTION|COMMIT|END|ROLLBACK|ABORT|SAVEPOINT|RELEASE|SET\s+LOCAL)\b/i

/** Sends statements of a file in one round trip, in a transaction of their own; false when any of them failed. */
async function runWhole(
  client: ClientBase,
  file: ModelFile,
  statements: readonly ModelStatement[],
): Promise<boolean> {
  if (statements.length === 0) return true
  try {
    await client.query(statements.map((statement) => statement.sql).join(';\n'))
    return true
  } catch (error) {
    if (isConnectionLost(error)) throw databaseError(error, { file: file.path })
    // Which statement it was shows when they run one by one; a file with BEGIN of its own may be left open.
    await client.query('ROLLBACK')
    return false
  }
}

async function run(loading: Loading, statement: ModelStatement): Promise<Waiting | undefined> {
  const { client, options } = loading
  // In a transaction of the file's own, what fails must not take along what went before.
  const isKept = client.getTransactionStatus() === 'T' && !ofTransaction.test(statement.sql)
  try {
    if (isKept) await client.query('SAVEPOINT mig_statement')
    await client.query(statement.sql)
    if (isKept) await client.query('RELEASE SAVEPOINT mig_statement')
    note(loading, statement)
    return undefined
  } catch (error) {
    if (!(error instanceof Error)) throw error
    if (isKept && !isConnectionLost(error)) await client.query('ROLLBACK TO SAVEPOINT mig_statement')
    if (isBenign(statement.sql, error, options.privileges)) return undefined
    const { rows } = await client.query<{ path: string }>(`SELECT current_setting('search_path') AS path`)
    return { statement, error, searchPath: rows[0]?.path ?? '' }
  }
}

async function settle(
  loading: Loading,
  first: readonly Waiting[],
  makeOthers: () => Promise<void>,
): Promise<MigError | undefined> {
  const { client, options } = loading
  let isStuck = options.whenStuck === undefined
  for (let waiting = first; waiting.length > 0; ) {
    const left = await settleRound(waiting, async ({ statement, searchPath }) => {
      await client.query(`SELECT set_config('search_path', $1, false)`, [searchPath])
      return run(loading, statement)
    })
    if (left.length === waiting.length) {
      if (isStuck) return leftOut(loading, left)
      await makeOthers()
      isStuck = true
    }
    waiting = left
  }
  return undefined
}

/** What the models lack, where that may be left out. @throws MigError for all else */
async function leftOut({ client, options, made }: Loading, left: readonly Waiting[]): Promise<MigError> {
  const missing = missingExtensions(left, await availableExtensions(client))
  if (missing === undefined) throw loadError(left, made, options)
  const { needed = Object.values(options.schemas) } = options
  const lacking = noExtension(missing, left)
  if (left.some((each) => concerns(each, needed))) throw lacking
  return lacking
}

function note({ made }: Loading, statement: ModelStatement): void {
  const name = madeName(statement.sql)
  if (name !== undefined && !made.has(name)) made.set(name, statement)
}

function refuseCluster(statement: ModelStatement): void {
  const what = forbidden(statement.sql)
  if (what === undefined) return
  throw new MigError(
    'cluster-model',
    `${where(statement)} has ${what}, which belongs to the server, not to one database`,
    {
      help: 'models describe schemas; create roles, databases and tablespaces where the server is set up',
      place: placeOf(statement),
    },
  )
}

function refuseTenantSchema(statement: ModelStatement, options: ModelSchemas): void {
  const name = madeName(statement.sql)
  const line = name === undefined ? undefined : tenantLineOf(name, options)
  if (name !== undefined && line !== undefined) throw schemaInTenantModel(line, name, statement)
}

/** Refuses objects in schemas that no key maps to: they would never be compared. */
async function refuseOutside(
  client: ClientBase,
  files: readonly ModelFile[],
  options: ModelLoadOptions,
  others: ReadonlySet<string>,
): Promise<void> {
  const all = await outsideObjects(client, options)
  const rows = all
    .filter(({ oid }) => !others.has(oid))
    .slice(0, 20)
    .map(({ oid: _, ...row }) => row)
  const found = rows[0]
  if (found === undefined) return
  const source = files
    .flatMap((file) => file.statements)
    .find(
      (statement) =>
        madeName(statement.sql)?.split('.').at(-1) === found.name || statement.sql.includes(found.name),
    )
  const outside = [...new Set(all.filter(({ oid }) => !others.has(oid)).map(({ schema }) => schema))]
  const list = rows.map((row) => `${row.type} ${row.schema}.${row.name}`).join(', ')
  throw new MigError(
    'outside-map',
    `${source === undefined ? 'a model' : where(source)} defines ${list}: the schema map has no key for ${outside.length === 1 ? 'schema' : 'schemas'} ${outside.join(', ')}`,
    {
      help: helpForOutside(outside, options),
      place: source && fileLine(source),
      facts: { objects: rows, schemas: outside },
    },
  )
}

function helpForOutside(outside: readonly string[], { schemas, tenantKeys }: ModelSchemas): string {
  const single = Object.entries(schemas).flatMap(([key, own]) => (tenantKeys.includes(key) ? [] : [own]))
  const name = single.length === 0 ? '' : `name one of ${single.join(', ')}, or `
  const ofTenants =
    tenantKeys.length === 0
      ? ''
      : `; models of a tenant line name no schema, in a file or folder of its name: ${tenantKeys.join(', ')}`
  return `${name}add ${outside.join(', ')} to the schema map in env.ts${ofTenants}`
}

interface OutsideObject {
  readonly oid: string
  readonly type: string
  readonly schema: string
  readonly name: string
}

/** The objects of a database in schemas that no key maps to. */
async function outsideObjects(
  client: ClientBase,
  { schemas }: ModelLoadOptions,
): Promise<readonly OutsideObject[]> {
  return (await client.query<OutsideObject>(outsideQuery, [Object.values(schemas)])).rows
}

const outsideQuery = `
  WITH objects AS (
    SELECT 'pg_class'::regclass AS catalog, c.oid, c.relnamespace AS namespace, c.relname AS name,
           CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'S' THEN 'sequence'
             WHEN 'c' THEN 'type' WHEN 'f' THEN 'foreign table' ELSE 'table' END AS type
    FROM pg_class c WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'c', 'f')
    UNION ALL
    SELECT 'pg_proc'::regclass, p.oid, p.pronamespace, p.proname, 'function' FROM pg_proc p
    UNION ALL
    SELECT 'pg_type'::regclass, t.oid, t.typnamespace, t.typname, 'type' FROM pg_type t WHERE t.typtype IN ('d', 'e', 'r')
  )
  SELECT o.oid::text AS oid, o.type, n.nspname AS schema, o.name
  FROM objects o JOIN pg_namespace n ON n.oid = o.namespace
  WHERE o.oid >= 16384 AND NOT n.nspname = ANY ($1::text[])
    AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_%'
    AND n.nspname !~ '^mig_scratch_[0-9a-f]{16}$'
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = o.catalog AND d.objid = o.oid AND d.deptype IN ('e', 'i'))
  ORDER BY n.nspname, o.name`
