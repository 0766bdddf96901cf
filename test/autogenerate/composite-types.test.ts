import { describe, expect } from 'vitest'
import { type Lab, labTest } from '../runner/support.ts'
import { generateFiles, startAt, writeModels } from './support/project.ts'

const model = (attributes: string) =>
  `CREATE TYPE app_user.point AS (${attributes});
   CREATE TABLE app_user.place (id int PRIMARY KEY, at app_user.point, path app_user.point[]);`

async function withRows(lab: Lab, attributes: string, rows: string): Promise<void> {
  await startAt(lab, { 'user.sql': model(attributes) })
  await lab.database.client.query(`INSERT INTO app_user.place VALUES ${rows}`)
}

describe('a composite type that a column holds', () => {
  labTest('keeps each value with its attribute, whatever else of the type changes', async ({ lab }) => {
    await withRows(lab, 'x int, gone int, y int', `(1, '(1,9,2)', '{"(3,9,4)","(5,9,6)"}'), (2, NULL, NULL)`)
    await writeModels(lab, { 'user.sql': model('x bigint, y int, z int, label text') })
    const { files } = await generateFiles(lab, { renames: { given: {}, others: 'off' } })
    expect(files[0]?.text).toContain(
      'Upgrade loses: values of column app_user.place.at (attribute gone of its type goes)\n',
    )
    await lab.upgrade()
    const { rows } = await lab.database.client.query(
      `SELECT id, (at).x::int, (at).y, (at).z, path::text FROM app_user.place ORDER BY id`,
    )
    expect(rows).toEqual([
      { id: 1, x: 1, y: 2, z: null, path: '{"(3,4,,)","(5,6,,)"}' },
      { id: 2, x: null, y: null, z: null, path: null },
    ])
  })

  labTest(
    'is not put into another order, where values would change places, unless its column may go',
    async ({ lab }) => {
      await withRows(lab, 'x int, y int', `(1, '(1,2)', NULL)`)
      await writeModels(lab, { 'user.sql': model('y int, x int') })
      await expect(generateFiles(lab)).rejects.toMatchObject({
        code: 'decision-needed',
        exitCode: 4,
        message: expect.stringContaining('app_user.place.at: app_user.point (y, x)'),
        help: expect.stringContaining('--recreate app_user.place.'),
      })
      const { files } = await generateFiles(lab, { casts: { using: {}, recreate: ['*'] } })
      expect(files[0]?.text).toContain('Upgrade loses: column app_user.place.at')
      await lab.upgrade()
      const { rows } = await lab.database.client.query('SELECT id, at FROM app_user.place')
      expect(rows).toEqual([{ id: 1, at: null }])
    },
  )
})
