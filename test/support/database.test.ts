import { expect } from 'vitest'
import { databaseTest } from './database.ts'

databaseTest('a test gets an empty PostgreSQL 18 database of its own', async ({ database }) => {
  const { rows } = await database.client.query('SELECT current_database() AS name, version() AS version')
  expect(rows[0].name).toBe(database.name)
  expect(rows[0].version).toMatch(/^PostgreSQL 18/)
})
