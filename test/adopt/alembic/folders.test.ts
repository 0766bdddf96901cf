import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { findAlembicFolders } from '../../../migrations/core/adopt/alembic/folders.ts'

const root = mkdtempSync(join(tmpdir(), 'mig-folders-'))
afterAll(() => rmSync(root, { recursive: true }))

const revision = "revision = 'a'\n"

const cases: readonly (readonly [string, Readonly<Record<string, string>>, readonly string[]])[] = [
  [
    'the usual layout',
    { 'alembic.ini': '[alembic]\nscript_location = alembic\n', 'alembic/versions/a.py': revision },
    ['alembic/versions'],
  ],
  [
    'alembic.ini in the script folder, as Flask-Migrate has it',
    { 'alembic.ini': '[alembic]\n# nothing\n[loggers]\nkeys = root\n', 'versions/a.py': revision },
    ['versions'],
  ],
  [
    'several folders, with the separator of new projects',
    {
      'alembic.ini':
        '[alembic]\nscript_location = %(here)s/db\nversion_path_separator = os  # Use os.pathsep.\nversion_locations = %(here)s/db/one:%(here)s/db/two\n[other]\nscript_location = no\n',
      'db/one/a.py': revision,
      'db/two/b.py': revision,
    },
    ['db/one', 'db/two'],
  ],
  [
    'pyproject.toml',
    {
      'pyproject.toml':
        '[project]\nname = "x"\n[tool.alembic]\nscript_location = "%(here)s/db"\nversion_locations = [\n  "%(here)s/db/one",\n  "%(here)s/db/two",\n]\n',
      'db/one/a.py': revision,
      'db/two/b.py': revision,
    },
    ['db/one', 'db/two'],
  ],
  [
    'pyproject.toml beside an alembic.ini that has the database alone',
    {
      'pyproject.toml': '[tool.alembic]\nscript_location = "db"\n',
      'alembic.ini': '[alembic]\nsqlalchemy.url = postgresql://x\n[loggers]\nkeys = root\n',
      'db/versions/a.py': revision,
    },
    ['db/versions'],
  ],
  [
    'the only section with a script folder, with what all sections have in common',
    {
      'alembic.ini':
        '[DEFAULT]\nprepend_sys_path = .\n[billing]\nscript_location = billing\n[loggers]\nkeys = root\n',
      'billing/versions/a.py': revision,
    },
    ['billing/versions'],
  ],
  ['the script folder itself', { 'env.py': '', 'versions/a.py': revision }, ['versions']],
  ['a folder of revision files', { 'a.py': revision }, ['']],
]

describe('the folders of an Alembic project', () => {
  test.each(cases)('are found from %s', (name, files, expected) => {
    const folder = join(root, name.replace(/\W+/g, '_'))
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), text)
    }
    expect(findAlembicFolders(folder).versions.map((path) => relative(folder, path))).toEqual(expected)
  })

  test('that alembic.ini names and that are not there are an error', () => {
    const folder = join(root, 'missing')
    mkdirSync(folder)
    writeFileSync(join(folder, 'alembic.ini'), '[alembic]\nscript_location = nowhere\n')
    expect(() => findAlembicFolders(folder)).toThrow('nowhere/versions, which is not there')
  })

  test('are those of the section that is named, where several have a script folder', () => {
    const folder = join(root, 'sections')
    for (const name of ['one', 'two']) mkdirSync(join(folder, name, 'versions'), { recursive: true })
    writeFileSync(join(folder, 'alembic.ini'), '[one]\nscript_location = one\n[two]\nscript_location = two\n')
    expect(findAlembicFolders(folder, 'two').versions).toEqual([join(folder, 'two', 'versions')])
    expect(() => findAlembicFolders(folder)).toThrow('several sections with a script folder: one, two')
    expect(() => findAlembicFolders(folder, 'three')).toThrow('has no section [three]')
  })
})
