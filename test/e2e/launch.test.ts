import { appendFile, readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { copyOfRepository, recipe } from '../support/recipes.ts'
import { fail, succeed } from './support/just.ts'

let copy: Awaited<ReturnType<typeof copyOfRepository>>

beforeAll(async () => {
  copy = await copyOfRepository()
})
afterAll(() => copy.remove())

test('an edited script is never run from an old build, and one that does not build says where', async () => {
  const cwd = copy.path
  await succeed(recipe(['mig-heads', '--help'], { cwd }))
  const spec = join(cwd, 'scripts', 'mig-heads.ts')
  await appendFile(spec, '\nprocess.stderr.write("edited\\n")\n')
  expect((await succeed(recipe(['mig-heads', '--help'], { cwd }))).stderr).toBe('edited')
  await appendFile(spec, '\nconst = 1\n')
  const { stderr } = await fail(recipe(['mig-heads', '--help'], { cwd }), 'build-failed', 2)
  expect(stderr).toMatch(/scripts\/mig-heads\.ts:\d+:\d+: /)
})

test("a command runs the same from a cold build, from V8's cache, and when that cache is broken", async () => {
  const cwd = copy.path
  const build = join(cwd, '.mig', 'build')
  const help = async () => (await succeed(recipe(['mig-branches', '--help'], { cwd }))).stdout
  const cold = await help()
  const caches = (await readdir(build)).filter((name) => /^mig-branches\..*\.cache\./.test(name))
  expect(caches).toHaveLength(1)
  expect(await help()).toBe(cold)
  for (const name of caches) await writeFile(join(build, name), 'broken')
  expect(await help()).toBe(cold)
})

test("keeps builds to its user, and leaves the embedded server's user a way past them", async () => {
  await succeed(recipe(['mig-branches', '--help'], { cwd: copy.path }))
  const mode = async (...path: readonly string[]) => (await stat(join(copy.path, ...path))).mode & 0o777
  expect(await mode('.mig', 'build')).toBe(0o700)
  expect(await mode('.mig')).toBe(0o777 & ~process.umask())
})

test('an unknown command names those that there are', async () => {
  const { $ } = await import('zx')
  const run = await $({ cwd: copy.path, nothrow: true, quiet: true })`node scripts/launch.mjs upgrad`
  expect(run.exitCode).toBe(2)
  expect(run.stderr).toMatch(/^error MIG-unknown-command: [\s\S]*mig-upgrade/)
})
