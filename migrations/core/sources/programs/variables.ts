import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parse } from 'dotenv'
import { type DatabaseAddress, formatDatabaseUrl } from '../../postgres/database-url.ts'

/** Where a program that prints is sent when it connects: nobody listens there. */
const nowhere: DatabaseAddress = {
  host: '127.0.0.1',
  port: 1,
  user: 'nobody',
  password: 'nothing',
  database: 'nothing',
  parameters: {},
}

const urlValue = /^(?:jdbc:)?postgres(?:ql)?(?:\+\w+)?:\/\//i
const partName =
  /^(?:\w+_)?(?:PG|DB|DATABASE|POSTGRES(?:QL)?|TYPEORM)_?(HOST(?:NAME)?|HOSTADDR|PORT|NAME|DATABASE|DB|USER(?:NAME)?|PASS(?:WORD)?|PWD)$/i
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
  const known = { ...variablesOfFiles(folder), ...process.env }
  for (const [name, value = ''] of Object.entries(known)) {
    if (removed.test(name)) continue
    const part = partName.exec(name)?.[1]
    if (urlValue.test(value)) variables[name] = value.startsWith('jdbc:') ? `jdbc:${url}` : url
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
  if (word.startsWith('HOST')) return host ?? 'localhost'
  if (word === 'PORT') return String(port ?? 5432)
  if (word.startsWith('USER')) return user ?? ''
  if (word.startsWith('P')) return password ?? ''
  return database ?? ''
}

const envFiles = ['', '.local', '.development', '.development.local', '.production', '.test'].map(
  (ending) => `.env${ending}`,
)

/** What the .env files of the folder and of those above it set. */
function variablesOfFiles(folder: string): Readonly<Record<string, string>> {
  const found: Record<string, string> = {}
  for (let at = folder; ; at = dirname(at)) {
    for (const name of envFiles) Object.assign(found, parse(readable(join(at, name))))
    if (dirname(at) === at) return found
  }
}

/** The text of a file; empty where there is none that this user can read, since the program cannot read it either. */
function readable(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error) return ''
    throw error
  }
}
