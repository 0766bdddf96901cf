import { MigError } from '../../errors.ts'
import { withoutSecrets } from '../../secrets.ts'
import { type SecurityParameter, securityParameter } from './security-parameters.ts'

/** A database URL taken apart; what it leaves out is undefined, and then libpq's variables count (PGUSER …). */
export interface DatabaseAddress {
  /** A host name, an address, or the folder of a Unix socket. */
  readonly host: string | undefined
  readonly port: number | undefined
  readonly user: string | undefined
  readonly password: string | undefined
  readonly database: string | undefined
  /** libpq's parameters (manual, section 32.1.2) as the query string gives them. */
  readonly parameters: Readonly<Record<string, string>>
}

const syntax =
  /^postgres(?:ql)?(?:\+[a-z0-9_]+)?:\/\/(?:([^:@/?#]*)(?::([^@/?#]*))?@)?(\[[^\]]*\]|[^:@/?#]*)(?::(\d*))?(?:\/([^?#@]*))?(?:\?([^#]*))?$/i
const known = new Set([
  'application_name',
  'options',
  'connect_timeout',
  'keepalives',
  'keepalives_idle',
  'target_session_attrs',
])
const addressed = new Set(['host', 'port', 'user', 'password', 'dbname'])

/**
 * Takes a `postgresql://` URL apart (manual, section 32.1.1.2). A driver suffix as in `postgresql+asyncpg://`
 * is read over. What says how to encrypt or to authenticate is mapped to libpq's parameters, or refused by name; other
 * parameters of other drivers and tools are left alone.
 * @throws MigError `bad-database-url`, which shows the URL without its password
 */
export function parseDatabaseUrl(url: string): DatabaseAddress {
  const match = syntax.exec(url.trim())
  if (match === null) throw badUrl(url, reasonOf(url.trim()))
  const [, user, password, host = '', port, database, query] = match
  const decoded = (text: string | undefined) => (text ? decode(text, url) : undefined)
  const given: Record<string, string> = {}
  const parameters: Record<string, string> = {}
  for (const [name, value] of queryPairs(query ?? '', url)) {
    if (name === 'service' || name === 'hostaddr')
      throw badUrl(url, `it gives the server by ${name}; write the host into the URL`)
    if (addressed.has(name)) given[name] = value
    else if (known.has(name)) parameters[name] = value
    else addSecurity(parameters, securityParameter(name, value), url)
  }
  if ((given.host ?? host).includes(',')) throw badUrl(url, severalHosts)
  return {
    host: given.host || decoded(host.replace(/^\[(.*)\]$/, '$1')),
    port: portNumber(given.port ?? port, url),
    user: given.user || decoded(user),
    password: given.password || decoded(password),
    database: given.dbname || decoded(database),
    parameters,
  }
}

function addSecurity(
  parameters: Record<string, string>,
  found: SecurityParameter | undefined,
  url: string,
): void {
  if (found === undefined) return
  if ('refused' in found) throw badUrl(url, found.refused)
  const { name, value } = found
  if (value === '') return
  if ((parameters[name] ?? value) !== value) throw badUrl(url, `it says ${name} twice, with different values`)
  parameters[name] = value
}

/** The same server, user and parameters with another database. @throws MigError `bad-database-url` */
export function urlForDatabase(url: string, database: string): string {
  return formatDatabaseUrl({ ...parseDatabaseUrl(url), database })
}

/** The URL of an address, in PostgreSQL's own scheme. */
export function formatDatabaseUrl(address: DatabaseAddress): string {
  const { host = '', port, user, password, database, parameters } = address
  const isSocket = host.startsWith('/')
  const login =
    user === undefined && password === undefined
      ? ''
      : `${encoded(user)}${password === undefined ? '' : `:${encoded(password)}`}@`
  const where = isSocket ? '' : host.includes(':') ? `[${host}]` : encoded(host)
  const query = Object.entries({ ...(isSocket ? { host } : {}), ...parameters })
    .map(([name, value]) => `${name}=${encoded(value)}`)
    .join('&')
  return `postgresql://${login}${where}${port === undefined ? '' : `:${port}`}/${encoded(database)}${query && `?${query}`}`
}

/** Parameters whose values tell nothing that must not be known; `options`, for one, sets whatever its user wants. */
const plainParameter =
  /^(?:host|hostaddr|port|user|dbname|application_name|connect_timeout|keepalives\w*|target_session_attrs|(?:ssl|gss)(?!\w*pass)\w*|channel_binding|require_auth|service|schema|pgbouncer)$/i

/**
 * A URL that may be shown: its password, wherever it stands and however broken the URL is, is `***`, and so are the
 * values of parameters that may hold a secret. What is not a
 * URL at all is `***` as a whole; it may be the password itself. In one that cannot be read, nobody knows where the
 * password ends: only what stands before its first colon is shown, and the last host.
 */
export function maskUrl(url: string): string {
  const masked = maskParameters(withoutSecrets(url.trim()))
  const [, scheme, rest = ''] = /^([a-z][a-z0-9+.-]*:\/\/)(.*)$/is.exec(masked) ?? []
  if (scheme === undefined) return '***'
  const at = rest.lastIndexOf('@')
  const colon = rest.indexOf(':')
  if (at > colon && colon >= 0) return `${scheme}${rest.slice(0, colon)}:***${rest.slice(at)}`
  // The colon of a port or of an IPv6 address; else what follows it may be the password.
  if (colon < 0 || isReadable(masked)) return masked
  return `${scheme}${rest.slice(0, colon)}:***`
}

function maskParameters(url: string): string {
  const at = url.indexOf('?') + 1
  if (at === 0) return url
  const pairs = url.slice(at).split('&')
  const masked = pairs.map((pair) => {
    const sign = pair.indexOf('=')
    return sign < 0 || plainParameter.test(pair.slice(0, sign)) ? pair : `${pair.slice(0, sign)}=***`
  })
  return url.slice(0, at) + masked.join('&')
}

function isReadable(url: string): boolean {
  const port = syntax.exec(url)?.[4]
  return syntax.test(url) && (!port || isPort(Number(port)))
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 1 && port <= 65_535
}

function encoded(text: string | undefined): string {
  return encodeURIComponent(text ?? '')
}

function decode(text: string, url: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw badUrl(url, 'it has a % that is not followed by two hex digits')
  }
}

function queryPairs(query: string, url: string): (readonly [string, string])[] {
  return query
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const [name = '', ...value] = pair.split('=')
      return [decode(name, url), decode(value.join('='), url)]
    })
}

function portNumber(text: string | undefined, url: string): number | undefined {
  if (!text) return undefined
  const port = Number(text)
  if (!isPort(port)) throw badUrl(url, 'its port is not a number from 1 to 65535')
  return port
}

const severalHosts = 'it names several hosts, and just-mig writes to one'

function reasonOf(url: string): string {
  if (!/^postgres(ql)?(\+[a-z0-9_]+)?:\/\//i.test(url)) return 'it does not begin with postgresql://'
  if (url.split('@').length > 2) return 'it has more than one @'
  if (/:\/\/(?:[^@/?#]*@)?[^@/?#]*,/.test(url)) return severalHosts
  if (!url.includes('@') && /:\/\/[^/?]*:/.test(url)) return 'it ends before the @ that follows a password'
  return 'it is not postgresql://user:password@host:port/database'
}

function badUrl(url: string, reason: string): MigError {
  return new MigError('bad-database-url', `${maskUrl(url)} is not a database URL: ${reason}`, {
    help: 'write postgresql://user:password@host:5432/database, with @ : / ? # and % in the user or password percent-encoded (%40 %3A %2F %3F %23 %25); in .env quote the value, or write # as %23',
  })
}
