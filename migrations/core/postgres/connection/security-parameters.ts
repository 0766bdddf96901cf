/** Whether a parameter says something about encryption or authentication, under whatever driver's name. */
export type SecurityParameter =
  | { readonly name: string; readonly value: string }
  | { readonly refused: string }

/** libpq's own that `tls.ts` reads, by their name without case and underscores. */
const read: Readonly<Record<string, string>> = Object.fromEntries(
  [
    'sslmode',
    'sslrootcert',
    'sslcert',
    'sslkey',
    'sslcrl',
    'sslpassword',
    'ssl_min_protocol_version',
    'ssl_max_protocol_version',
  ].map((name) => [name.replaceAll('_', ''), name]),
)

/** What `ssl=` says in other drivers: asyncpg takes a mode, the JDBC driver and node-postgres a truth value. */
const sslValues: Readonly<Record<string, string>> = {
  true: 'verify-full',
  '1': 'verify-full',
  on: 'verify-full',
  '': 'verify-full',
  false: 'disable',
  '0': 'disable',
  off: 'disable',
  'no-verify': 'require',
}

/** Settings that ask for no more than what is done anyway; any other value is refused. */
const harmless: Readonly<Record<string, readonly string[]>> = {
  channelbinding: ['', 'disable', 'prefer'],
  gssencmode: ['', 'disable', 'prefer', 'allow'],
  requireauth: [''],
  requiressl: ['', '0'],
  sslnegotiation: ['', 'postgres'],
  sslcompression: ['', '0'],
  sslsni: ['', '1'],
}

const instead = 'write it as sslmode=verify-full and sslrootcert=…, which prove who the server is'

/**
 * A parameter of a database URL that is about encryption or authentication, as libpq's (manual, section 32.1.2):
 * mapped from asyncpg's `ssl`, the JDBC driver's `sslMode` and others, or refused where it asks for what is not done
 * here. Undefined for all other parameters.
 */
export function securityParameter(given: string, value: string): SecurityParameter | undefined {
  const plain = given.toLowerCase().replaceAll(/[_-]/g, '')
  if (plain === 'ssl') {
    const mode = value.toLowerCase()
    return { name: 'sslmode', value: Object.hasOwn(sslValues, mode) ? (sslValues[mode] ?? mode) : mode }
  }
  if (plain === 'requiressl' && value === '1') return { name: 'sslmode', value: 'require' }
  const own = Object.hasOwn(read, plain) ? read[plain] : undefined
  if (own === 'sslmode') {
    const mode = value.toLowerCase()
    return { name: own, value: mode === 'no-verify' ? 'require' : mode }
  }
  if (own !== undefined) return { name: own, value }
  const allowed = Object.hasOwn(harmless, plain) ? harmless[plain] : undefined
  if (allowed === undefined && !/^(ssl|tls|usessl|usetls)/.test(plain)) return undefined
  if (allowed?.includes(value.toLowerCase())) return { name: given, value: '' }
  return { refused: `it asks for ${given}=${value}, which just-mig does not do; ${instead}` }
}

/** libpq's variables that ask for what is not done here; the first as it stands, undefined for none. */
export function refusedVariable(variables: NodeJS.ProcessEnv): string | undefined {
  const names = [
    'PGCHANNELBINDING',
    'PGGSSENCMODE',
    'PGREQUIREAUTH',
    'PGREQUIRESSL',
    'PGSSLNEGOTIATION',
  ].concat('PGSSLCERTMODE', 'PGSSLCRLDIR')
  return names.find((name) => {
    const value = variables[name]
    if (value === undefined || value === '') return false
    const found = securityParameter(name.slice(2), value)
    return found !== undefined && ('refused' in found || found.value !== '')
  })
}
