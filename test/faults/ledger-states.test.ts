import { rm } from 'node:fs/promises'
import { beforeAll, describe, expect, test } from 'vitest'
import { applyStamp, MigError, usingSession } from '../../migrations/core/index.ts'
import { readFingerprint } from '../../migrations/core/postgres/fingerprint/index.ts'
import type { Lab } from '../runner/support.ts'
import { revisions, rowsSql, targetSchemas } from './fixture.ts'
import { faultLab, type Outcome } from './harness.ts'

interface LedgerFault {
  readonly title: string
  readonly sql: string
  /** Whether the next run is refused until the ledger is repaired from the log; else it goes on by itself. */
  readonly refused: boolean
}

const older = 'DROP heads, DROP applied, DROP covered, DROP objects'

const faults: readonly LedgerFault[] = [
  { title: 'version emptied', sql: 'TRUNCATE mig.version', refused: true },
  { title: 'version dropped', sql: 'DROP TABLE mig.version', refused: true },
  {
    title: 'version set back',
    sql: `UPDATE mig.version SET revision = 'aaaaaaaaaaa1' WHERE target_schema = 'app_user';
          DELETE FROM mig.version WHERE target_schema <> 'app_user'`,
    refused: true,
  },
  {
    title: 'version with an overlapping row',
    sql: "INSERT INTO mig.version VALUES ('app_user', 'aaaaaaaaaaa1') ON CONFLICT DO NOTHING",
    refused: true,
  },
  {
    title: 'version emptied under a log of an older version',
    sql: `TRUNCATE mig.version; ALTER TABLE mig.log ${older}`,
    refused: true,
  },
  { title: 'log emptied', sql: 'TRUNCATE mig.log', refused: false },
  { title: 'log dropped', sql: 'DROP TABLE mig.log', refused: false },
  {
    title: 'log without its beginning',
    sql: 'DELETE FROM mig.log WHERE id < (SELECT max(id) FROM mig.log)',
    refused: false,
  },
  { title: 'log of an older version', sql: `ALTER TABLE mig.log ${older}`, refused: false },
]

/** FAULTS=all does each fault after each number of steps; otherwise after some. */
const steps =
  process.env.FAULTS === 'all' ? Array.from({ length: revisions }, (_, at) => at + 1) : [4, revisions]

let reference: Pick<Outcome, 'fingerprint' | 'rows'>

async function withLab(body: (lab: Lab) => Promise<void>): Promise<void> {
  const lab = await faultLab()
  try {
    await body(lab)
  } finally {
    await rm(lab.root, { recursive: true })
    await lab.database.drop()
  }
}

const upTo = (lab: Lab, target: string) => lab.run({ direction: 'upgrade', target })

async function seen({ database: { client } }: Lab): Promise<Pick<Outcome, 'fingerprint' | 'rows'>> {
  const { hash } = await readFingerprint(client, { schemas: targetSchemas })
  return { fingerprint: hash, rows: (await client.query(rowsSql)).rows[0].rows }
}

beforeAll(() =>
  withLab(async (lab) => {
    expect((await upTo(lab, 'heads')).error).toBeUndefined()
    reference = await seen(lab)
  }),
)

describe('a ledger that was changed by hand has nothing run twice', () => {
  test.each(faults)(
    '$title',
    async ({ title, sql, refused }) => {
      let survived = 0
      for (const count of steps) {
        await withLab(async (lab) => {
          expect((await upTo(lab, `+${count}`)).error).toBeUndefined()
          await lab.database.client.query(sql)
          const { error } = await upTo(lab, 'heads')
          if (error instanceof MigError && error.code === 'ledger-disagrees') {
            expect(error.help).toContain('just mig-stamp --from-log')
            const project = await lab.project()
            await usingSession(project.env, {}, (session) =>
              applyStamp(session, project, { target: '', fromLog: true }),
            )
            expect((await upTo(lab, 'heads')).error).toBeUndefined()
          } else expect(error).toBeUndefined()
          expect(await seen(lab), `${title} after ${count}`).toEqual(reference)
          if (count === revisions) expect(error instanceof MigError, title).toBe(refused)
          survived += 1
        })
      }
      console.log(`${title}: ${survived} faults of ${steps.length} survived`)
    },
    600_000,
  )
})
