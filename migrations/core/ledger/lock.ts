import { setTimeout as pause } from 'node:timers/promises'
import type { ClientBase } from 'pg'
import { exitCodes, MigError } from '../errors.ts'
import type { EmitEvent, LockHolder } from '../events.ts'
import { type OwnStatement, ownSql, qualifiedName, withoutQueryValues } from '../postgres/index.ts'

export interface LockOptions {
  readonly ledgerSchema: string
  readonly targetSchemas: readonly string[]
  /** Milliseconds. */
  readonly wait: number
  readonly emit: EmitEvent
  readonly signal?: AbortSignal | undefined
}

/**
 * Takes the session advisory lock of each target schema, all or none. It polls `pg_try_advisory_lock`: a
 * session that waits inside `pg_advisory_lock` holds a snapshot, and CREATE INDEX CONCURRENTLY of the lock's
 * holder would wait for it (manual 11.1, "Building Indexes Concurrently").
 * @throws MigError `lock-not-obtained`, naming the holder, when `wait` is over.
 */
export async function takeLocks(client: ClientBase, options: LockOptions): Promise<void> {
  const names = lockNames(options.ledgerSchema, options.targetSchemas)
  const started = Date.now()
  let shown = 0
  for (let delay = 50; ; delay = Math.min(delay * 1.5, 1000)) {
    const missing = await tryLocks(client, names)
    if (missing === undefined) return
    const targetSchema = options.targetSchemas[names.indexOf(missing)] ?? missing
    const waitedMs = Date.now() - started
    if (waitedMs >= options.wait || Date.now() - shown >= 2000) {
      const holder = (await lockHolders(client, options.ledgerSchema, [missing])).get(missing)
      if (waitedMs >= options.wait) throw notObtained(targetSchema, holder, options.wait)
      options.emit({ event: 'lock-wait', targetSchema, holder, waitedMs })
      shown = Date.now()
    }
    // Jitter, so that two that wait do not knock at the same time.
    const untilEnd = options.wait - (Date.now() - started)
    await pause(Math.max(1, Math.min(delay * (0.5 + Math.random()), untilEnd)), undefined, {
      signal: options.signal,
    })
  }
}

/** Takes the locks of target schemas if all are free at this moment. */
export async function tryAllLocks(
  client: ClientBase,
  ledgerSchema: string,
  targetSchemas: readonly string[],
): Promise<boolean> {
  return (await tryLocks(client, lockNames(ledgerSchema, targetSchemas))) === undefined
}

/**
 * SQL that is true while this session holds the lock of a target schema. Reading pg_locks would cost more than the
 * rest of a commit: the transaction takes the lock for itself, which fails only while another session has it, and
 * under that the session's own is released, which tells whether it was held, and taken again.
 */
export function stillLockedSql(ledgerSchema: string, targetSchema: string): OwnStatement {
  const key = ownSql`pg_catalog.hashtextextended(${lockName(ledgerSchema, targetSchema)}, 0)`
  return ownSql`pg_catalog.pg_try_advisory_xact_lock(${key}) AND pg_catalog.pg_advisory_unlock(${key}) AND pg_catalog.pg_try_advisory_lock(${key})`
}

/** Whether this session holds a lock, as SQL. @param name the lock's name, as an expression */
function lockedSql(name: string): string {
  return `EXISTS (SELECT FROM pg_catalog.pg_locks AS l WHERE l.locktype = 'advisory' AND l.pid = pg_catalog.pg_backend_pid() AND l.objsubid = 1 AND l.granted
 AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
 AND ((l.classid::bigint << 32) | l.objid::bigint) = pg_catalog.hashtextextended(${name}, 0))`
}

/** Gives the locks back; a session that ends gives them back by itself, and one that has lost them has none. */
export async function releaseLocks(
  client: ClientBase,
  ledgerSchema: string,
  targetSchemas: readonly string[],
): Promise<void> {
  await client.query(
    `SELECT pg_advisory_unlock(hashtextextended(name, 0)) FROM unnest($1::text[]) AS name WHERE ${lockedSql('name')}`,
    [lockNames(ledgerSchema, targetSchemas)],
  )
}

/** Who holds the lock of each target schema; one that is free has no entry. */
export async function targetLockHolders(
  client: ClientBase,
  ledgerSchema: string,
  targetSchemas: readonly string[],
): Promise<ReadonlyMap<string, LockHolder>> {
  const names = lockNames(ledgerSchema, targetSchemas)
  const holders = await lockHolders(client, ledgerSchema, names)
  return new Map(
    targetSchemas.flatMap((schema, at) => {
      const holder = holders.get(names[at] ?? '')
      return holder === undefined ? [] : [[schema, holder] as const]
    }),
  )
}

