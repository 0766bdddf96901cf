import { createHash, randomBytes } from 'node:crypto'
import type { Client } from 'pg'
import { MigError } from '../errors.ts'
import type { EmitEvent } from '../events.ts'
import { releaseLocks, takeLocks } from '../ledger/index.ts'
import { quoteIdent, quoteLiteral } from '../postgres/sql/quote.ts'
import { createDatabase, dropDatabase, onceUnused } from './create.ts'
import { dropLeftovers, lockSpace, scratchName } from './leftovers.ts'

/** A database that is kept on the server to be copied. */
export interface KeptTemplate {
  readonly name: string
  /** Another one each time that it is made. */
  readonly id: string
}

export interface KeptTemplateOptions {
  /** Everything that the template is made from, as a text. */
  readonly source: string
  /** What it belongs to, as a text: of one owner the last three templates are kept. */
  readonly owner: string
  /** For how long another process may take to make it, in milliseconds. */
  readonly wait: number
  readonly emit: EmitEvent
  readonly signal?: AbortSignal | undefined
  /** Fills an empty database. Nobody may be connected to it afterwards. */
  readonly fill: (name: string) => Promise<void>
}

const buildingPrefix = 'mig_building'
const keptOfOwner = 3
const keptForDays = 30

/**
 * The template database of a source: the one that is there, or a new one. Of many processes that ask for the same one at
 * once, one makes it. It is filled under another name, as a leftover that the next use drops if it is not finished, and gets
 * its own name with the last word; after that nobody can connect to it, so a copy never meets a session (55006). One that
 * was opened or changed since by hand is made again.
 * @throws MigError `foreign-template` where somebody else has a database of that name, `lock-not-obtained` after `wait`,
 *   `no-scratch`, `database-error`, and what `fill` throws
 */
export async function keptTemplate(admin: Client, options: KeptTemplateOptions): Promise<KeptTemplate> {
  const { rows } = await admin.query<{ role: string; version: string }>(
    `SELECT current_user::text AS role, current_setting('server_version_num') AS version`,
  )
  const key = digest(JSON.stringify([rows[0]?.role, rows[0]?.version, options.source]), 24)
  const name = `mig_template_${key}`
  const there = await wholeTemplate(admin, name)
  if (there !== undefined) return there
  const { wait, emit, signal } = options
  const lock = { ledgerSchema: 'template', targetSchemas: [name] }
  await takeLocks(admin, { ...lock, wait, emit, signal })
  try {
    const byNow = await wholeTemplate(admin, name)
    if (byNow !== undefined) return byNow
    await dropDatabase(admin, name)
    await makeTemplate(admin, name, options)
    await dropOld(admin, name, digest(options.owner, 16))
    const made = await wholeTemplate(admin, name)
    if (made === undefined)
      throw new Error(`the template ${name} was changed by somebody else while it was made`)
    return made
  } finally {
    await releaseLocks(admin, lock.ledgerSchema, lock.targetSchemas)
  }
}

async function makeTemplate(
  admin: Client,
  name: string,
  { owner, fill, emit }: KeptTemplateOptions,
): Promise<void> {
  await dropLeftovers(admin, buildingPrefix, emit)
  const token = randomBytes(4)
  const building = scratchName(buildingPrefix, token)
  await admin.query('SELECT pg_catalog.pg_advisory_lock($1, $2)', [lockSpace, token.readInt32BE()])
  try {
    await createDatabase(admin, { name: building })
    await fill(building)
    await onceUnused(admin, finishing(building, name, digest(owner, 16)))
  } finally {
    // Gone where it has its own name by now.
    await dropDatabase(admin, building)
    await admin.query('SELECT pg_catalog.pg_advisory_unlock($1, $2)', [lockSpace, token.readInt32BE()])
  }
}

/** One transaction; the transaction's id in the comment is that of the row in pg_database until somebody alters the database. */
function finishing(building: string, name: string, owner: string): string {
  return `ALTER DATABASE ${quoteIdent(building)} WITH ALLOW_CONNECTIONS false;
    ALTER DATABASE ${quoteIdent(building)} RENAME TO ${quoteIdent(name)};
    DO $$ BEGIN EXECUTE format('COMMENT ON DATABASE %I IS %L', ${quoteLiteral(name)},
      (SELECT concat_ws(' ', 'just-mig', ${quoteLiteral(owner)}, extract(epoch FROM clock_timestamp())::bigint, xmin)
         FROM pg_catalog.pg_database WHERE datname = ${quoteLiteral(name)})); END $$`
}

/** The template, where it is there as it was made. */
async function wholeTemplate(admin: Client, name: string): Promise<KeptTemplate | undefined> {
  const { rows } = await admin.query<{ isOurs: boolean; isWhole: boolean; note: string }>(
    `SELECT pg_has_role(datdba, 'USAGE') AS "isOurs", shobj_description(oid, 'pg_database') AS note,
            NOT datallowconn AND shobj_description(oid, 'pg_database') ~ concat('^just-mig .* ', xmin, '$') AS "isWhole"
       FROM pg_catalog.pg_database WHERE datname = $1`,
    [name],
  )
  const [found] = rows
  if (found === undefined) return undefined
  if (!found.isOurs)
    throw new MigError('foreign-template', `the database ${name} belongs to another role`, {
      help: `drop it as its owner: DROP DATABASE ${quoteIdent(name)}`,
      facts: { database: name },
    })
  return found.isWhole ? { name, id: digest(`${name} ${found.note}`, 24) } : undefined
}

/** Drops templates of the same owner but for the last few, and those of anybody that are old. */
async function dropOld(admin: Client, name: string, owner: string): Promise<void> {
  const { rows } = await admin.query<{ name: string }>(
    `SELECT name FROM (
       SELECT datname::text AS name, note[1] = $2 AS same, to_timestamp(note[2]::bigint) AS made,
              row_number() OVER (PARTITION BY note[1] ORDER BY note[2]::bigint DESC) AS place
         FROM pg_catalog.pg_database d,
              regexp_match(shobj_description(d.oid, 'pg_database'), '^just-mig ([0-9a-f]+) ([0-9]+) [0-9]+$') AS note
        WHERE datname ~ '^mig_template_[0-9a-f]{24}$' AND NOT datallowconn AND pg_has_role(datdba, 'USAGE') AND note IS NOT NULL
     ) AS kept WHERE name <> $1 AND ((same AND place > $3) OR made < now() - make_interval(days => $4))`,
    [name, owner, keptOfOwner, keptForDays],
  )
  for (const old of rows) await dropDatabase(admin, old.name)
}

function digest(text: string, length: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, length)
}
