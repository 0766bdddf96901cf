import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parse } from 'dotenv'
import { type DatabaseAddress, formatDatabaseUrl } from '../../postgres/connection/database-url.ts'

/** Where a program that prints is sent when it connects: nobody listens there. */
export const nowhere: DatabaseAddress = {
  host: '127.0.0.1',
  port: 1,
  user: 'nobody',
  password: 'nothing',
  database: 'nothing',
  parameters: {},
}

/** A URL of PostgreSQL, by any of the names that drivers and frameworks have for it, in quotes, in a list, in JSON. */
const scheme = '(?:postgres(?:ql)?|pg?sql|postgis|cockroachdb|timescale(?:db)?|prisma)(?:\\+\\w{1,30})?://'
const wholeUrl = new RegExp(`^\\s*["']?(jdbc:|r2dbc:)?${scheme}`, 'i')
const urlWithin = new RegExp(`\\b${scheme}[^\\s"]*`, 'gi')
/** `host=… dbname=…` of libpq, `Host=…;Database=…` of Npgsql. */
const hostKeyword = /(?:^|[\s;"'])host ?=/i
const otherKeyword = /[\s;"'](?:port|dbname|database|user|username|user id|password) ?=/i
const partName =
  /^(?:\w+_)?(?:PG|P?SQL|DB|DATABASE|RDS|POSTGRES(?:QL)?|TYPEORM)_?(?:(?:READ|WRITE|READER|WRITER|PRIMARY|REPLICA|MASTER|ADMIN|RO|RW)_)?(HOST(?:NAME)?|HOSTADDR|SERVER|ENDPOINT|PORT|NAME|DATABASE|DB|USER(?:NAME)?|PASS(?:WORD)?|PWD)$/i
/** What libpq and this package take a database from by other means, and what a program must not have of ours. */
const removed = /^(?:PGSERVICE|PGSERVICEFILE|PGPASSFILE|PGOPTIONS|PGSSL\w*|MIG_\w+|ALEMBIC_DATABASE_URL)$/

/**
 * The variables of a program: those of the process, but each that holds the URL of a PostgreSQL database, or a part of
 * one, holds the scratch database's instead. So do those that its own .env files would set, since what is set already
 * goes before them: it cannot learn from there where the live database is.
 * @param folder where it runs
 * @param scratch the database that it may use
 */
export function programVariables(folder: string, scratch: DatabaseAddress): NodeJS.ProcessEnv {
  const places = placesOfAddress(scratch)
  const variables: NodeJS.ProcessEnv = {}
  const ofFiles = variablesOfFiles(folder)
  for (const [name, value = ''] of Object.entries({ ...ofFiles, ...process.env })) {
    const part = partName.exec(name)?.[1]
    const led = withPlace(value, places)
    // One that is removed would come back from a file that sets it.
    if (removed.test(name) && (led === value || !(name in ofFiles))) continue
    if (led !== value) variables[name] = led
    else if (part !== undefined) variables[name] = partOf(places, part)
    else if (name in process.env) variables[name] = value
  }
  const { url, host, port, database, user, password } = places
  return {
    ...{ ...variables, DATABASE_URL: url, PGHOST: host, PGPORT: port, PGDATABASE: database },
    ...{ PGUSER: user, PGPASSWORD: password },
  }
}

/** A variable's value with the address instead of each that it has. */
function withPlace(value: string, places: Places): string {
  const { url, host, port, database, user, password } = places
  const whole = wholeUrl.exec(value)
  if (whole !== null) return `${whole[1] ?? ''}${url}`
  if (hostKeyword.test(value) && otherKeyword.test(value)) {
    return value.includes(';')
      ? `host=${host};port=${port};database=${database};username=${user};password=${password}`
      : `host=${host} port=${port} dbname=${database} user=${user} password=${password}`
  }
  return value.replace(urlWithin, () => url)
}

/** The places of an address by the names that a command has for them. */
export type Places = Readonly<Record<'url' | 'host' | 'port' | 'database' | 'user' | 'password', string>>

export function placesOfAddress(address: DatabaseAddress): Places {
  const { host = 'localhost', port = 5432, database = '', user = '', password = '' } = address
  return { url: formatDatabaseUrl(address), host, port: String(port), database, user, password }
}

function partOf({ host, port, database, user, password }: Places, part: string): string {
  if (/^(?:HOST|SERVER|ENDPOINT)/i.test(part)) return host
  if (/^PORT/i.test(part)) return port
  if (/^USER/i.test(part)) return user
  return /^P/i.test(part) ? password : database
}

/** What the .env files of the folder and of those above it set, those of other environments too. */
function variablesOfFiles(folder: string): Readonly<Record<string, string>> {
  const found: Record<string, string> = {}
  for (let at = folder; ; at = dirname(at)) {
    for (const name of envFilesIn(at)) Object.assign(found, parse(readable(join(at, name))))
    if (dirname(at) === at) return found
  }
}

/** A link is followed, and nothing that is not a file is read: a pipe would never end. */
function envFilesIn(folder: string): readonly string[] {
  return unlessDenied(() => readdirSync(folder), []).filter(
    (name) => /^\.env(?:\.|$)/.test(name) && unlessDenied(() => statSync(join(folder, name)).isFile(), false),
  )
}

/** The text of a file; empty where this user cannot read it, since the program cannot read it either. */
function readable(path: string): string {
  return unlessDenied(() => readFileSync(path, 'utf8'), '')
}

function unlessDenied<Value>(read: () => Value, otherwise: Value): Value {
  try {
    return read()
  } catch (error) {
    if (error instanceof Error && 'code' in error) return otherwise
    throw error
  }
}
