import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parse } from 'dotenv'
import { type DatabaseAddress, formatDatabaseUrl } from '../../postgres/connection/database-url.ts'

/** Where a program that prints is sent when it connects: nobody listens there. */
const nowhere: DatabaseAddress = {
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
 * @param scratch the database that it may use; undefined for none
 */
export function programVariables(folder: string, scratch: DatabaseAddress | undefined): NodeJS.ProcessEnv {
  const address = scratch ?? nowhere
  const url = formatDatabaseUrl(address)
  const variables: NodeJS.ProcessEnv = {}
  const ofFiles = variablesOfFiles(folder)
  for (const [name, value = ''] of Object.entries({ ...ofFiles, ...process.env })) {
    const part = partName.exec(name)?.[1]
    const led = withPlace(value, address)
    // One that is removed would come back from a file that sets it.
    if (removed.test(name) && (led === value || !(name in ofFiles))) continue
    if (led !== value) variables[name] = led
    else if (part !== undefined) variables[name] = partOf(address, part)
    else if (name in process.env) variables[name] = value
  }
  return {
    ...variables,
    DATABASE_URL: url,
    PGHOST: partOf(address, 'HOST'),
    PGPORT: partOf(address, 'PORT'),
    PGDATABASE: partOf(address, 'NAME'),
    PGUSER: partOf(address, 'USER'),
    PGPASSWORD: partOf(address, 'PASS'),
  }
}

/** A variable's value with the address instead of each that it has. */
function withPlace(value: string, address: DatabaseAddress): string {
  const url = formatDatabaseUrl(address)
  const whole = wholeUrl.exec(value)
  if (whole !== null) return `${whole[1] ?? ''}${url}`
  if (hostKeyword.test(value) && otherKeyword.test(value)) {
    const [database, user, mark] = value.includes(';')
      ? ['database', 'username', ';']
      : ['dbname', 'user', ' ']
    const parts = { host: 'HOST', port: 'PORT', [database]: 'NAME', [user]: 'USER', password: 'PASS' }
    return Object.entries(parts)
      .map(([name, part]) => `${name}=${partOf(address, part)}`)
      .join(mark)
  }
  return value.replace(urlWithin, () => url)
}

/** The places of an address by the names that a command has for them. */
export function placesOfAddress(address: DatabaseAddress | undefined): Readonly<Record<string, string>> {
  if (address === undefined) return {}
  return {
    url: formatDatabaseUrl(address),
    host: partOf(address, 'HOST'),
    port: partOf(address, 'PORT'),
    database: partOf(address, 'NAME'),
    user: partOf(address, 'USER'),
    password: partOf(address, 'PASS'),
  }
}

function partOf({ host, port, user, password, database }: DatabaseAddress, part: string): string {
  const word = part.toUpperCase()
  if (/^(?:HOST|SERVER|ENDPOINT)/.test(word)) return host ?? 'localhost'
  if (word === 'PORT') return String(port ?? 5432)
  if (word.startsWith('USER')) return user ?? ''
  if (word.startsWith('P')) return password ?? ''
  return database ?? ''
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
