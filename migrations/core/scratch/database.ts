import { randomBytes } from 'node:crypto'
import type { Client } from 'pg'
import { MigError } from '../errors.ts'
import type { EmitEvent } from '../events.ts'
import { connect } from '../postgres/connection/connection.ts'
import { urlForDatabase } from '../postgres/connection/database-url.ts'
import { keepPlans } from '../postgres/connection/kept-plans.ts'
import { connectScratch } from './client.ts'
import { createDatabase, dropDatabase } from './create.ts'
import { dropLeftovers, lockSpace, scratchName } from './leftovers.ts'
import { createScratchRole, dropScratchRole, makerRights, type ScratchRole } from './role.ts'

/** A throw-away database with a connection of its own. */
export interface ScratchDatabase {
  readonly url: string
  readonly name: string
  readonly client: Client
  /** The role that the database belongs to; undefined where its maker, no superuser, may make none. */
  readonly role: ScratchRole | undefined
  /** Opens a further connection, or another in the place of `client`. */
  readonly connect: () => Promise<Client>
}

export interface ScratchOptions {
  /** Where to connect for CREATE DATABASE: best the target database, whose encoding and collation are taken over. */
  readonly adminUrl: string
  readonly emit?: EmitEvent
  /** Ends the scratch database at once, and with it whatever runs in it. */
  readonly signal?: AbortSignal
  /** A scratch database to copy, which nobody may be connected to; default an empty one. The copy belongs to its role. */
  readonly template?: Pick<ScratchDatabase, 'name' | 'role'>
  /** Begin of the name. Default `mig_scratch`. */
  readonly prefix?: string
}

const applicationName = 'just-mig scratch'

/**
 * Makes a scratch database, hands it to `body`, and drops it, however `body` ends. It belongs to a role of its own without
 * rights elsewhere, and is used as that role, so that what runs there reaches nothing but the database. Its name holds the key
 * of an advisory lock that our session keeps meanwhile, so that what a killed process left is known for dead: it is dropped
 * at the next use, and a live one never is.
 * @throws MigError `no-scratch` without the right to create a database, or where the server lets no other role in; the
 *   signal's reason; what `body` throws
 */
export async function withScratchDatabase<T>(
  options: ScratchOptions,
  body: (scratch: ScratchDatabase) => Promise<T>,
): Promise<T> {
  const { adminUrl, signal, prefix = 'mig_scratch', template } = options
  const admin = await connect({ url: adminUrl, applicationName, ...(signal === undefined ? {} : { signal }) })
  const token = randomBytes(4)
  const name = scratchName(prefix, token)
  try {
    await dropLeftovers(admin, prefix, options.emit)
    await admin.query('SELECT pg_catalog.pg_advisory_lock($1, $2)', [lockSpace, token.readInt32BE()])
    const rights = await makerRights(admin)
    const role =
      template !== undefined || !rights.mayCreateRoles
        ? template?.role
        : await createScratchRole(admin, adminUrl, scratchName('mig_role', token), rights)
    try {
      await createDatabase(admin, { name, template: template?.name, owner: role?.own })
      return await useScratch(options, { name, role }, admin, body)
    } finally {
      await dropDatabase(admin, name)
      if (role !== undefined && template === undefined) {
        await dropScratchRole(admin, role.own)
        tellOfRoles(options.emit, [...role.concerned])
      }
    }
  } finally {
    await admin.end()
  }
}

async function useScratch<T>(
  { adminUrl, signal }: ScratchOptions,
  { name, role }: Pick<ScratchDatabase, 'name' | 'role'>,
  admin: Client,
  body: (scratch: ScratchDatabase) => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted()
  const url = role?.url(name) ?? urlForDatabase(adminUrl, name)
  const connectAgain = async () => {
    const session = await (role === undefined
      ? connect({ url, applicationName, plansOnce: true, ...(signal === undefined ? {} : { signal }) })
      : connectScratch(role, name, signal))
    keepPlans(session)
    return session
  }
  const client = await connectAgain().catch((error: unknown) => {
    throw error instanceof MigError && notLetIn.has(error.code) ? noEntry(error) : error
  })
  let dropping: Promise<void> | undefined
  const drop = () => {
    dropping = dropDatabase(admin, name)
    // A failure is for the drop at the end to report.
    dropping.catch(() => undefined)
  }
  signal?.addEventListener('abort', drop)
  try {
    return await body({ url, name, role, client, connect: connectAgain })
  } catch (error) {
    signal?.throwIfAborted()
    throw error
  } finally {
    signal?.removeEventListener('abort', drop)
    await dropping?.catch(() => undefined)
    await client.end()
  }
}

const told = new WeakMap<EmitEvent, Set<string>>()

/** Says once a command that roles of the server were left alone, and what that means. */
function tellOfRoles(emit: EmitEvent | undefined, roles: readonly string[]): void {
  if (emit === undefined) return
  const known = told.get(emit) ?? new Set()
  told.set(emit, known)
  const fresh = roles.filter((role) => !known.has(role))
  for (const role of fresh) known.add(role)
  if (fresh.length === 0) return
  emit({
    event: 'warning',
    code: 'role-stand-in',
    message: `the server's roles are not touched: scratch databases used placeholder roles for ${fresh.join(', ')}, without the rights that CREATE ROLE, ALTER ROLE and memberships give`,
    help: 'this matters only if a revision needs these rights',
  })
}

/** What `connect` says where the server knows the role and does not let it in. */
const notLetIn = new Set(['wrong-password', 'no-permission'])

function noEntry(cause: MigError): MigError {
  return new MigError(
    'no-scratch',
    `the server refuses the login of the role that is created for scratch databases: ${cause.message}`,
    {
      help: 'allow logins with a password (pg_hba.conf: host all all … scram-sha-256), or set MIG_SCRATCH_URL to a server of the same major version that does',
      cause,
    },
  )
}

/** How this input makes its scratch databases. */
export function scratchOptions(
  {
    scratchUrl,
    emit,
    signal,
  }: {
    readonly scratchUrl: string
    readonly emit?: EmitEvent
    readonly signal?: AbortSignal
  },
  template?: ScratchOptions['template'],
): ScratchOptions {
  return {
    adminUrl: scratchUrl,
    ...(emit === undefined ? {} : { emit }),
    ...(signal === undefined ? {} : { signal }),
    ...(template === undefined ? {} : { template }),
  }
}
