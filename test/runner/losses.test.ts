import { describe, expect } from 'vitest'
import { planTargets } from '../../migrations/core/index.ts'
import { type Lab, labTest, revision } from './support.ts'

const losing = (text: string, body = '') =>
  revision('aaaa00000001', null, body).replace(' */', ` * Upgrade loses: ${text}\n */`)

/** What the plan of an upgrade says that it loses. */
async function plannedLosses({ project }: Lab) {
  const opened = await project()
  const request = { direction: 'upgrade', target: 'head' } as const
  const { alike } = await planTargets(opened, { lines: opened.env.filter, tenantLine: null }, [], request, {})
  return alike.flatMap(({ steps }) => steps.flatMap(({ losses }) => losses ?? []))
}

describe('the rows that a step loses', () => {
  labTest('are counted up to 10,000, and estimated by the planner above that', async ({ lab }) => {
    const { client } = lab.database
    await lab.write({ 'user/1_aaaa00000001_t.ts': losing('rows of table "T"') })
    await client.query(`CREATE SCHEMA app_user; CREATE TABLE app_user."T" (id int) PARTITION BY RANGE (id);
      CREATE TABLE app_user.part PARTITION OF app_user."T" DEFAULT;
      INSERT INTO app_user."T" SELECT generate_series(1, 10000)`)
    const loss = 'rows of table app_user."T"'
    expect(await plannedLosses(lab)).toEqual([{ loss, rows: 10_000 }])
    await client.query('INSERT INTO app_user."T" SELECT generate_series(1, 5000); ANALYZE app_user."T"')
    expect(await plannedLosses(lab)).toEqual([{ loss, rows: 15_000, estimated: true }])
  })

  labTest('have no number where the table is not there or is locked', async ({ lab }) => {
    await lab.write({ 'user/1_aaaa00000001_t.ts': losing('table t') })
    expect(await plannedLosses(lab)).toEqual([{ loss: 'table app_user.t' }])
    const { client } = lab.database
    await client.query('CREATE SCHEMA app_user; CREATE TABLE app_user.t (id int)')
    await client.query('BEGIN; LOCK TABLE app_user.t')
    expect(await plannedLosses(lab)).toEqual([{ loss: 'table app_user.t' }])
    await client.query('ROLLBACK')
    expect(await plannedLosses(lab)).toEqual([{ loss: 'table app_user.t', rows: 0 }])
  })
})

describe('a downgrade of several steps', () => {
  const files = {
    'user/1_aaaa00000001_t.sql':
      '-- m\n--\n-- Revision: aaaa00000001\n-- Revises: base\n\n-- upgrade\nSELECT 1;\n',
    'user/2_aaaa00000002_t.ts': revision('aaaa00000002', 'aaaa00000001', ''),
  }

  labTest.for(['revision', 'run'] as const)(
    'is refused before the first where a later file has no downgrade, in a transaction for each %s',
    async (transaction, { lab }) => {
      await lab.write(files)
      await lab.upgrade()
      const { error } = await lab.run(
        { direction: 'downgrade', target: 'base' },
        { settings: { transaction } },
      )
      expect(error).toMatchObject({ code: 'no-downgrade' })
      const { rows } = await lab.database.client.query('SELECT revision FROM mig.version')
      expect(rows).toEqual([{ revision: 'aaaa00000002' }])
    },
  )
})
