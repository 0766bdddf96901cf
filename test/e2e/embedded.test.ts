import { existsSync } from 'node:fs'
import { chmod, chown, cp, mkdir, readdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { serverUser } from '../../migrations/core/postgres/embedded/server-user.ts'
import { canRunProgramsAs } from '../support/child.ts'
import {
  copyOfRepository,
  type RecipeOptions,
  type RecipeResult,
  recipe,
  repository,
} from '../support/recipes.ts'
import { fail, jsonLines, succeed } from './support/just.ts'
import { temporaryProject } from './support/project.ts'

const another = serverUser()
const users: readonly (readonly [string, RecipeOptions['user'], boolean])[] = [
  ['the present user', undefined, true],
  ['an ordinary user', another, another !== undefined && canRunProgramsAs(another)],
]

describe.each(users)('the embedded server, as %s', (name, user, isPossible) => {
  if (!isPossible) console.warn(`skipped: programs cannot be run as ${name} here`)
  let copy: { readonly path: string; readonly remove: () => Promise<void> }

  function just(args: string | readonly string[], options: RecipeOptions = {}): Promise<RecipeResult> {
    const list = typeof args === 'string' ? args.split(' ') : args
    return recipe(list, { cwd: copy.path, ...(user === undefined ? {} : { user }), ...options })
  }

  async function query(sql: string): Promise<readonly unknown[]> {
    const client = new pg.Client({ connectionString: (await succeed(just('db-url'))).stdout.trim() })
    client.on('error', () => undefined)
    await client.connect()
    try {
      return (await client.query(sql)).rows
    } finally {
      await client.end()
    }
  }

  beforeAll(async () => {
    if (!isPossible) return
    if (user === undefined) {
      // With the repository's own scripts, which are built already.
      copy = await temporaryProject()
      await cp(join(repository, 'migrations'), join(copy.path, 'migrations'), { recursive: true })
      return
    }
    copy = await copyOfRepository()
    // What the present user's commands have built there runs for anybody who owns a copy.
    const [from = '', to = ''] = [repository, copy.path].map((folder) => join(folder, '.mig', 'build'))
    if (existsSync(from)) await cp(from, to, { recursive: true })
    await chmod(copy.path, 0o755)
    for (const path of [
      copy.path,
      ...(await readdir(copy.path, { recursive: true })).map((file) => join(copy.path, file)),
    ])
      await chown(path, user.uid, user.gid).catch(() => undefined)
  })
  afterAll(async () => {
    if (!isPossible) return
    await just('db-reset --yes')
    await copy.remove()
  })

  test.skipIf(!isPossible)('two first commands at once make one server, and both end well', async () => {
    const [first, second] = await Promise.all([just('mig-upgrade head user'), just('mig-upgrade head')])
    expect(first, first.stderr).toMatchObject({ code: 0 })
    expect(second, second.stderr).toMatchObject({ code: 0 })
    expect(second.stdout).toMatch(
      /^database postgresql:\/\/postgres:\*\*\*@127\.0\.0\.1:\d+\/app \(embedded\) · /,
    )
    expect(await query('SELECT count(*)::int AS n FROM mig.log')).toEqual([{ n: 9 }])
  })

  test.skipIf(!isPossible)('is left running and found again', async () => {
    const lines = jsonLines(await succeed(just('mig-current --check-heads --json')))
    expect(lines.map(({ event }) => event)).toEqual(['environment', 'current', 'current', 'current'])
    const [started] = jsonLines(await succeed(just('db-start --json')))
    expect(started).toMatchObject({ event: 'database', pid: expect.any(Number) })
  })

  // What follows is the same for every user, but for the server's processes and files.
  const once = test.skipIf(!isPossible || user !== undefined)
  once('asks for its password, and a wrong one is an error without it', async () => {
    const url = (await succeed(just('db-url'))).stdout.trim().replace(/:[^:@]+@/, ':wr0ng@')
    const { stdout, stderr } = await fail(just(['mig-current', '--database-url', url]), 'wrong-password', 2)
    expect(stdout + stderr).not.toContain('wr0ng')
  })

  once('db-psql runs SQL, from its argument and from standard input', async () => {
    const byArgument = await succeed(just(['db-psql', '-c', `SELECT 'a b' AS "x'y"`]))
    expect(byArgument.stdout).toMatch(/x'y[\s\S]+a b[\s\S]+\(1 row\)/)
    const byInput = await succeed(just('db-psql', { input: 'SELECT count(*)\nFROM mig.version;\n' }))
    expect(byInput.stdout).toMatch(/3[\s\S]+\(1 row\)/)
    const script = 'SELECT nothing;\nCREATE TABLE public.after_error ();\n'
    expect((await just('db-psql', { input: script })).code).not.toBe(0)
    const url = (await succeed(just('db-url'))).stdout.trim()
    const env = {
      MIG_DATABASE_URL: `${url.replace('postgresql', 'postgresql+asyncpg')}?ssl=disable&pool_size=3`,
    }
    expect((await succeed(just(['db-psql', '-c', 'SELECT 41 + 1'], { env }))).stdout).toContain('42')
    expect((await succeed(just('db-url', { env }))).stdout).toBe(`${url}?sslmode=disable`)
    const noPsql = { PATH: join(copy.path, 'bin') }
    await mkdir(noPsql.PATH)
    await symlink(process.execPath, join(noPsql.PATH, 'node'))
    await symlink('/bin/sh', join(noPsql.PATH, 'sh'))
    const prompt = await succeed(just(['db-psql', '-c', 'SELECT 1 AS one'], { env: noPsql }))
    expect(prompt.stdout).toMatch(/one[\s\S]+1[\s\S]+\(1 row\)/)
    const wrong = await just(['db-psql', '-c', 'SELECT nothing'], { env: noPsql })
    expect(wrong.code).toBe(3)
    expect(wrong.stderr).toContain('column "nothing" does not exist')
    expect((await just('db-psql', { env: noPsql, input: script })).code).toBe(3)
    expect(await query(`SELECT to_regclass('public.after_error') AS made`)).toEqual([{ made: null }])
  })

  test.skipIf(!isPossible)('is back after kill -9, with all that was committed', async () => {
    const [started] = jsonLines(await succeed(just('db-start --json')))
    process.kill(Number(started?.pid), 'SIGKILL')
    const { stderr } = await succeed(just('mig-downgrade -1 message'))
    expect(stderr).toContain('server recovered')
    expect(await query('SELECT count(*)::int AS n FROM mig.log')).toEqual([{ n: 10 }])
  })

  test.skipIf(!isPossible)('db-stop stops it, the next command starts it with its data', async () => {
    expect((await succeed(just('db-stop'))).stdout).toBe('stopped')
    expect((await succeed(just('db-stop'))).stdout).toBe('it was not running')
    const { stdout } = await succeed(just('mig-current message'))
    expect(stdout).toMatch(/^message +rfx_message +5ea4107bd93c +1 behind/m)
  })

  test.skipIf(!isPossible)('db-reset wants a yes, and then everything is gone', async () => {
    const refused = await just('db-reset')
    expect(refused.code).toBe(2)
    expect(refused.stderr).toContain('error MIG-not-confirmed')
    await succeed(just('db-reset --yes'))
    const { stdout } = await succeed(just('mig-current'))
    expect(stdout).toMatch(/^user +rfx_user +base +3 behind/m)
  })

  once('npm run mig reaches the same commands', async () => {
    const { $ } = await import('zx')
    const said = await $({ cwd: copy.path, quiet: true })`node scripts/launch.mjs upgrade head user`
    expect(said.stdout).toMatch(/^applied 3 revisions in /m)
  })
})
