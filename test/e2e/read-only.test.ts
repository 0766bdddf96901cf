import { chmod, chown, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { serverUser } from '../../migrations/core/postgres/embedded/server-user.ts'
import { canRunProgramsAs } from '../support/child.ts'
import { databaseTest } from '../support/database.ts'
import { copyOfRepository, recipe, temporaryFolder } from '../support/recipes.ts'
import { fail, succeed } from './support/just.ts'
import { versions } from './support/ledger.ts'

/** Only root can show a checkout to somebody who may not write to it: root itself may write anywhere. */
const user = serverUser()
const isPossible = user !== undefined && canRunProgramsAs(user)
if (!isPossible) console.warn('skipped: only root can run programs as another user')

describe.skipIf(!isPossible)('a checkout that its user may not write to', () => {
  let copy: Awaited<ReturnType<typeof copyOfRepository>>

  let home: Awaited<ReturnType<typeof temporaryFolder>>

  beforeAll(async () => {
    copy = await copyOfRepository()
    await chmod(copy.path, 0o755)
    // Its user's own cache folder, where the builds are then.
    home = await temporaryFolder()
    if (user !== undefined) await chown(home.path, user.uid, user.gid)
  })
  afterAll(async () => {
    await copy?.remove()
    await home?.remove()
  })

  const just = (args: string, url?: string) =>
    recipe(args.split(' '), {
      cwd: copy.path,
      ...(user === undefined ? {} : { user }),
      env: { XDG_CACHE_HOME: home.path, ...(url === undefined ? {} : { MIG_DATABASE_URL: url }) },
    })

  databaseTest('is good enough to upgrade, look and downgrade', async ({ database }) => {
    await succeed(just('mig-upgrade head user', database.url))
    await succeed(just('mig-history user --verbose', database.url))
    await succeed(just('mig-downgrade -1 user', database.url))
    expect(await versions(database.client)).toEqual({ rfx_user: ['c40e7a51b3d8'] })
    expect(await readdir(join(home.path, 'just-mig'))).toContain('build')
  })

  databaseTest('does so without a temp folder too', async ({ database }) => {
    const run = (args: string) =>
      recipe(args.split(' '), {
        cwd: copy.path,
        ...(user === undefined ? {} : { user }),
        env: { MIG_DATABASE_URL: database.url, TMPDIR: '/nowhere', HOME: '/nowhere' },
      })
    await succeed(run('mig-upgrade head user'))
    const { stdout } = await succeed(run('mig-current user'))
    expect(stdout).toContain('1d9a3be8f056')
    await fail(run('mig-revision nope user'), 'cannot-write', 2)
    await fail(run('mig-lint base:head user'), 'cannot-write', 2)
  })

  databaseTest('has its models read, with the packages that they import', async ({ database }) => {
    await succeed(just('mig-upgrade', database.url))
    const { stdout } = await succeed(just('mig-check', database.url))
    expect(stdout).toContain('no difference')
  })

  databaseTest('takes no new revision, and says which folder is closed', async () => {
    const { stderr } = await fail(just('mig-revision nope user'), 'cannot-write', 2)
    expect(stderr).toContain('versions/user')
  })

  databaseTest('holds no embedded server, and says what to do instead', async () => {
    const { stderr } = await fail(just('mig-current'), 'server-folder', 2)
    expect(stderr).toMatch(/help: .*MIG_DATABASE_URL/)
  })
})
