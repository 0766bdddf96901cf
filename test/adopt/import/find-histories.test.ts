import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findHistories } from '../../../migrations/core/adopt/index.ts'

test('a package is a history only where it has the commands of the tool, not a library of the same name', async ({
  onTestFinished,
}) => {
  const root = await mkdtemp(join(tmpdir(), 'histories-'))
  onTestFinished(() => rm(root, { recursive: true, force: true }))
  const packages = {
    ...{ queries: 'kysely', models: 'sequelize', drivers: '@mikro-orm/core' },
    ...{ a: 'kysely-ctl', b: 'sequelize-cli', c: 'node-pg-migrate' },
  }
  for (const [folder, name] of Object.entries(packages)) {
    await mkdir(join(root, folder))
    await writeFile(join(root, folder, 'package.json'), JSON.stringify({ dependencies: { [name]: '1.0.0' } }))
  }
  expect(findHistories(root)).toEqual([
    { tool: 'kysely', path: 'a' },
    { tool: 'sequelize', path: 'b' },
    { tool: 'node-pg-migrate', path: 'c' },
  ])
})
