import type { Client, ClientBase, QueryConfig, QueryResult } from 'pg'
import { connect } from '../postgres/connection/connection.ts'
import { isServerError } from '../postgres/connection/database-error.ts'
import { makeHelper, makerStatements } from './maker.ts'
import type { MakerTask } from './maker-task.ts'
import { namingRoles, typesNamingRoles } from './names.ts'
import type { ScratchRole } from './role.ts'
import { type ScratchStatement, scratchStatements } from './statements.ts'

interface ScratchSession {
  readonly role: ScratchRole
  readonly database: string
  /** The driver's own way to send a query. */
  readonly send: (text: string, values?: unknown[]) => Promise<QueryResult>
}

const sessions = new WeakMap<object, ScratchSession>()

/**
 * Opens a connection to a scratch database as its role. To whom uses it, all is as if the maker of the database were
 * connected: roles of the server are others there, and are read and written under their own names; of what only the maker
 * may do, roles, extensions and the like are done for it.
 */
export async function connectScratch(
  role: ScratchRole,
  database: string,
  signal: AbortSignal | undefined,
): Promise<Client> {
  const client = await connect({
    url: role.url(database),
    applicationName: 'just-mig scratch',
    plansOnce: true,
    ...(signal === undefined ? {} : { signal }),
  })
  const types = typesNamingRoles(client, role)
  const original = client.query.bind(client)
  const sendConfig = ({ types: asked, ...config }: QueryConfig) =>
    (
      original({
        ...config,
        types: asked === undefined ? types : typesNamingRoles(asked, role),
      }) as Promise<QueryResult>
    ).catch((error: unknown) => {
      throw errorNamingRoles(role, error)
    })
  const session: ScratchSession = {
    role,
    database,
    send: (text, values) => sendConfig({ text, ...(values === undefined ? {} : { values }) }),
  }
  sessions.set(client, session)
  const query = (sent: string | QueryConfig, values?: unknown[]) => {
    if (typeof sent !== 'string') return sendConfig(sent)
    return values === undefined ? run(client, session, sent) : session.send(sent, values)
  }
  // The driver's type is an overload for each way to call it; ours are those that give a promise.
  client.query = query as unknown as Client['query']
  return client
}

/**
 * Hands a connection to the database of a scratch session that may do what its maker may, and as whom nothing of the
 * database is ever run; any other session is handed over itself.
 */
export async function asScratchMaker<T>(
  client: ClientBase,
  body: (maker: ClientBase) => Promise<T>,
): Promise<T> {
  const session = sessions.get(client)
  return session === undefined ? body(client) : session.role.asMaker(session.database, body)
}

/** The role that a scratch session is connected as. */
export function scratchRoleOf(client: ClientBase): ScratchRole | undefined {
  return sessions.get(client)?.role
}

async function run(client: Client, session: ScratchSession, text: string): Promise<QueryResult> {
  const { role, send } = session
  const statements = await scratchStatements(text, {
    database: session.database,
    findStandIn: role.standIn,
    makeStandIn: role.makeStandIn,
  })
  if (statements === undefined) return send(text)
  return runStatements(client, statements, {
    send,
    runTask: (task, sql) => runByMaker(session, task, sql),
  })
}

/**
 * Runs the statements of a text as PostgreSQL would the text: several in one transaction, which ends with the text unless
 * the text begins it.
 */
export async function runStatements(
  client: Client,
  statements: readonly ScratchStatement[],
  {
    send,
    runTask,
  }: {
    readonly send: (sql: string) => Promise<QueryResult>
    readonly runTask: (task: MakerTask, sql: string) => Promise<QueryResult>
  },
): Promise<QueryResult> {
  const runOne = ({ sql, byMaker }: ScratchStatement) =>
    byMaker === undefined ? send(sql) : runTask(byMaker, sql)
  const [only] = statements
  if (only !== undefined && statements.length === 1) return runOne(only)
  const results: QueryResult[] = []
  let isOurs = false
  try {
    for (const statement of statements) {
      if (statement.isBegin) isOurs = false
      else if (client.getTransactionStatus() === 'I') {
        await send('BEGIN')
        isOurs = true
      }
      results.push(
        await runOne(statement).catch((error: unknown) => {
          throw movedError(error, statement.start)
        }),
      )
    }
    if (isOurs && client.getTransactionStatus() !== 'I') await send('COMMIT')
  } catch (error) {
    if (isOurs) await send('ROLLBACK')
    throw error
  }
  // What the driver gives for several statements.
  return results as unknown as QueryResult
}

async function runByMaker(session: ScratchSession, task: MakerTask, sql: string): Promise<QueryResult> {
  const { role, send } = session
  if (!role.helped.has(session.database)) {
    role.helped.add(session.database)
    await role.asMaker(session.database, (maker) => makeHelper(maker, role))
  }
  const statements = await makerStatements(session, task, sql)
  // Bound values: a statement's own text can be read by all code that it runs.
  if (statements === undefined) return send(sql)
  const result = await send(`SELECT ${role.helper.schema}.run($1, $2)`, [
    role.helper.secret,
    statements,
  ]).catch((error: unknown) => {
    throw withoutHelper(error)
  })
  return { ...result, rows: [], rowCount: null }
}

/** The error as if the statement itself had been sent. */
function withoutHelper(error: unknown): unknown {
  if (isServerError(error))
    Object.assign(error, { where: undefined, internalQuery: undefined, routine: undefined })
  return error
}

function movedError(error: unknown, start: number): unknown {
  if (isServerError(error) && error.position !== undefined)
    error.position = String(Number(error.position) + start)
  return error
}

function errorNamingRoles(role: ScratchRole, error: unknown): unknown {
  if (!isServerError(error)) return error
  error.message = namingRoles(role, error.message)
  if (error.detail !== undefined) error.detail = namingRoles(role, error.detail)
  if (error.hint !== undefined) error.hint = namingRoles(role, error.hint)
  if (error.where !== undefined) error.where = namingRoles(role, error.where)
  return error
}
