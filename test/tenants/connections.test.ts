import { randomBytes } from 'node:crypto'
import { describe, expect } from 'vitest'
import { administer } from '../support/database.ts'
import { chain, tenantNames, tenantTest } from './support.ts'

describe('more jobs than the server has connections', () => {
  tenantTest('come down to those that there are, and one warning says so', async ({ lab, database }) => {
    const role = `few_${randomBytes(4).toString('hex')}`
    await administer(`CREATE ROLE ${role} LOGIN PASSWORD 'few' CONNECTION LIMIT 3`)
    const warned: Error[] = []
    const onWarning = (warning: Error) => void warned.push(warning)
    process.on('warning', onWarning)
    try {
      const names = tenantNames(40)
      await lab.write(chain(1))
      await lab.makeSchemas(names)
      const granted = names.map((name) => `ALTER SCHEMA ${name} OWNER TO ${role}`)
      await database.client.query(
        `GRANT CREATE ON DATABASE ${database.name} TO ${role}; ${granted.join('; ')}`,
      )
      const url = new URL(database.url)
      url.username = role
      url.password = 'few'
      const places = names.map((schema) => ({ schema, databaseUrl: url.href }))
      const settings = { schemas: { tenant: { tenants: { list: places } } } }
      const { signal } = new AbortController()
      const { result, events } = await lab.run({ tenants: 'all', jobs: 25, settings, signal })
      expect(result).toMatchObject({ done: 40, failures: [], left: 0 })
      const warnings = events.filter(({ event }) => event === 'warning')
      expect(warnings).toMatchObject([{ code: 'fewer-jobs', help: expect.stringContaining('--jobs') }])
      // Node tells of too many listeners on the next turn.
      await new Promise(setImmediate)
      expect(warned).toEqual([])
    } finally {
      process.off('warning', onWarning)
      await database.client.query(`REASSIGN OWNED BY ${role} TO CURRENT_USER; DROP OWNED BY ${role}`)
      await administer(`DROP ROLE ${role}`)
    }
  })
})
