import { createHash } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { MigError } from '../../errors.ts'
import { readSource } from '../../source-file.ts'
import { type ChainItem, chainId, revisionChain, timeOfDigits } from '../chain.ts'
import type { ImportedHistory } from '../history.ts'
import { readInside } from '../inside.ts'
import { sqlBody } from '../sql-body.ts'

/** One migration of Prisma, and how its ledger knows it. */
export interface PrismaMigration {
  readonly revision: string
  readonly name: string
  /** SHA-256 of `migration.sql`, hex. */
  readonly checksum: string
}

export interface PrismaProject {
  readonly history: ImportedHistory
  readonly migrations: readonly PrismaMigration[]
}

/**
 * Reads Prisma's `migrations/<timestamp>_<name>/migration.sql` in the order of their names.
 * @throws MigError `no-prisma-project`, `prisma-provider` for another database, `outside-folder` for a link elsewhere.
 */
export function readPrismaProject(given: string, show: (path: string) => string): PrismaProject {
  const folder = migrationsFolder(given)
  const names = existsSync(folder)
    ? readdirSync(folder, { withFileTypes: true })
        .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, 'migration.sql')))
        .map((entry) => entry.name)
        .sort()
    : []
  if (names.length === 0) {
    throw new MigError('no-prisma-project', `${show(folder)} has no <timestamp>_<name>/migration.sql`, {
      help: "give Prisma's migrations folder: just mig-import prisma prisma/migrations",
      place: { file: folder },
    })
  }
  checkProvider(folder)
  const read = names.map((name) => {
    const file = join(folder, name, 'migration.sql')
    return { name, file, text: readInside(folder, file) }
  })
  const items = read.map(
    ({ name, file, text }): ChainItem => ({
      name,
      message: name.replace(/^\d+_/, '').replaceAll('_', ' '),
      createdAt: timeOfDigits(/^\d{14}(?=_|$)/.exec(name)?.[0] ?? ''),
      source: show(file),
      upgrade: sqlBody(text),
    }),
  )
  const migrations = read.map(({ name, text }) => ({
    revision: chainId('prisma', name),
    name,
    checksum: createHash('sha256').update(text).digest('hex'),
  }))
  return { history: { tool: 'prisma', revisions: revisionChain('prisma', items) }, migrations }
}

/** The project, its `prisma` folder or its `migrations` folder may be given. */
function migrationsFolder(given: string): string {
  if (basename(given) === 'migrations') return given
  const places = [join(given, 'prisma', 'migrations'), join(given, 'migrations')]
  return places.find((place) => existsSync(place)) ?? given
}

function checkProvider(folder: string): void {
  const file = join(folder, 'migration_lock.toml')
  if (!existsSync(file)) return
  const provider = /^[ \t]*provider[ \t]*=[ \t]*"([^"]+)"/m.exec(readSource(file))?.[1]
  if (provider === undefined || provider === 'postgresql' || provider === 'postgres') return
  throw new MigError('prisma-provider', `${file} is for ${provider}, not PostgreSQL`, {
    help: 'only PostgreSQL migrations can be imported',
    place: { file },
  })
}
