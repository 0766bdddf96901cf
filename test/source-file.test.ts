import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadEnvironment } from '../migrations/core/environment/index.ts'
import { readRevisionFiles } from '../migrations/core/revisions/index.ts'
import { readSource } from '../migrations/core/source-file.ts'
import { hasModels } from '../migrations/core/sources/index.ts'

const root = mkdtempSync(join(tmpdir(), 'mig-source-file-'))
const fifo = (...names: readonly string[]) => {
  const path = join(root, ...names)
  mkdirSync(join(path, '..'), { recursive: true })
  execFileSync('mkfifo', [path])
  return path
}
afterAll(() => rmSync(root, { recursive: true }))

describe.skipIf(process.platform === 'win32')('what is not a file to read', () => {
  const refused = (path: string, what: string) =>
    expect.objectContaining({ code: 'not-a-file', message: `${path} ${what}`, place: { file: path } })
  let large: string
  beforeAll(() => {
    large = join(root, 'large.sql')
    writeFileSync(large, '')
    truncateSync(large, 200 * 1024 * 1024)
  })

  test('is told by its kind, or its size', () => {
    expect(() => readSource(large)).toThrow(refused(large, 'has 200 MB'))
    expect(() => readSource(root)).toThrow(refused(root, 'is a folder'))
    expect(() => readSource('/dev/zero')).toThrow(refused('/dev/zero', 'is a device'))
  })

  test('is not waited for as a revision, with a cache of heads or without', () => {
    const path = fifo('versions', 'a.sql')
    const locations = [{ line: 'app', dir: join(root, 'versions') }]
    for (const cache of [undefined, join(root, 'heads.json')])
      expect(() => readRevisionFiles(locations, undefined, cache)).toThrow(refused(path, 'is a FIFO'))
  })

  test('is not waited for as a model', async () => {
    const path = fifo('models', 'app.ts')
    const models = { base: root, sources: [{ key: undefined, source: './models' }], declared: false }
    await expect(hasModels({ ...models, casing: 'snake_case' })).rejects.toThrow(refused(path, 'is a FIFO'))
  })

  test('is not waited for as env.ts', async () => {
    const path = fifo('migrations', 'env.ts')
    const databaseUrl = 'postgresql://nobody@127.0.0.1:1/nothing'
    await expect(loadEnvironment({ root, variables: {}, databaseUrl })).rejects.toThrow(
      refused(path, 'is a FIFO'),
    )
  })
})
