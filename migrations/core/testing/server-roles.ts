import type { Client, QueryConfig, QueryResult } from 'pg'
import type { EmitEvent } from '../events.ts'
import { connect, quoteIdent, splitStatements, wordsOf } from '../postgres/index.ts'
import { runStatements } from '../scratch/client.ts'
import { type MakerTask, makerTask } from '../scratch/maker-task.ts'
import { withStandIns } from '../scratch/stand-ins.ts'
import { begins } from '../scratch/statement-words.ts'
import type { ScratchStatement } from '../scratch/statements.ts'

/** A connection that leaves alone what its database shares with others on the server. */
export interface GuardedConnection {
  readonly client: Client
  /** Makes a role that the server lacks; without a login, since nobody has said more of it. */
  readonly needRole: (role: string) => Promise<void>
}

/**
 * Connects to a database that revisions fill. Roles are the server's: those that revisions make are made where they are
 * missing, and those that were there before are not altered or dropped. A statement about another database is about this one.
 */
export async function connectGuarded(
  url: string,
  database: string,
  { emit, signal }: { readonly emit: EmitEvent; readonly signal: AbortSignal | undefined },
): Promise<GuardedConnection> {
  const client = await connect({ ...{ url, applicationName: 'just-mig test' }, signal })
  const query = client.query.bind(client)
  const send = (text: string): Promise<QueryResult> => query(text)
  const ours = new Set<string>()
  const left = new Set<string>()
  const isThere = async (role: string) => {
    const { rowCount } = await query('SELECT FROM pg_catalog.pg_roles WHERE rolname = $1', [role])
    return rowCount === 1
  }
  const needRole = async (role: string) => {
    if (await isThere(role)) return
    ours.add(role)
    await query(`CREATE ROLE ${quoteIdent(role)}`)
  }
  const runTask = async (task: MakerTask, sql: string) => {
    if (!('roles' in task)) return send(sql)
    const isNew = task.task === 'create-roles' && !(await isThere(task.roles[0] ?? ''))
    if (isNew) for (const role of task.roles) ours.add(role)
    if (isNew || task.roles.every((role) => ours.has(role))) return send(sql)
    const foreign = task.roles.filter((role) => !ours.has(role) && !left.has(role))
    for (const role of foreign) left.add(role)
    if (foreign.length > 0)
      emit({
        event: 'warning',
        code: 'role-left',
        message: `the server's roles are not touched: ${foreign.join(', ')} stayed as before`,
        help: 'this matters only if the tests need what the revisions grant or revoke',
      })
    return send('')
  }
  const run = async (text: string) => {
    const statements = await guardedStatements(text, database)
    return statements === undefined ? send(text) : runStatements(client, statements, { send, runTask })
  }
  const guarded = (sent: string | QueryConfig, values?: unknown[]) =>
    typeof sent === 'string' && values === undefined ? run(sent) : query(sent, values)
  // The driver's type is an overload for each way to call it; ours are those that give a promise.
  client.query = guarded as unknown as Client['query']
  return { client, needRole }
}

/** What a statement must hold to be about something that databases share. */
const telling = /\b(?:role|user|group|grant|revoke|database)\b/i

/**
 * The statements of a text, those about roles marked as such; undefined where it can run as it is. A DO block runs as it
 * is: what makes a role there looks first whether there is one.
 */
async function guardedStatements(
  text: string,
  database: string,
): Promise<readonly ScratchStatement[] | undefined> {
  if (!telling.test(text)) return undefined
  const names = {
    database,
    findStandIn: () => Promise.resolve(undefined),
    makeStandIn: (role: string) => Promise.resolve(role),
  }
  let isChanged = false
  const statements: ScratchStatement[] = []
  for (const { text: sql, start } of splitStatements(text)) {
    const words = wordsOf(sql)
    const task = makerTask(words)
    const ofRoles = task !== undefined && 'roles' in task ? task : undefined
    const own =
      ofRoles !== undefined || words[0]?.lower === 'do' ? sql : await withStandIns(sql, words, names)
    isChanged ||= ofRoles !== undefined || own !== sql
    const isBegin = begins(words, transactionStart)
    statements.push({ sql: own, start, isBegin, byMaker: ofRoles })
  }
  return isChanged ? statements : undefined
}

const transactionStart = new Set(['begin', 'start'])
