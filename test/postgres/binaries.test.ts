import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { postgresBinaries, usableBinaries } from '../../migrations/core/postgres/embedded/binaries.ts'
import { folderComplaint } from '../../migrations/core/postgres/embedded/outside-folder.ts'
import { isReadableBy, serverUser } from '../../migrations/core/postgres/embedded/server-user.ts'
import { canRunProgramsAs, firstLine, spawnProgram } from '../support/child.ts'

const isRoot = process.getuid?.() === 0
const user = serverUser()
let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(realpathSync(tmpdir()), 'just-mig-binaries-'))
  chmodSync(folder, 0o755)
})
afterEach(() => {
  execFileSync('chmod', ['-R', 'u+rwX', folder])
  rmSync(folder, { recursive: true, force: true })
})

/** A copy of the installed package as npm leaves it when its install script is denied: no links, no run bits. */
async function unscriptedPackage(): Promise<string> {
  const installed = dirname(dirname(dirname((await postgresBinaries(undefined)).postgres)))
  const copy = join(folder, 'package')
  // Without most of its files, which no program needs to tell its version.
  const filter = (path: string) => !/[\\/]share[\\/]postgresql[\\/](timezone|extension)$/.test(path)
  cpSync(installed, copy, { recursive: true, verbatimSymlinks: true, filter })
  for (const link of declaredLinks(copy)) rmSync(link, { force: true })
  for (const name of readdirSync(join(copy, 'native', 'bin')))
    chmodSync(join(copy, 'native', 'bin', name), 0o644)
  return copy
}

function declaredLinks(packageFolder: string): string[] {
  const file = join(packageFolder, 'native', 'pg-symlinks.json')
  if (!existsSync(file)) return []
  const entries = JSON.parse(readFileSync(file, 'utf8')) as { target: string }[]
  return entries.map(({ target }) => join(packageFolder, target))
}

function version(postgres: string): string {
  return execFileSync(postgres, ['--version'], { ...user, cwd: '/', encoding: 'utf8' })
}

describe('the binaries of the platform package', () => {
  test('are repaired in place when its install script was denied', async () => {
    const packageFolder = await unscriptedPackage()
    const copies = () => {
      throw new Error('no copy is needed')
    }
    const binaries = await usableBinaries(packageFolder, user, copies)
    expect(binaries.postgres).toBe(join(packageFolder, 'native', 'bin', 'postgres'))
    expect(version(binaries.postgres)).toMatch(/^postgres \(PostgreSQL\) 18/)
    expect(declaredLinks(packageFolder).every((link) => existsSync(link))).toBe(true)
  })

  test.runIf(canRunProgramsAs(user))(
    'are copied once when an ordinary user cannot write to the package',
    async () => {
      const packageFolder = await unscriptedPackage()
      execFileSync('chmod', ['-R', 'a-w', packageFolder])
      const copies = join(folder, 'copies')
      mkdirSync(copies)
      if (user !== undefined) chownSync(copies, user.uid, user.gid)
      const run = async () =>
        firstLine(await spawnProgram('binaries-program.ts', [packageFolder, copies], { ...user, cwd: '/' }))
      const [first = '', second] = await Promise.all([run(), run()])
      expect(second).toBe(first)
      expect(JSON.parse(first)).toMatchObject({
        postgres: expect.stringContaining(copies),
        version: expect.stringMatching(/^postgres \(PostgreSQL\) 18/),
      })
      const [copy = ''] = readdirSync(copies)
      const made = statSync(join(copies, copy)).ino
      expect(await run()).toBe(first)
      expect(readdirSync(copies)).toEqual([copy])
      expect(statSync(join(copies, copy)).ino).toBe(made)
    },
  )

  test.runIf(isRoot)('are copied when the package stands where the server user cannot go', async () => {
    const closed = join(folder, 'closed')
    mkdirSync(closed, { mode: 0o700 })
    const packageFolder = join(closed, 'package')
    renameSync(await unscriptedPackage(), packageFolder)
    const binaries = await usableBinaries(packageFolder, user, () => folder)
    expect(dirname(dirname(dirname(binaries.postgres)))).toBe(folder)
    expect(version(binaries.postgres)).toMatch(/^postgres \(PostgreSQL\) 18/)
  })

  test("are copied when initdb's shell would misread their path, also behind a link", async () => {
    const hostile = join(folder, 'check "out" of $HOME `id`')
    mkdirSync(hostile)
    renameSync(await unscriptedPackage(), join(hostile, 'package'))
    symlinkSync(join(hostile, 'package'), join(folder, 'plain'))
    for (const packageFolder of [join(hostile, 'package'), join(folder, 'plain')]) {
      const binaries = await usableBinaries(packageFolder, user, () => folder)
      expect(dirname(dirname(dirname(binaries.postgres)))).toBe(folder)
      expect(version(binaries.postgres)).toMatch(/^postgres \(PostgreSQL\) 18/)
    }
  })

  test.runIf(isRoot)('are copied when a strict umask has closed them', async () => {
    const packageFolder = await unscriptedPackage()
    execFileSync('chmod', ['-R', 'go-rwx', packageFolder])
    const binaries = await usableBinaries(packageFolder, user, () => folder)
    expect(version(binaries.postgres)).toMatch(/^postgres \(PostgreSQL\) 18/)
  })
})

describe('a folder outside the checkout', () => {
  test('is made, and kept', () => {
    const wanted = join(folder, 'a', 'b')
    expect(folderComplaint(wanted, user)).toBeUndefined()
    expect(folderComplaint(wanted, user)).toBeUndefined()
    expect(isReadableBy(user, wanted)).toBe(true)
  })

  test('is refused when others can write to it, when it is a link, and when it is a file', () => {
    const open = join(folder, 'open')
    mkdirSync(open)
    chmodSync(open, 0o777)
    expect(folderComplaint(open, user)).toBe('can be written to by others')
    symlinkSync(folder, join(folder, 'link'))
    expect(folderComplaint(join(folder, 'link'), user)).toBe('is not a folder')
    expect(folderComplaint('/dev/null', user)).toMatch(/EEXIST|not a folder/)
  })

  test.runIf(isRoot)('is refused when another user made it, or the server user cannot reach it', () => {
    const planted = join(folder, 'planted')
    mkdirSync(planted)
    if (user !== undefined) chownSync(planted, user.uid, user.gid)
    expect(folderComplaint(planted, user)).toBe('belongs to another user')
    const closed = join(folder, 'closed')
    mkdirSync(closed, { mode: 0o700 })
    expect(folderComplaint(join(closed, 'in'), user)).toBe("cannot be entered by the server's user")
  })
})
