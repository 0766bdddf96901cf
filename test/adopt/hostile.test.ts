import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, truncateSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect } from 'vitest'
import { importAlembic, importSql } from '../../migrations/core/adopt/index.ts'
import { written, writtenProject } from './support/alembic.ts'
import { importFolder } from './support/folders.ts'
import { projectTest, type TestProject } from './support/project.ts'

const journal = (entries: unknown) => JSON.stringify({ version: '7', dialect: 'postgresql', entries })
const entry = (tag: string, when = 1_700_000_000_000) => [{ idx: 0, tag, when }]

/** Nothing of the import is on disk, and no file of the project was touched. */
function nothingWritten({ root }: TestProject): void {
  expect(existsSync(join(root, 'migrations', 'versions'))).toBe(false)
  expect(readFileSync(join(root, 'mine.ts'), 'utf8')).toBe('mine')
  const mig = existsSync(join(root, '.mig')) ? readdirSync(join(root, '.mig')) : []
  expect(mig.filter((name) => !['cache', '.gitignore'].includes(name))).toEqual([])
}

describe('an imported history that leads out of its folder', () => {
  const ids = [
    '../../../../mine',
    '/etc/passwd',
    '..',
    'a/b',
    'a\\b',
    "a'b",
    'a*/b',
    'a b',
    'head',
    'a\u001bb',
  ]

  projectTest('has ids that --rev-id would refuse', async ({ project }) => {
    const env = await project.environment({ app: 'public' })
    for (const id of ids) {
      const files = writtenProject({ id: 'IDHERE', file: 'in/versions/a.py' })
      for (const [path, text] of Object.entries(files)) {
        const changed = path.endsWith('.py') ? text.replace("'IDHERE'", JSON.stringify(id)) : text
        project.write({ 'mine.ts': 'mine', [path]: changed.replaceAll('IDHERE', id) })
      }
      const request = { ...written, path: 'in', keep: true }
      await expect(importAlembic(project.session, env, request), id).rejects.toMatchObject({
        code: expect.stringMatching(/^(invalid-name|bad-alembic-revision)$/),
        message: expect.stringContaining('in/versions/a.py'),
      })
      nothingWritten(project)
    }
  })

  projectTest('has a label that --label would refuse', async ({ project }) => {
    const env = await project.environment({ app: 'public' })
    for (const label of ['a b', 'a@b', 'a:b', 'head', 'a\u0007b']) {
      const head = `branch_labels = ${JSON.stringify(label)}`
      project.write({
        'mine.ts': 'mine',
        ...writtenProject({ id: 'aaaa', file: 'in/versions/a.py', head }),
      })
      const run = importAlembic(project.session, env, { ...written, path: 'in' })
      await expect(run, label).rejects.toMatchObject({
        code: expect.stringMatching(/^(invalid-name|bad-alembic-revision)$/),
      })
      nothingWritten(project)
    }
  })

  projectTest('names files elsewhere: a journal, settings, links', async ({ project }) => {
    const outside = {
      'mine.ts': 'mine',
      'secret.sql': 'SELECT 1;',
      ...writtenProject({ id: 'aaaa', file: 'secret/versions/a.py' }),
    }
    project.write(outside)
    const env = await project.environment({ app: 'public' })
    const refused = { code: 'outside-folder' }
    for (const tag of ['../secret', 'x/../../secret']) {
      project.write({ 'drizzle/meta/_journal.json': journal(entry(tag)) })
      const run = importFolder('drizzle', project.session, env, { path: 'drizzle' })
      await expect(run, tag).rejects.toMatchObject(refused)
    }
    project.write({ 'drizzle/meta/_journal.json': journal(entry('0000_link')) })
    symlinkSync(join(project.root, 'secret.sql'), join(project.root, 'drizzle', '0000_link.sql'))
    await expect(importFolder('drizzle', project.session, env, { path: 'drizzle' })).rejects.toMatchObject(
      refused,
    )
    mkdirSync(join(project.root, 'prisma', '20250101000000_x'), { recursive: true })
    symlinkSync(join(project.root, 'secret.sql'), join(project.root, 'prisma/20250101000000_x/migration.sql'))
    await expect(importFolder('prisma', project.session, env, { path: 'prisma' })).rejects.toMatchObject(
      refused,
    )
    for (const setting of [
      'script_location = ../secret',
      `script_location = ${join(project.root, 'secret')}`,
      'script_location = .\nversion_locations = ../secret/versions',
    ]) {
      project.write({ 'alembic/alembic.ini': `[alembic]\n${setting}\n` })
      await expect(importAlembic(project.session, env, { path: 'alembic' }), setting).rejects.toMatchObject(
        refused,
      )
    }
    mkdirSync(join(project.root, 'linked', 'versions'), { recursive: true })
    symlinkSync(join(project.root, 'secret/versions/a.py'), join(project.root, 'linked/versions/a.py'))
    await expect(importAlembic(project.session, env, { ...written, path: 'linked' })).rejects.toMatchObject(
      refused,
    )
    nothingWritten(project)
  })

  projectTest('has a journal that is not a journal', async ({ project }) => {
    const env = await project.environment({ app: 'public' })
    for (const text of [
      journal(entry('x', 1e300)),
      journal({ a: 1 }),
      journal([null]),
      'null',
      '['.repeat(99_999),
    ]) {
      project.write({ 'drizzle/meta/_journal.json': text, 'drizzle/x.sql': 'SELECT 1;' })
      await expect(importFolder('drizzle', project.session, env, { path: 'drizzle' })).rejects.toMatchObject({
        code: expect.stringMatching(/^(bad-journal|other-database)$/),
      })
    }
  })
})

describe.skipIf(process.platform === 'win32')('what would never be read to its end', () => {
  projectTest('is refused by every import', async ({ project }) => {
    const { session, root } = project
    const env = await project.environment({ app: 'public' })
    project.write({
      'drizzle/meta/_journal.json': journal(entry('a')),
      ...writtenProject({ id: 'aaaa', file: 'in/versions/a.py' }),
    })
    const runs = {
      'prisma/20250101000000_x/migration.sql': () => importFolder('prisma', session, env, { path: 'prisma' }),
      'drizzle/a.sql': () => importFolder('drizzle', session, env, { path: 'drizzle' }),
      'drizzle/meta/_journal.json': () => importFolder('drizzle', session, env, { path: 'drizzle' }),
      'flyway/V1__a.sql': () => importFolder('flyway', session, env, { path: 'flyway' }),
      'numbered/1_a.up.sql': () => importFolder('golang-migrate', session, env, { path: 'numbered' }),
      'schema.sql': () => importSql(session, env, { path: 'schema.sql' }),
      'upgrade.sql': () => importAlembic(session, env, { path: 'in', offlineSql: ['upgrade.sql'] }),
      'in/versions/a.py': () => importAlembic(session, env, { ...written, path: 'in', baseline: true }),
    }
    for (const [name, run] of Object.entries(runs)) {
      const path = join(root, name)
      rmSync(path, { force: true })
      mkdirSync(dirname(path), { recursive: true })
      execFileSync('mkfifo', [path])
      await expect(run(), name).rejects.toMatchObject({ code: 'not-a-file', place: { file: path } })
      rmSync(path)
      project.write({ [name]: '' })
      truncateSync(path, 129 * 1024 * 1024)
      await expect(run(), name).rejects.toThrow(`${path} has 129 MB`)
    }
  })
})
