import { unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import {
  applyStamp,
  currentRevisions,
  type MigError,
  offlineScript,
  type Project,
  planRun,
  type Session,
  type StampRequest,
  singleTargets,
  targetStatus,
  usingSession,
} from '../../migrations/core/index.ts'
import { type Lab, labTest, revision } from './support.ts'

const [one, two, three, between] = ['aaaaaaaaaaa1', 'aaaaaaaaaaa2', 'aaaaaaaaaaa3', 'aaaaaaaaaaa5']
const path = (id: string) => `user/2026010${id.at(-1)}_000000_${id}_r.ts`
const table = (id: string) => `await op.execute('CREATE TABLE t${id.at(-1)} (id int)')`
const down = (id: string) => ({ down: `await op.execute('DROP TABLE t${id.at(-1)}')` })
const file = (id: string, parent: string | null) => ({
  [path(id)]: revision(id, parent, table(id), down(id)),
})

/** 1 <- 2 <- 3; that of 2 would do something twice if it ran twice. */
async function writeChain(lab: Lab): Promise<void> {
  await lab.write({
    ...file(one, null),
    [path(two)]: revision(
      two,
      one,
      "await op.execute('CREATE TABLE IF NOT EXISTS t2 (id int)'); await op.execute('INSERT INTO t2 VALUES (1)')",
      down(two),
    ),
    ...file(three, two),
  })
}

const remove = (lab: Lab, id: string) => unlink(join(lab.root, 'migrations', 'versions', path(id)))

/** 1 <- 2 is applied; then 5 comes between. */
async function splice(lab: Lab): Promise<void> {
  await lab.write({ ...file(one, null), ...file(two, one) })
  expect((await lab.upgrade()).error).toBeUndefined()
  await lab.write({ ...file(between, one), ...file(two, between) })
}

async function using<Result>(
  lab: Lab,
  body: (session: Session, project: Project) => Promise<Result>,
): Promise<Result> {
  const project = await lab.project()
  return usingSession(project.env, {}, (session) => body(session, project))
}

const stamp = (lab: Lab, request: Partial<StampRequest>) =>
  using(lab, (session, project) => applyStamp(session, project, { target: '', lines: ['user'], ...request }))

async function lineStatusOf(lab: Lab) {
  const rows = await using(lab, (session, project) => currentRevisions(session, project, false))
  return rows.find(({ line }) => line === 'user')
}

async function statusOf(lab: Lab) {
  const project = await lab.project()
  return targetStatus(project, singleTargets(project.env, project.env.filter), {})
}

async function versions({ database }: Lab): Promise<readonly string[]> {
  const { rows } = await database.client.query('SELECT revision FROM mig.version ORDER BY 1')
  return rows.map((row) => row.revision)
}

async function tables({ database }: Lab): Promise<readonly string[]> {
  const { rows } = await database.client.query(
    "SELECT tablename FROM pg_tables WHERE schemaname = 'app_user' ORDER BY 1",
  )
  return rows.map((row) => row.tablename)
}

const upgradeBeside = (lab: Lab) => lab.run({ direction: 'upgrade', target: 'head', allowMissing: true })

describe('an older image after a newer one', () => {
  labTest('is refused, and --allow-missing runs nothing that the log has as done', async ({ lab }) => {
    await writeChain(lab)
    await lab.upgrade()
    await remove(lab, three)
    const { error } = await lab.upgrade()
    expect(error).toMatchObject({ code: 'ahead-of-code' })
    expect((error as MigError).help).not.toContain('--allow-missing')
    expect(await upgradeBeside(lab)).toMatchObject({ result: { steps: [] } })
    expect((await lab.database.client.query('SELECT FROM app_user.t2')).rowCount).toBe(1)
    await writeChain(lab)
    expect(await lab.upgrade()).toMatchObject({ result: { steps: [] } })
  })

  labTest('runs what is pending beside it, and both are heads later', async ({ lab }) => {
    await writeChain(lab)
    await lab.upgrade()
    await remove(lab, three)
    await lab.write(file(between, two))
    expect(((await lab.upgrade()).error as MigError).help).toContain('--allow-missing')
    const { result } = await upgradeBeside(lab)
    expect(result?.steps.map((step) => step.revision)).toEqual([between])
    expect(await versions(lab)).toEqual([three, between])
    await writeChain(lab)
    expect(await lineStatusOf(lab)).toMatchObject({ state: 'head', trouble: null })
  })

  labTest('runs nothing where the log was emptied, since nothing tells what is applied', async ({ lab }) => {
    await writeChain(lab)
    await lab.upgrade()
    await remove(lab, three)
    await lab.database.client.query('DELETE FROM mig.log')
    const { error } = await upgradeBeside(lab)
    expect(error).toMatchObject({
      code: 'ahead-of-code',
      message: expect.stringContaining('the log lacks what is applied below it'),
    })
  })
})

describe('rows of the version table that the log contradicts', () => {
  for (const [what, sql] of [
    ['emptied', 'TRUNCATE mig.version'],
    ['dropped', 'DROP TABLE mig.version'],
    ['set back', `UPDATE mig.version SET revision = '${one}'`],
    ['doubled', `INSERT INTO mig.version VALUES ('app_user', '${one}')`],
  ]) {
    labTest(`because it was ${what} are refused and repaired from the log`, async ({ lab }) => {
      await writeChain(lab)
      await lab.upgrade()
      await lab.database.client.query(String(sql))
      expect((await lab.upgrade()).error).toMatchObject({
        code: 'ledger-disagrees',
        exitCode: 2,
        help: expect.stringContaining('just mig-stamp --from-log user'),
      })
      const back = await lab.run({ direction: 'downgrade', target: '-1' })
      expect(back.error).toMatchObject({ code: 'ledger-disagrees' })
      expect(await lineStatusOf(lab)).toMatchObject({ state: 'disagrees' })
      expect(await statusOf(lab)).toMatchObject([{ kind: 'ledger' }])
      await stamp(lab, { fromLog: true })
      expect(await versions(lab)).toEqual([three])
      expect(await statusOf(lab)).toEqual([])
      expect(await lab.upgrade()).toMatchObject({ result: { steps: [] } })
    })
  }

  labTest('are not written by a stamp where they would overlap', async ({ lab }) => {
    await writeChain(lab)
    await expect(stamp(lab, { target: `${one} ${three}` })).rejects.toMatchObject({
      code: 'overlapping-revisions',
    })
  })

  labTest('are right when a stamp confirms them', async ({ lab }) => {
    await writeChain(lab)
    await lab.upgrade()
    await lab.database.client.query(`UPDATE mig.version SET revision = '${two}'; DROP TABLE app_user.t3`)
    await stamp(lab, { target: two })
    expect((await lab.upgrade()).result?.steps.map((step) => step.revision)).toEqual([three])
  })

  labTest('are believed where the log was emptied, or is of an older version', async ({ lab }) => {
    await writeChain(lab)
    await lab.run({ direction: 'upgrade', target: two })
    const { client } = lab.database
    await client.query('ALTER TABLE mig.log DROP heads, DROP applied, DROP covered, DROP objects')
    expect(await lineStatusOf(lab)).toMatchObject({ state: 'behind', behind: 1, trouble: null })
    await client.query('DELETE FROM mig.log')
    expect((await lab.upgrade()).result?.steps.map((step) => step.revision)).toEqual([three])
    expect(await statusOf(lab)).toEqual([])
  })

  labTest('of an older version of the log are refused too', async ({ lab }) => {
    await writeChain(lab)
    await lab.upgrade()
    await lab.database.client.query(
      'ALTER TABLE mig.log DROP heads, DROP applied, DROP covered, DROP objects; TRUNCATE mig.version',
    )
    expect((await lab.upgrade()).error).toMatchObject({ code: 'ledger-disagrees' })
    await stamp(lab, { fromLog: true })
    expect(await versions(lab)).toEqual([three])
  })

  labTest('stop a script at its guard', async ({ lab }) => {
    await writeChain(lab)
    await lab.run({ direction: 'upgrade', target: two })
    const script = await using(lab, async (session, project) => {
      const plan = await planRun(session, project, { direction: 'upgrade', target: 'head' })
      let text = ''
      for await (const part of offlineScript({ project, plan })) text += part
      return text
    })
    const { client } = lab.database
    await client.query(`UPDATE mig.log SET heads = '{${three}}' WHERE revision = '${two}'`)
    await expect(client.query(script)).rejects.toThrow(`the log says that schema app_user is at {${three}}`)
    await client.query('ROLLBACK')
    await client.query(`UPDATE mig.log SET heads = '{${two}}' WHERE revision = '${two}'`)
    await client.query(script)
    expect(await versions(lab)).toEqual([three])
  })
})

describe('a revision that was put below an applied one', () => {
  labTest('is pending, and the upgrade runs it and leaves the rows', async ({ lab }) => {
    await splice(lab)
    expect(await lineStatusOf(lab)).toMatchObject({ state: 'behind', behind: 1, neverRun: [between] })
    expect(await statusOf(lab)).toMatchObject([{ kind: 'never-run', what: expect.stringContaining(between) }])
    const { result } = await lab.upgrade()
    expect(result?.steps).toMatchObject([{ revision: between, below: two, appliedAfter: [two] }])
    expect(await versions(lab)).toEqual([two])
    expect(await tables(lab)).toEqual(['t1', 't2', 't5'])
    expect(await lineStatusOf(lab)).toMatchObject({ state: 'head', neverRun: [] })
    const back = await lab.run({ direction: 'downgrade', target: 'base' })
    expect(back.result?.steps.map((step) => step.revision)).toEqual([two, between, one])
  })

  labTest('runs before what is pending above it', async ({ lab }) => {
    await splice(lab)
    await lab.write(file(three, two))
    const { result } = await lab.upgrade()
    expect(result?.steps.map((step) => step.revision)).toEqual([between, three])
    expect(await versions(lab)).toEqual([three])
  })

  labTest('is passed by a downgrade, by count and to base', async ({ lab }) => {
    await splice(lab)
    expect((await lab.run({ direction: 'downgrade', target: between })).error).toMatchObject({
      code: 'destination-not-on-path',
    })
    expect((await lab.run({ direction: 'downgrade', target: '-1' })).error).toBeUndefined()
    expect(await versions(lab)).toEqual([one])
    expect((await lab.upgrade()).result?.steps.map((step) => step.revision)).toEqual([between, two])
  })

  labTest('is taken for applied when a stamp of the rows says so', async ({ lab }) => {
    await splice(lab)
    await stamp(lab, { target: two })
    expect(await lineStatusOf(lab)).toMatchObject({ state: 'head', neverRun: [] })
    expect(await lab.upgrade()).toMatchObject({ result: { steps: [] } })
  })

  labTest('is found at the base of the history and in a log whose beginning was deleted', async ({ lab }) => {
    await writeChain(lab)
    await lab.upgrade()
    await lab.write({ ...file(between, null), [path(one)]: revision(one, between, table(one), down(one)) })
    expect(await lineStatusOf(lab)).toMatchObject({ neverRun: [between] })
    await lab.database.client.query(`DELETE FROM mig.log WHERE revision IN ('${one}', '${two}')`)
    expect(await lineStatusOf(lab)).toMatchObject({ neverRun: [between] })
  })

  labTest('is not what a stamp, a squash or a log without its beginning leaves', async ({ lab }) => {
    await writeChain(lab)
    await stamp(lab, { target: two })
    expect(await lineStatusOf(lab)).toMatchObject({ behind: 1, neverRun: [] })
    expect((await lab.upgrade()).error).toBeUndefined()
    await lab.database.client.query("DELETE FROM mig.log WHERE direction = 'stamp'")
    expect(await lineStatusOf(lab)).toMatchObject({ state: 'head', neverRun: [] })
    await Promise.all([remove(lab, one), remove(lab, two)])
    await lab.write(file(three, null))
    expect(await lineStatusOf(lab)).toMatchObject({ state: 'head', neverRun: [], trouble: null })
  })
})

describe('a schema under the rows', () => {
  labTest('that is gone is told, and starts over from base', async ({ lab }) => {
    await writeChain(lab)
    await lab.upgrade()
    await lab.database.client.query('DROP SCHEMA app_user CASCADE')
    expect(await lineStatusOf(lab)).toMatchObject({ state: 'absent' })
    expect((await lab.upgrade()).error).toMatchObject({ code: 'no-schema' })
    expect(await statusOf(lab)).toMatchObject([{ kind: 'ledger' }])
    await stamp(lab, { target: 'base' })
    expect((await lab.upgrade()).result?.steps).toHaveLength(3)
  })

  labTest('that was dropped and created again is told, and starts over from base', async ({ lab }) => {
    await writeChain(lab)
    await lab.upgrade()
    await lab.database.client.query('DROP SCHEMA app_user CASCADE; CREATE SCHEMA app_user')
    expect(await lineStatusOf(lab)).toMatchObject({ state: 'emptied' })
    expect((await lab.upgrade()).error).toMatchObject({ code: 'schema-emptied' })
    await stamp(lab, { target: 'base' })
    expect((await lab.upgrade()).result?.steps).toHaveLength(3)
  })

  labTest('that was dropped together with its rows is at base', async ({ lab }) => {
    await writeChain(lab)
    await lab.upgrade()
    await lab.database.client.query('DROP SCHEMA app_user CASCADE; DELETE FROM mig.version')
    expect((await lab.upgrade()).result?.steps).toHaveLength(3)
  })

  labTest('that holds no object by its revisions is well', async ({ lab }) => {
    await lab.write({ [path(one)]: revision(one, null, "await op.execute('SELECT 1')") })
    await lab.upgrade()
    expect(await lineStatusOf(lab)).toMatchObject({ state: 'head' })
    await lab.write(file(two, one))
    await lab.upgrade()
    await lab.run({ direction: 'downgrade', target: one })
    expect(await lineStatusOf(lab)).toMatchObject({ state: 'behind', behind: 1, trouble: null })
    expect((await lab.upgrade()).error).toBeUndefined()
  })
})
