import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { ConnectionOptions } from 'node:tls'
import { MigError } from '../../errors.ts'
import type { DatabaseAddress } from './database-url.ts'
import { refusedVariable } from './security-parameters.ts'

/** One way to connect: encrypted so, or in plain text. */
export type SslAttempt = ConnectionOptions | false

const modes = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const
type Mode = (typeof modes)[number]

/**
 * libpq's `sslmode` and its files (manual, sections 32.1.2 and 32.19) as the connections to try, in order:
 * parameters of the URL, else the variables PGSSLMODE, PGSSLROOTCERT, PGSSLCERT, PGSSLKEY, PGSSLCRL, else the files
 * of `~/.postgresql`. Without a mode `prefer` holds, save that this machine's own server is asked without SSL first.
 * @param iam a token is sent in place of a password, so that the connection must be encrypted
 * @throws MigError `bad-database-url` for an unknown mode, `ssl-error` for a file that cannot be read or is missing, for
 *   a variable that asks for what is not done here, and for a token that would go out in plain text
 */
export function sslAttempts(given: DatabaseAddress, iam = false): readonly SslAttempt[] {
  const variable = refusedVariable(process.env)
  if (variable !== undefined) throw notDone(variable)
  const address = iam ? encryptedForToken(given) : given
  const { host } = address
  if (host?.startsWith('/')) return [false]
  const root = setting(address, 'sslrootcert') ?? defaultFile('root.crt')
  const mode = modeOf(address, root)
  if (mode === 'disable') return [false]
  const files = { ...certificates(address, root), ...protocolVersions(address) }
  const encrypted = { ...files, rejectUnauthorized: false }
  const verified = { ...files, rejectUnauthorized: true }
  const verifiedByCa = { ...verified, checkServerIdentity: () => undefined }
  switch (mode) {
    case 'allow':
      return [false, encrypted]
    case 'prefer':
      return [encrypted, false]
    case 'require':
      // With a root certificate there, libpq's `require` is its `verify-ca`.
      return [root === undefined ? encrypted : verifiedByCa]
    case 'verify-ca':
      return [verifiedByCa]
    case 'verify-full':
      return [verified]
  }
}

/**
 * The address for a connection that sends an IAM token: `sslmode` is `require` at least, also on this machine, where a
 * tunnel may lead elsewhere. A Unix socket leads nowhere else.
 * @throws MigError `ssl-error` where the URL or PGSSLMODE says `disable`
 */
export function encryptedForToken(address: DatabaseAddress): DatabaseAddress {
  if (address.host?.startsWith('/')) return address
  const mode = setting(address, 'sslmode')
  if (mode === 'disable') {
    throw new MigError('ssl-error', 'sslmode=disable would send the IAM token in plain text', {
      help: 'leave sslmode=disable out of the URL and PGSSLMODE, or unset USE_IAM_AUTH',
    })
  }
  const isWeak = mode === undefined || mode === 'allow' || mode === 'prefer'
  const root = setting(address, 'sslrootcert')
  if (!isWeak || root === 'system') return address
  return { ...address, parameters: { ...address.parameters, sslmode: 'require' } }
}

function notDone(variable: string): MigError {
  const said = `${variable}=${process.env[variable]}`
  return new MigError('ssl-error', `${said} asks for a check that just-mig does not do`, {
    help: `unset ${variable}, and set PGSSLMODE=verify-full with PGSSLROOTCERT, which prove who the server is`,
  })
}

function modeOf(address: DatabaseAddress, root: string | undefined): Mode {
  const { host } = address
  const isLocal = host === undefined || /^(localhost|127\..*|::1)$/.test(host)
  const given = setting(address, 'sslmode')
  const fallback = root === 'system' ? 'verify-full' : isLocal ? 'allow' : 'prefer'
  const mode = modes.find((each) => each === (given ?? fallback))
  if (mode === undefined) {
    throw new MigError('bad-database-url', `the database URL has an unknown sslmode "${given}"`, {
      help: `sslmode is one of ${modes.join(', ')}`,
    })
  }
  if (root === 'system' && mode !== 'verify-full' && mode !== 'disable') {
    throw new MigError('ssl-error', `sslrootcert=system needs sslmode verify-full, not ${mode}`, {
      help: 'leave sslmode out, or write sslmode=verify-full',
    })
  }
  if (root === undefined && (mode === 'verify-ca' || mode === 'verify-full')) {
    throw new MigError('ssl-error', `sslmode ${mode} needs a root certificate, and there is none`, {
      help: 'add sslrootcert=/path/to/ca.pem to the URL, or sslrootcert=system for those of the operating system',
    })
  }
  return mode
}

function certificates(address: DatabaseAddress, root: string | undefined): ConnectionOptions {
  const cert = setting(address, 'sslcert') ?? defaultFile('postgresql.crt')
  const key = setting(address, 'sslkey') ?? defaultFile('postgresql.key')
  const crl = setting(address, 'sslcrl') ?? defaultFile('root.crl')
  const passphrase = setting(address, 'sslpassword')
  return {
    ...(root === undefined || root === 'system' ? {} : { ca: textOf(root) }),
    ...(cert === undefined ? {} : { cert: textOf(cert) }),
    ...(key === undefined ? {} : { key: textOf(key) }),
    ...(crl === undefined ? {} : { crl: textOf(crl) }),
    passphrase,
  }
}

const versions = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const

function protocolVersions(address: DatabaseAddress): ConnectionOptions {
  const version = (name: string, fallback?: string) => {
    const given = setting(address, name) ?? fallback
    const known = versions.find((each) => each === given)
    if (given === undefined || known !== undefined) return known
    throw new MigError('bad-database-url', `the database URL has an unknown ${name} "${given}"`, {
      help: `${name} is one of ${versions.join(', ')}`,
    })
  }
  const minVersion = version('ssl_min_protocol_version', 'TLSv1.2')
  const maxVersion = version('ssl_max_protocol_version')
  return { minVersion, maxVersion }
}

/** A parameter of the URL, else libpq's variable of that name. */
function setting({ parameters }: DatabaseAddress, name: string): string | undefined {
  return parameters[name] || process.env[`PG${name.replaceAll('_', '').toUpperCase()}`] || undefined
}

/** libpq looks for its files here when nothing names them (manual, section 32.19.1). */
function defaultFile(name: string): string | undefined {
  const path = join(homedir(), '.postgresql', name)
  return existsSync(path) ? path : undefined
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new MigError('ssl-error', `cannot read the certificate file ${path} of the database URL`, {
      help: 'correct sslrootcert, sslcert, sslkey or sslcrl in the URL',
      cause,
    })
  }
}
