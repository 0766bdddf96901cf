import {
  appendFile,
  chmod,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { nodeOf } from '../support/node-versions.ts'
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

test('what npm runs after an installation has built what a pipeline starts, and fails for nothing', async () => {
  const { path: cwd, remove } = await copyOfRepository()
  try {
    const { $ } = await import('zx')
    const prepare = () => $({ cwd, quiet: true })`npm run --silent prepare`
    await prepare()
    const build = join(cwd, '.mig', 'build')
    const built = async () => (await readdir(build)).filter((name) => name.endsWith('.cjs')).sort()
    const before = await built()
    // Nothing is left that could build.
    await rm(join(cwd, 'node_modules'), { recursive: true })
    for (const command of ['mig-upgrade', 'mig-check', 'mig-verify'])
      await $({ cwd, quiet: true })`node scripts/launch.mjs ${command} --help`
    expect(await built()).toEqual(before)
    await appendFile(join(cwd, 'scripts', 'mig-check.ts'), '\nconst = 1\n')
    await prepare()
    await rm(join(cwd, 'scripts'), { recursive: true })
    await prepare()
  } finally {
    await remove()
  }
})

test("keeps builds to its user, and leaves the embedded server's user a way past them", async () => {
  await succeed(recipe(['mig-branches', '--help'], { cwd: copy.path }))
  const mode = async (...path: readonly string[]) => (await stat(join(copy.path, ...path))).mode & 0o777
  expect(await mode('.mig', 'build')).toBe(0o700)
  expect(await mode('.mig')).toBe(0o755 & ~process.umask())
})

test('an unknown command names those that there are', async () => {
  const { $ } = await import('zx')
  const run = await $({ cwd: copy.path, nothrow: true, quiet: true })`node scripts/launch.mjs upgrad`
  expect(run.exitCode).toBe(2)
  expect(run.stderr).toMatch(/^error MIG-unknown-command: [\s\S]*mig-upgrade/)
})

describe('a build that others could have planted', () => {
  const said = 'planted code runs'
  const mig = () => join(copy.path, '.mig')
  const planted = {
    'mig-branches.inputs': `mig-branches.0123456789abcdef.cjs\n-\t-\tscripts/mig-branches.ts`,
    'mig-branches.0123456789abcdef.cjs': `exports.main = () => console.log('${said}')`,
  }

  /** Recreates the build folder, and gives it what another user would. */
  async function plant(folder: string, files: Readonly<Record<string, string>> = planted): Promise<void> {
    await mkdir(folder, { recursive: true })
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
  }

  const branches = async (env: Readonly<Record<string, string>> = {}) =>
    (await succeed(recipe(['mig-branches'], { cwd: copy.path, env }))).stdout

  beforeEach(async () => {
    await rm(mig(), { recursive: true, force: true })
  })

  test('is run where the folder is ours, so that the cases below can fail', async () => {
    const build = join(mig(), 'build')
    await branches()
    const inputs = await readFile(join(build, 'mig-branches.inputs'), 'utf8')
    await plant(build, {
      ...planted,
      'mig-branches.inputs': inputs.replace(/^.*/, 'mig-branches.0123456789abcdef.cjs'),
    })
    expect(await branches()).toBe(said)
  })

  test('is not run without a list of what it was made from', async () => {
    for (const inputs of ['mig-branches.0123456789abcdef.cjs', 'mig-branches.0123456789abcdef.cjs\n']) {
      await rm(mig(), { recursive: true, force: true })
      await mkdir(mig())
      await plant(join(mig(), 'build'), { ...planted, 'mig-branches.inputs': inputs })
      expect(await branches()).not.toContain(said)
    }
  })

  test('is not run behind a link, nor from a folder that others can write to', async () => {
    await branches()
    const build = join(mig(), 'build')
    const inputs = (await readFile(join(build, 'mig-branches.inputs'), 'utf8')).replace(
      /^.*/,
      'mig-branches.0123456789abcdef.cjs',
    )
    const files = { ...planted, 'mig-branches.inputs': inputs }
    const elsewhere = join(copy.path, 'elsewhere')
    await plant(elsewhere, files)
    await rm(build, { recursive: true })
    await symlink(elsewhere, build)
    expect(await branches()).not.toContain(said)
    await rm(build)
    await plant(build, files)
    await chmod(build, 0o777)
    expect(await branches()).not.toContain(said)
    await rm(mig(), { recursive: true })
    await mkdir(join(copy.path, 'other'))
    await rename(elsewhere, join(copy.path, 'other', 'build'))
    await symlink(join(copy.path, 'other'), mig())
    expect(await branches()).not.toContain(said)
  })

  test('is never looked for in the temp folder', async () => {
    const temp = join(copy.path, 'temp')
    await mkdir(temp)
    const env = { TMPDIR: temp, XDG_CACHE_HOME: join(copy.path, 'cache') }
    await writeFile(mig(), 'no folder can be made here')
    await branches(env)
    expect(await readdir(temp)).toEqual([])
    expect(await readdir(join(copy.path, 'cache', 'just-mig'))).toContain('build')
  })
})

test('a script that Node is given itself does what the launcher would, and on Node 20 fails', async () => {
  const { $ } = await import('zx')
  const direct = $({ cwd: copy.path, nothrow: true, quiet: true })
  const started = async (node: string) => direct`${node} scripts/mig-branches.ts nothing`
  const newer = await nodeOf(22)
  if (newer !== undefined) {
    const run = await started(newer)
    expect(run.exitCode).toBe(2)
    expect(run.stderr).toMatch(/^error MIG-unknown-schema: /)
  }
  if (process.version.startsWith('v20.')) expect((await started(process.execPath)).exitCode).toBe(1)
})
