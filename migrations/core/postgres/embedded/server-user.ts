import { readFileSync, realpathSync, type Stats, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { MigError } from '../../errors.ts'

export interface ServerUser {
  readonly uid: number
  readonly gid: number
}

/**
 * The user to run PostgreSQL as, or undefined for the present one. PostgreSQL refuses to run as root
 * (manual, section 18.1), so root hands its server to `nobody`, a user that exists wherever root does.
 * @throws MigError `no-server-user`
 */
export function serverUser(): ServerUser | undefined {
  if (process.getuid?.() !== 0) return undefined
  const entry = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .find((fields) => fields[0] === 'nobody')
  const uid = Number(entry?.[2])
  const gid = Number(entry?.[3])
  if (!Number.isInteger(uid) || !Number.isInteger(gid)) {
    throw new MigError(
      'no-server-user',
      'PostgreSQL refuses to run as root, and /etc/passwd lacks the user "nobody"',
      { help: 'run the command as an ordinary user, or set MIG_DATABASE_URL to a server of yours' },
    )
  }
  // macOS writes nobody as -2; the kernel wants it unsigned.
  return { uid: uid >>> 0, gid: gid >>> 0 }
}

/**
 * Can `user` read the file, or list the folder, going by owners and modes of it and of each folder above?
 * Undefined stands for the present user, who can read what it has installed.
 */
export function isReadableBy(user: ServerUser | undefined, path: string): boolean {
  if (user === undefined) return true
  const real = realpathSync(path)
  const stats = statSync(real)
  if (!isPermitted(user, stats, stats.isDirectory() ? 0o5 : 0o4)) return false
  return foldersAbove(real).every((folder) => isPermitted(user, statSync(folder), 0o1))
}

function foldersAbove(path: string): string[] {
  const parent = dirname(path)
  return parent === path ? [] : [parent, ...foldersAbove(parent)]
}

function isPermitted(user: ServerUser, stats: Stats, bits: number): boolean {
  const shift = stats.uid === user.uid ? 6 : stats.gid === user.gid ? 3 : 0
  return ((stats.mode >> shift) & bits) === bits
}
