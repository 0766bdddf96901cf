import { errorCode, MigError, messageOf } from '../../errors.ts'
import { isServerError } from './database-error.ts'
import type { DatabaseAddress } from './database-url.ts'

const unreachable = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
  'EACCES',
  'ECONNRESET',
  'EPIPE',
])

/** The driver's failure to connect as an error with a code and a way on; shows no password. */
export function connectionError(error: unknown, address: DatabaseAddress): MigError {
  if (error instanceof MigError) return error
  const reason = withoutPassword(messageOf(error), address)
  const server = serverName(address)
  const failure = (code: string, message: string, help: string) =>
    new MigError(code, message, { help, facts: { server, database: address.database }, cause: error })
  if (!isServerError(error)) return networkError(reason, errorCode(error), server, failure)
  const database = address.database ?? address.user ?? 'the default database'
  switch (error.code) {
    case '3D000':
      return failure(
        'no-database',
        `the server ${server} has no database "${database}"`,
        `create it (createdb -h ${address.host ?? 'localhost'} -p ${address.port ?? 5432} ${database}), or correct the database URL`,
      )
    case '28P01':
      return failure(
        'wrong-password',
        `${server}: ${reason}`,
        'correct the user or the password in the database URL',
      )
    case '28000':
      return failure(
        'wrong-password',
        `${server} refuses this user: ${reason}`,
        'correct the user or sslmode in the database URL, or pg_hba.conf of the server',
      )
    case '42501':
      return failure(
        'no-permission',
        `${server}: ${reason}`,
        `GRANT CONNECT ON DATABASE ${database} TO the user of the URL`,
      )
    case '53300':
      return failure(
        'too-many-connections',
        `${server}: ${reason}`,
        'close other connections, or raise max_connections of the server',
      )
    case '57P03':
      return failure(
        'server-starting',
        `${server} is still not ready: ${reason}`,
        'wait a little, then run the command again',
      )
    default:
      return failure(
        'no-connection',
        `${server}: ${reason} (SQLSTATE ${error.code})`,
        'correct the database URL',
      )
  }
}

function networkError(
  reason: string,
  code: string,
  server: string,
  failure: (code: string, message: string, help: string) => MigError,
): MigError {
  if (unreachable.has(code) || /timeout expired|Connection terminated/.test(reason)) {
    return failure(
      'no-server',
      `no PostgreSQL server answers at ${server}: ${reason}`,
      'start the server, or correct the database URL',
    )
  }
  if (/SSL|TLS|certificate|self.signed/i.test(`${reason} ${code}`)) {
    return failure('ssl-error', `${server}: ${reason}`, 'correct sslmode and sslrootcert in the database URL')
  }
  if (/password must be a string|no password/i.test(reason)) {
    return failure(
      'wrong-password',
      `${server} requires a password, and the URL has none`,
      'add the password to the database URL',
    )
  }
  return failure('no-connection', `cannot connect to ${server}: ${reason}`, 'correct the database URL')
}

function serverName({ host = process.env.PGHOST ?? 'localhost', port }: DatabaseAddress): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port ?? process.env.PGPORT ?? 5432}`
}

function withoutPassword(text: string, { password }: DatabaseAddress): string {
  return password === undefined ? text : text.replaceAll(password, '***')
}
