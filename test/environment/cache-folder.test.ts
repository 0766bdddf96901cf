import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { cacheFolder } from '../../migrations/core/environment/cache-folder.ts'
import { serverUser } from '../../migrations/core/postgres/embedded/server-user.ts'

const another = serverUser()
let root = ''
let home = ''

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'just-mig-cache-test-'))
  home = join(root, 'home')
  mkdirSync(home)
  vi.stubEnv('XDG_CACHE_HOME', home)
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(root, { recursive: true, force: true })
})

const own = () => join(root, '.mig', 'cache')
const mode = (path: string) => lstatSync(path).mode & 0o777

describe("the folder of a project's cache", () => {
  test('is made below .mig, which no repository takes', () => {
    cacheFolder(root)
    expect(readFileSync(join(root, '.mig', '.gitignore'), 'utf8')).toBe('*\n')
  })

  test('is made below .mig, closed to others under any umask', () => {
    const umask = process.umask(0o000)
    try {
      expect(cacheFolder(root)).toBe(own())
    } finally {
      process.umask(umask)
    }
    expect([mode(join(root, '.mig')), mode(own())]).toEqual([0o755, 0o755])
    writeFileSync(join(own(), 'kept'), '')
    expect(cacheFolder(root)).toBe(own())
    expect(lstatSync(join(own(), 'kept')).isFile()).toBe(true)
  })

  test('is emptied and closed when others could write to it', () => {
    mkdirSync(own(), { recursive: true })
    writeFileSync(join(own(), 'planted'), '')
    for (const folder of [own(), join(root, '.mig')]) chmodSync(folder, 0o777)
    expect(cacheFolder(root)).toBe(own())
    expect([mode(join(root, '.mig')), mode(own())]).toEqual([0o755, 0o755])
    expect(lstatSync(join(own(), 'planted'), { throwIfNoEntry: false })).toBeUndefined()
  })

  test('is not a link, and not behind one', () => {
    const elsewhere = join(root, 'elsewhere')
    mkdirSync(join(elsewhere, 'cache'), { recursive: true })
    symlinkSync(elsewhere, join(root, '.mig'))
    expect(cacheFolder(root)).toContain(join(home, 'just-mig', 'cache'))
    rmSync(join(root, '.mig'))
    mkdirSync(join(root, '.mig'))
    symlinkSync(join(elsewhere, 'cache'), own())
    expect(cacheFolder(root)).toContain(join(home, 'just-mig', 'cache'))
  })

  test('is private and temporary where the cache folder of the user is open too', () => {
    writeFileSync(join(root, '.mig'), '')
    chmodSync(home, 0o777)
    const folder = cacheFolder(root)
    expect(folder).toContain(join(tmpdir(), 'just-mig-cache-'))
    expect(mode(folder)).toBe(0o700)
  })

  test.runIf(another !== undefined)('is not one that another user made', () => {
    mkdirSync(own(), { recursive: true })
    if (another !== undefined) chownSync(own(), another.uid, another.gid)
    expect(cacheFolder(root)).toContain(join(home, 'just-mig', 'cache'))
  })
})
