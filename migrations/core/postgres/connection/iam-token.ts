import { MigError, messageOf } from '../../errors.ts'
import type { DatabaseAddress } from './database-url.ts'

/**
 * Whether a token takes the place of the password: USE_IAM_AUTH is true, and the URL is not one of a server on this
 * machine with a password of its own, as the embedded server's is.
 */
export function usesIam({ host, user, password }: DatabaseAddress, variables = process.env): boolean {
  // It has a password that was made for it.
  if (user !== undefined && isScratchRole(user)) return false
  if (!/^(true|1|yes|on)$/i.test(variables.USE_IAM_AUTH ?? '')) return false
  const isLocal = host === undefined || host.startsWith('/') || /^(localhost|127\..*|::1)$/.test(host)
  return !isLocal || password === undefined
}

/**
 * A token for one connection to an RDS or Aurora server, signed for host, port, user and region with the credentials
 * that AWS's own chain finds. It is good for 15 minutes, and each connection gets its own.
 * Region: AWS_REGION, AWS_DEFAULT_REGION, else the one in the host's name.
 * @throws MigError `no-region`, `no-iam-signer` when @aws-sdk/rds-signer is not installed, `no-iam-token` when there
 *   are no credentials
 */
export async function iamToken(address: DatabaseAddress, variables = process.env): Promise<string> {
  const hostname = address.host ?? variables.PGHOST ?? 'localhost'
  const port = address.port ?? Number(variables.PGPORT || 5432)
  const username = address.user ?? variables.PGUSER
  if (username === undefined) {
    throw new MigError(
      'bad-database-url',
      'an IAM token is for one user, and the database URL names no user',
      {
        help: 'write postgresql://USER@host:5432/database',
      },
    )
  }
  const region = variables.AWS_REGION || variables.AWS_DEFAULT_REGION || regionOf(hostname)
  if (region === undefined) {
    throw new MigError('no-region', `the host name ${hostname} does not say its AWS region`, {
      help: 'set AWS_REGION, as in AWS_REGION=eu-central-1',
    })
  }
  const { Signer } = await signerModule()
  try {
    return await new Signer({ hostname, port, username, region }).getAuthToken()
  } catch (cause) {
    const reason = messageOf(cause)
    throw new MigError(
      'no-iam-token',
      `no IAM token for ${username}@${hostname}:${port} in ${region}: ${reason}`,
      {
        help: 'give AWS credentials (aws sso login, AWS_PROFILE, AWS_ACCESS_KEY_ID …), or unset USE_IAM_AUTH',
        cause,
      },
    )
  }
}

/** `db.abc123.eu-central-1.rds.amazonaws.com`: the label before `rds`. */
function regionOf(hostname: string): string | undefined {
  return /\.([a-z0-9-]+)\.rds\.amazonaws\.com(?:\.cn)?$/.exec(hostname)?.[1]
}

/** Loaded only here, and not installed with this package: only servers that ask for tokens need it. */
async function signerModule(): Promise<typeof import('@aws-sdk/rds-signer')> {
  try {
    return await import('@aws-sdk/rds-signer')
  } catch (cause) {
    throw new MigError(
      'no-iam-signer',
      'USE_IAM_AUTH is set, and the package @aws-sdk/rds-signer is not installed',
      { help: 'npm install @aws-sdk/rds-signer, or unset USE_IAM_AUTH', cause },
    )
  }
}

/** Whether a name is one that this tool gives to the roles of its scratch databases. */
export function isScratchRole(name: string): boolean {
  return /^mig_role_\d+_[0-9a-f]{8}(?:_|$)/i.test(name)
}
