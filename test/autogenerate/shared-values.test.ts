import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { sharedValue, shareValue } from '../../migrations/core/autogenerate/wanted/shared.ts'
import { sharedFolder } from '../../migrations/core/environment/index.ts'

test('what a clone uses stays for all, and what a project kept before goes', () => {
  const root = mkdtempSync(join(tmpdir(), 'just-mig-shared-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
  vi.stubEnv('XDG_CACHE_HOME', join(root, 'home'))
  onTestFinished(() => void vi.unstubAllEnvs())
  const cacheDir = join(root, 'project')
  mkdirSync(cacheDir)
  for (const name of ['kind-old.json', 'other.json']) writeFileSync(join(cacheDir, name), '')
  const folder = sharedFolder(cacheDir)
  const kept = (name: string) => join(folder, `kind-${name}.json`)
  const kind = { names: /^kind-\w+\.json$/, most: 2 }
  for (const [at, name] of ['one', 'two'].entries()) {
    shareValue(cacheDir, kept(name), name, kind)
    utimesSync(kept(name), at, at)
  }
  expect(sharedValue(kept('one'))).toBe('one')
  shareValue(cacheDir, kept('three'), 'three', kind)
  expect(readdirSync(folder).toSorted()).toEqual(['kind-one.json', 'kind-three.json'])
  expect(readdirSync(cacheDir)).toEqual(['other.json'])
})
