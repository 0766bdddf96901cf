import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { versionOf } from '../support/programs.ts'
import { type Lab, labTest, revision } from './support.ts'

const psqlIsHere = versionOf('psql') !== undefined
if (!psqlIsHere) console.warn('skipped: psql is not installed, so no script is run by it')
const psqlTest = psqlIsHere ? labTest : labTest.skip

/** What people have in their psqlrc; psql by itself goes on after an error. */
const files = {
  nothing: '',
  'ON_ERROR_ROLLBACK on': '\\set ON_ERROR_ROLLBACK on',
  'AUTOCOMMIT off': '\\set AUTOCOMMIT off',
  both: '\\set AUTOCOMMIT off\n\\set ON_ERROR_ROLLBACK on',
  'ON_ERROR_STOP on': '\\set ON_ERROR_STOP on',
  'ON_ERROR_STOP and AUTOCOMMIT off': '\\set ON_ERROR_STOP on\n\\set AUTOCOMMIT off',
  'ON_ERROR_STOP and ON_ERROR_ROLLBACK on': '\\set ON_ERROR_STOP on\n\\set ON_ERROR_ROLLBACK on',
}
const savepoints = /each statement has a savepoint \(psql: ON_ERROR_ROLLBACK\)/
const inTransaction =
  /aaaaaaaaaaa2 on app_user has statements that run outside of a transaction, and one is open/

/** `psql -f` with a psqlrc. */
async function psql(lab: Lab, script: string, psqlrc: string) {
  const [file, rc] = [join(lab.root, 'up.sql'), join(lab.root, 'psqlrc')]
  await Promise.all([writeFile(file, script), writeFile(rc, `${psqlrc}\n`)])
  return new Promise<{ code: number; stderr: string }>((resolve) => {
    const env = { ...process.env, PSQLRC: rc }
    execFile('psql', ['-q', '-f', file, '-d', lab.database.url], { env }, (error, _, stderr) =>
      resolve({ code: Number(error?.code ?? 0), stderr }),
    )
  })
}

async function write(lab: Lab, section: string, first = 'ALTER TABLE t ADD b int') {
  await lab.write({
    'user/20260101_000000_aaaaaaaaaaa1_a.ts': revision(
      'aaaaaaaaaaa1',
      null,
      `await op.execute("CREATE TABLE t (a int, w text); INSERT INTO t VALUES (1, 'w')")`,
    ),
    'user/20260102_000000_aaaaaaaaaaa2_b.ts': revision(
      'aaaaaaaaaaa2',
      'aaaaaaaaaaa1',
      `await op.execute('${first}')
      await op.autocommit(async () => { ${section} })
      await op.execute("UPDATE t SET w = w || '!'")`,
    ),
    'user/20260103_000000_aaaaaaaaaaa3_c.ts': revision(
      'aaaaaaaaaaa3',
      'aaaaaaaaaaa2',
      `await op.execute("UPDATE t SET w = w || '.'")`,
    ),
  })
}

const indexBuild = `await op.execute("UPDATE t SET w = w || '?'")
  await op.execute('CREATE UNIQUE INDEX CONCURRENTLY t_a ON t (a)')`

/** What is applied, and what was done to the rows. */
async function found({ database: { client } }: Lab) {
  const ask = async (sql: string) => (await client.query<{ found: string }>(sql)).rows.map((row) => row.found)
  const has = async (table: string) =>
    (await ask(`SELECT coalesce(to_regclass('${table}')::text, '') AS found`))[0] !== ''
  const isLedger = await has('mig.log')
  return {
    applied: isLedger ? await ask('SELECT revision AS found FROM mig.version') : [],
    logged: isLedger ? await ask('SELECT revision AS found FROM mig.log ORDER BY id') : [],
    words: (await has('app_user.t')) ? await ask('SELECT w AS found FROM app_user.t') : undefined,
  }
}

const nothing = { applied: [], logged: [], words: undefined }
const one = { applied: ['aaaaaaaaaaa1'], logged: ['aaaaaaaaaaa1'], words: ['w'] }
const all = {
  applied: ['aaaaaaaaaaa3'],
  logged: ['aaaaaaaaaaa1', 'aaaaaaaaaaa2', 'aaaaaaaaaaa3'],
  words: ['w?!.'],
}

describe('a script, run by psql with a psqlrc', () => {
  for (const [name, psqlrc] of Object.entries(files)) {
    psqlTest(`(${name}) does all of a revision or nothing, and nothing twice`, async ({ lab }) => {
      await write(lab, indexBuild)
      const script = await lab.script()
      const first = await psql(lab, script, psqlrc)
      const after = await found(lab)
      if (psqlrc.includes('ON_ERROR_ROLLBACK')) {
        expect({ code: first.code, after }).toEqual({ code: 2, after: nothing })
        expect(first.stderr).toMatch(savepoints)
      } else if (psqlrc.includes('AUTOCOMMIT')) {
        expect(after).toEqual(one)
        expect(first.code).toBeGreaterThan(0)
        expect(first.stderr).toMatch(inTransaction)
      } else {
        expect({ ...first, after }).toEqual({ code: 0, stderr: '', after: all })
      }
      const second = await psql(lab, script, psqlrc)
      expect(second.code).toBeGreaterThan(0)
      expect(await found(lab)).toEqual(after)
    })
  }

  const failing = [
    ['a statement before the section', "await op.execute('VACUUM t')", 'ALTER TABLE t ADD b wrong', 'w'],
    ['an index', `${indexBuild}\nawait op.execute("UPDATE t SET w = 'x'")`, undefined, 'w?'],
    [
      'a statement of the section',
      `await op.execute('ALTER TABLE t ADD CHECK (a < 1)')\nawait op.execute("UPDATE t SET w = 'x'")`,
      undefined,
      'w',
    ],
  ] as const
  for (const [what, section, statement, word] of failing)
    for (const [name, psqlrc] of [
      ['nothing', ''],
      ['AUTOCOMMIT off', files['AUTOCOMMIT off']],
    ] as const)
      psqlTest(`(${name}) ends where ${what} fails`, async ({ lab }) => {
        await write(lab, section, statement)
        expect((await lab.run({ direction: 'upgrade', target: '+1' })).error).toBeUndefined()
        if (what === 'an index') await lab.database.client.query("INSERT INTO app_user.t VALUES (1, 'w')")
        const { code } = await psql(lab, await lab.script(), psqlrc)
        expect(code).toBeGreaterThan(0)
        const isRefused = psqlrc !== '' && what !== 'a statement of the section'
        const words = Array.from({ length: what === 'an index' ? 2 : 1 }, () => (isRefused ? 'w' : word))
        expect(await found(lab)).toEqual({ ...one, words })
      })

  psqlTest('(AUTOCOMMIT off) does a revision whose section can run in a transaction', async ({ lab }) => {
    await write(lab, `await op.execute("UPDATE t SET w = w || '?'")`)
    await psql(lab, await lab.script(), files['AUTOCOMMIT off'])
    expect(await found(lab)).toEqual(all)
  })

  psqlTest('says that a backfill has failed, and ends', async ({ lab }) => {
    await write(lab, "await op.backfill({ table: 't', set: 'w = w', where: 'a = 1', key: ['a'] })")
    const { code, stderr } = await psql(lab, await lab.script(), '')
    expect({ code, found: await found(lab) }).toEqual({ code: 2, found: one })
    expect(stderr).toMatch(/stopped: what came before in aaaaaaaaaaa2 on app_user has failed/)
  })
})
