import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { programTools } from '../../../migrations/core/adopt/index.ts'
import { findProgramProject, type ProgramCommands } from '../../../migrations/core/adopt/programs/project.ts'

const folder = mkdtempSync(join(tmpdir(), 'mig-not-led-'))
// As on a system that cannot start a program without a network.
beforeAll(() => {
  vi.stubEnv('PATH', '')
  const scripts = { migrate: 'knex migrate:latest', typed: "NODE_OPTIONS='--import tsx' knex migrate:latest" }
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ scripts }))
})
afterAll(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true })
})

function find(options: ProgramCommands) {
  const tool = programTools.find(({ name }) => name === 'knex')
  if (tool === undefined) throw new Error('knex is not known')
  return findProgramProject(tool, folder, options)
}

describe('a command line, where nothing keeps a program from the network', () => {
  test.each<[string, ProgramCommands]>([
    ['./migrate up', { up: './migrate up' }],
    ['make down', { up: 'npm run migrate', down: 'make down' }],
    ['npm run migrate && ./seed', { up: 'npm run migrate && ./seed' }],
    ['node-gyp up', { up: 'node-gyp up' }],
  ])('is refused where it could connect anywhere: %s', (line, options) => {
    expect(() => find(options)).toThrow(
      expect.objectContaining({
        code: 'not-led',
        message: `${line} could connect to any database, and this system cannot restrict it to the scratch database`,
        help: expect.stringContaining('{url}'),
      }),
    )
  })

  test.each([
    'node migrate.mjs up',
    'cd api && SHOP=1 npm run migrate',
    'npx knex migrate:latest',
    "NODE_OPTIONS='--import tsx' node migrate.js",
    'npm run typed',
    './migrate --database {url}',
    'flyway -url=jdbc:postgresql://{host}:{port}/{database} migrate',
  ])('runs where it is led: %s', (up) => {
    expect(find({ up }).up.shown).toBe(up)
  })
})