function lockNames(ledgerSchema: string, targetSchemas: readonly string[]): readonly string[] {
  return targetSchemas.map((schema) => lockName(ledgerSchema, schema))
}

function lockName(ledgerSchema: string, targetSchema: string): string {
  return `just-mig ${ledgerSchema} ${targetSchema}`
}

/** Returns the first name that somebody else holds, or undefined when all are taken. */
async function tryLocks(client: ClientBase, names: readonly string[]): Promise<string | undefined> {
  const { rows } = await client.query<{ name: string; taken: boolean }>(
    `SELECT name, pg_try_advisory_lock(hashtextextended(name, 0)) AS taken FROM unnest($1::text[]) AS name`,
    [names],
  )
  const missing = rows.find(({ taken }) => !taken)
  const taken = rows.flatMap((row) => (row.taken ? [row.name] : []))
  if (missing !== undefined && taken.length > 0) {
    await client.query(
      `SELECT pg_advisory_unlock(hashtextextended(name, 0)) FROM unnest($1::text[]) AS name`,
      [taken],
    )
  }
  return missing?.name
}

/** An advisory lock with a 64-bit key shows its halves in classid and objid (manual 53.13, pg_locks). */
async function lockHolders(
  client: ClientBase,
  ledgerSchema: string,
  names: readonly string[],
): Promise<ReadonlyMap<string, LockHolder>> {
  const { rows } = await client.query<LockHolder & { name: string }>(
    `SELECT k.name, ${holderSql('a.backend_start')},
            CASE WHEN a.state = 'active' THEN 0
                 ELSE greatest(1, extract(epoch FROM clock_timestamp() - a.state_change)::int) END AS "silentFor",
            a.state IS NOT NULL AND a.client_addr IS NOT DISTINCT FROM inet_client_addr() AS "isNear",
            (SELECT has_table_privilege(a.usesysid, c.oid, 'INSERT') OR pg_has_role(a.usesysid, c.relowner, 'MEMBER')
             FROM pg_class AS c WHERE c.oid = to_regclass($2)) AS "mayRun"
     FROM (SELECT name, hashtextextended(name, 0) AS key FROM unnest($1::text[]) AS name) AS k
     JOIN pg_locks AS l ON l.locktype = 'advisory' AND l.objsubid = 1 AND l.granted
       AND l.classid = ((k.key >> 32) & 4294967295)::oid AND l.objid = (k.key & 4294967295)::oid
       AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
     JOIN pg_stat_activity AS a ON a.pid = l.pid`,
    [names, qualifiedName(ledgerSchema, 'version')],
  )
  return new Map(rows.map(({ name, ...holder }) => [name, withoutQueryValues(holder)]))
}

/** The columns of a `LockHolder` from pg_stat_activity as `a`. @param since when what it holds began, as SQL */
export function holderSql(since: string): string {
  return `a.pid, coalesce(a.application_name, '') AS application, coalesce(a.usename::text, '') AS "user",
            coalesce(nullif(a.client_hostname, ''), host(a.client_addr), 'local') AS host,
            to_char(${since} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS since,
            coalesce(a.state, '') AS state, left(coalesce(a.query, ''), 200) AS query`
}

function notObtained(targetSchema: string, holder: LockHolder | undefined, waitMs: number): MigError {
  const who =
    holder === undefined
      ? 'a session that has just ended'
      : `pid ${holder.pid} (${holder.application || 'no application name'}, ${holder.user}@${holder.host}, connected since ${holder.since}, ${holder.state})`
  const isOutsider = holder?.mayRun === false
  return new MigError(
    'lock-not-obtained',
    `schema ${targetSchema} is locked by ${who}${isOutsider ? ', which is not a runner: its role may not write the ledger' : ''}; waited ${waitMs / 1000} s`,
    {
      help: isOutsider
        ? 'end its session: just mig-unlock; then keep the role out: ALTER ROLE … NOLOGIN, or CONNECTION LIMIT 0'
        : 'wait for it and run the command again, or wait longer: --lock-wait 10min; if it is dead: just mig-unlock',
      exitCode: exitCodes.lockNotObtained,
      facts: { targetSchema, holder },
    },
  )
}
