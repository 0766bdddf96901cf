import { describe, expect } from 'vitest'
import type { MigEvent } from '../../migrations/core/index.ts'
import { type Lab, labTest, revision } from '../runner/support.ts'
import { generateFiles, writeModels } from './support/project.ts'

const before = 'CREATE TABLE app_user.t (id int PRIMARY KEY, n text)'
const wanted = 'CREATE TABLE app_user.t (id int PRIMARY KEY, n integer)'

async function generate(lab: Lab, using: string) {
  const events: MigEvent[] = []
  const casts = { using: { 'app_user.t.n': using }, recreate: [] }
  const { files } = await generateFiles(lab, { casts, emit: (event) => events.push(event) })
  return { files, events }
}

describe('the rows of a seed file', () => {
  labTest('are in the proof, from seed.sql and seed.ts', async ({ lab }) => {
    await lab.write({
      'user/aaaa00000001_t.ts': revision('aaaa00000001', null, `await op.execute(${JSON.stringify(before)})`),
    })
    await lab.upgrade()
    await writeModels(lab, {
      'user.sql': wanted,
      'seed.sql': `INSERT INTO app_user.t VALUES (70, 'seven'); INSERT INTO app_user.gone VALUES (1)`,
      'seed.ts': `export const rows: readonly string[] = ["INSERT INTO app_user.t VALUES (80, 'eight')"]`,
    })
    // No row that is made by itself holds these words.
    await expect(generate(lab, 'n::integer')).rejects.toMatchObject({
      code: 'bad-using',
      message: expect.stringContaining('"seven"'),
    })
    await expect(generate(lab, "replace(n, 'seven', '7')::integer")).rejects.toMatchObject({
      code: 'bad-using',
      message: expect.stringContaining('"eight"'),
    })
    const { files, events } = await generate(lab, "replace(replace(n, 'seven', '7'), 'eight', '8')::integer")
    expect(files).toHaveLength(1)
    expect(events).toContainEqual(
      expect.objectContaining({ code: 'seed-skipped', message: expect.stringContaining('app_user.gone') }),
    )
  })

  const refused: readonly [name: string, file: string, text: string, code: string, message: RegExp][] = [
    [
      'a definition',
      'seed.sql',
      '/* x */ CREATE TABLE app_user.u ()',
      'bad-seed',
      /CREATE TABLE app_user\.u/,
    ],
    [
      'rows that break a key',
      'seed.sql',
      'INSERT INTO app_user.t VALUES (NULL)',
      'seed-failed',
      /null value/,
    ],
    ['a script without text', 'seed.ts', 'export const rows = 7', 'bad-seed', /exports no SQL text/],
  ]
  labTest('are refused with the file and what is wrong', async ({ lab }) => {
    await lab.write({
      'user/aaaa00000001_t.ts': revision('aaaa00000001', null, `await op.execute(${JSON.stringify(before)})`),
    })
    await lab.upgrade()
    for (const [, file, text, code, message] of refused) {
      await writeModels(lab, {
        'user.sql': wanted,
        'seed.sql': '',
        'seed.ts': 'export const rows = ["SELECT 1"]',
      })
      await writeModels(lab, { [file]: text })
      await expect(generate(lab, 'length(n)')).rejects.toMatchObject({
        code,
        message: expect.stringMatching(message),
        place: { file: expect.stringContaining(file) },
      })
    }
  })
})
