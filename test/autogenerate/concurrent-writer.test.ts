import { expect } from 'vitest'
import { connect } from '../../migrations/core/postgres/index.ts'
import { labTest } from '../runner/support.ts'
import { generateFiles, startAt, writeModels } from './support/project.ts'

labTest('rows that others commit while a table is recreated are kept', async ({ lab }) => {
  const { client, name, url } = lab.database
  // Its snapshots would be older than the lock.
  await client.query(`ALTER DATABASE "${name}" SET default_transaction_isolation TO 'repeatable read'`)
  await startAt(lab, { 'user.sql': 'CREATE TABLE app_user.ev (id int, d date);' })
  await client.query("INSERT INTO app_user.ev VALUES (1, '2026-01-01')")
  await writeModels(lab, {
    'user.sql': `CREATE TABLE app_user.ev (id int, d date) PARTITION BY RANGE (d);
      CREATE TABLE app_user.ev_all PARTITION OF app_user.ev DEFAULT;`,
  })
  await generateFiles(lab, { filter: ['user'] })

  const writer = await connect({ url, applicationName: 'another writer' })
  try {
    for (const [direction, id] of [
      ['upgrade', 2],
      ['downgrade', 3],
    ] as const) {
      await writer.query(`BEGIN; INSERT INTO app_user.ev VALUES (${id}, '2026-01-02')`)
      const request = { direction, target: direction === 'upgrade' ? 'head' : '-1', lines: ['user'] }
      const run = lab.run(request, { settings: { lockTimeout: '60s' } })
      const waiting = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`
      await expect.poll(async () => (await client.query(waiting)).rowCount).toBe(1)
      await writer.query('COMMIT')
      expect((await run).error).toBeUndefined()
      const { rows } = await client.query<{ id: number }>('SELECT id FROM app_user.ev ORDER BY id')
      expect(rows.map((row) => row.id)).toEqual([1, 2, 3].slice(0, id))
    }
  } finally {
    await writer.end()
  }
})
