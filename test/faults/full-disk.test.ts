import { execFile } from 'node:child_process'
import { chownSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import type { MigError } from '../../migrations/core/index.ts'
import { outsideFolder } from '../../migrations/core/postgres/embedded/outside-folder.ts'
import { isReadableBy, serverUser } from '../../migrations/core/postgres/embedded/server-user.ts'
import { createLab, type Lab, revision } from '../runner/support.ts'
import { administer, createTestDatabase } from '../support/database.ts'

const run = promisify(execFile)

/** A file system in memory that can be made larger, for root on Linux; undefined elsewhere. */
async function smallDisk(): Promise<
  { path: string; grow: (size: string) => Promise<unknown>; remove: () => Promise<void> } | undefined
> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return undefined
  const user = serverUser()
  const home = isReadableBy(user, tmpdir()) ? realpathSync(tmpdir()) : outsideFolder(user)
  const path = mkdtempSync(join(home, 'just-mig-disk-'))
  try {
    await run('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', path])
  } catch (error) {
    // A container may not let its root mount.
    rmSync(path, { recursive: true })
    if (error instanceof Error && 'stderr' in error) return undefined
    throw error
  }
  if (user !== undefined) chownSync(path, user.uid, user.gid)
  return {
    path,
    grow: (size) => run('mount', ['-o', `remount,size=${size}`, path]),
    async remove() {
      await run('umount', [path])
      rmSync(path, { recursive: true })
    },
  }
}

const steps = revision(
  'aaaaaaaaaaa1',
  null,
  `await op.execute('CREATE TABLE wide (id int PRIMARY KEY, body text, more text)')
  await op.execute("INSERT INTO wide SELECT n, repeat(md5(n::text), 4) FROM generate_series(1, 4000) AS n")
  await op.autocommit(async () => {
    await op.execute('CREATE UNIQUE INDEX CONCURRENTLY wide_body_key ON wide (body)')
    await op.execute('CREATE INDEX CONCURRENTLY wide_more_idx ON wide (more, body)')
  })
  await op.backfill({ table: 'wide', set: 'more = body', where: 'more IS NULL', batchSize: 500 })
  await op.execute('CREATE TABLE copy AS SELECT * FROM wide')`,
)

const contents = `SELECT count(*)::int AS rows, md5(string_agg(w::text || c::text, ',' ORDER BY w.id)) AS hash,
  (SELECT count(*)::int FROM pg_index WHERE indrelid = 'app_user.wide'::regclass AND indisvalid) AS indexes,
  (SELECT count(*)::int FROM pg_index WHERE NOT indisvalid) AS invalid
  FROM app_user.wide AS w JOIN app_user.copy AS c USING (id)`

async function contentsOf(lab: Lab): Promise<unknown> {
  return (await lab.database.client.query(contents)).rows
}

describe('a disk that is full', () => {
  test('stops a run at ever later places, and the run that finds room ends as if it never had been', async ({
    skip,
  }) => {
    const disk = await smallDisk()
    if (disk === undefined) return skip('only root on Linux can make a small disk')
    const space = `space_${process.pid}`
    const [reference, lab] = [
      await createLab(await createTestDatabase()),
      await createLab(await createTestDatabase()),
    ]
    try {
      const file = 'user/20260101_000000_aaaaaaaaaaa1_wide.ts'
      await reference.write({ [file]: steps })
      expect((await reference.upgrade()).error).toBeUndefined()

      await administer(`CREATE TABLESPACE ${space} LOCATION '${disk.path}'`)
      await administer(`ALTER DATABASE ${lab.database.name} SET default_tablespace = ${space}`)
      await lab.write({ [file]: steps })
      let failures = 0
      for (let size = 1000; ; size += 400) {
        await disk.grow(`${size}k`)
        const { error } = await lab.upgrade()
        if (error === undefined) break
        expect((error as MigError).facts.sqlState, String(error)).toBe('53100')
        failures += 1
        expect(size).toBeLessThan(64_000)
      }
      console.log(`full disk: ${failures} faults injected and survived`)
      expect(failures).toBeGreaterThan(3)
      expect(await contentsOf(lab)).toEqual(await contentsOf(reference))
    } finally {
      for (const each of [reference, lab]) {
        await each.database.drop()
        rmSync(each.root, { recursive: true })
      }
      await administer(`DROP TABLESPACE IF EXISTS ${space}`)
      await disk.remove()
    }
  })
})
