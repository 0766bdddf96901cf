import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, delimiter, dirname, join, resolve } from 'node:path'
import { exitCodes, MigError } from '../../errors.ts'
import type { ImportedHistory, ImportedRevision } from '../history.ts'
import { checkInside, isInside } from '../inside.ts'
import { moduleScope } from '../python/module-scope.ts'
import { pythonModules } from '../python/modules.ts'
import { emptyScope, type Modules, type Scope } from '../python/scope.ts'
import { readPython } from '../python/statements.ts'
import { withTypesOnce } from './enum-types.ts'
import { namingConvention } from './naming.ts'
import type { OfflineSql } from './offline-sql.ts'
import { readAlembicRevision } from './revision-file.ts'

/** Where an Alembic project keeps what an import needs. */
export interface AlembicFolders {
  readonly versions: readonly string[]
  /** The folder with `env.py`, when it was found. */
  readonly scriptLocation: string | undefined
  /** The folder that was given: nothing outside of it is read, but for modules. */
  readonly given: string
  /** Folders that Python would import modules of the project from. */
  readonly importedFrom: readonly string[]
}

/**
 * Finds the revision folders of an Alembic project: from `alembic.ini` (`script_location`, `version_locations`), or
 * because `path` is the script folder, or a folder of revision files itself. `section` is what `alembic --name` takes;
 * default: `alembic`, or the only one that names a script folder.
 * @throws MigError `no-alembic-project`, `which-section` (exit 4) where several could be meant, `outside-folder` where
 *   the settings name a folder outside of their own.
 */
export function findAlembicFolders(path: string, section?: string): AlembicFolders {
  const at = resolve(path)
  const ini = at.endsWith('.ini') ? at : join(at, 'alembic.ini')
  const pyproject = join(at, 'pyproject.toml')
  const inPyproject = existsSync(pyproject) && /^\[tool\.alembic\]/m.test(readFileSync(pyproject, 'utf8'))
  // A project may have both: then the folders stand in pyproject.toml (Alembic 1.16, "Using pyproject.toml").
  const isIni =
    existsSync(ini) && !(inPyproject && !/^\s*script_location\s*[=:]/m.test(readFileSync(ini, 'utf8')))
  if (isIni) return foldersOfIni(ini, sectionOf(ini, section), path)
  if (inPyproject) return foldersOfIni(pyproject, 'tool.alembic', path)
  if (existsSync(join(at, 'versions')))
    return {
      versions: [join(at, 'versions')],
      scriptLocation: at,
      given: at,
      importedFrom: importFolders(at),
    }
  const hasScripts = existsSync(at) && statSync(at).isDirectory() && pythonFiles(at).length > 0
  if (hasScripts)
    return {
      versions: [at],
      given: at,
      scriptLocation: existsSync(join(dirname(at), 'env.py')) ? dirname(at) : undefined,
      importedFrom: importFolders(at),
    }
  throw noProject(path)
}

/**
 * Where the modules of a project may stand: the folder that holds the outermost package around the scripts, the one
 * that holds the scripts, and what the settings add to the path.
 */
function importFolders(scripts: string, ...more: readonly string[]): readonly string[] {
  let top = scripts
  while (existsSync(join(dirname(top), '__init__.py'))) top = dirname(top)
  return [...new Set([...more, ...more.map((folder) => join(folder, 'src')), dirname(top), scripts])]
}

function noProject(path: string): MigError {
  return new MigError(
    'no-alembic-project',
    `${path} has no alembic.ini, no versions folder and no revision files`,
    {
      help: 'give the folder with alembic.ini, or the one with versions/: just mig-import alembic DIR',
      place: { file: path },
    },
  )
}

/** The section of `alembic.ini` that has the settings. */
function sectionOf(ini: string, given: string | undefined): string {
  const text = readFileSync(ini, 'utf8')
  const sections = [...text.matchAll(/^\[([^\]]+)\]/gm)].map(([, name = '']) => name)
  const named = sections.filter((name) => iniSection(text, name).has('script_location'))
  if (given !== undefined && sections.includes(given)) return given
  const [only = 'alembic', ...others] = named
  if (given === undefined && (sections.includes('alembic') || others.length === 0))
    return sections.includes('alembic') ? 'alembic' : only
  throw new MigError(
    'which-section',
    given === undefined
      ? `${ini} has several sections with a script folder: ${named.join(', ')}`
      : `${ini} has no section [${given}]`,
    {
      help: `name the one to import: --section ${named[0] ?? 'alembic'}; the sections are ${named.join(', ')}`,
      exitCode: exitCodes.decisionNeeded,
      place: { file: ini },
      facts: { sections: named },
    },
  )
}

function foldersOfIni(ini: string, section: string, path: string): AlembicFolders {
  const here = dirname(ini)
  const text = readFileSync(ini, 'utf8')
  // What [DEFAULT] says holds for every section (Python, configparser).
  const settings = new Map([...iniSection(text, 'DEFAULT'), ...iniSection(text, section)])
  const place = (text: string) => locate(here, text.replaceAll('%(here)s', here).trim())
  const inside = (folder: string) => {
    checkInside(here, folder, ini)
    return folder
  }
  // Flask-Migrate keeps alembic.ini in the script folder itself, without naming it.
  const location =
    settings.get('script_location') ?? (existsSync(join(here, 'versions')) ? '%(here)s' : undefined)
  if (location === undefined) throw noProject(path)
  // `package:folder` names a folder inside a Python package.
  const scriptLocation = inside(
    place(location.includes(':') && !location.startsWith('%') ? location.replaceAll(/[:.]/g, '/') : location),
  )
  const list = settings.get('version_locations')
  const versions =
    list === undefined || list === ''
      ? [join(scriptLocation, 'versions')]
      : splitLocations(list, settings).map(place).map(inside)
  const missing = versions.find((folder) => !existsSync(folder))
  if (missing !== undefined) {
    throw new MigError('no-alembic-project', `${ini} names the folder ${missing}, which is not there`, {
      help: 'correct script_location or version_locations in alembic.ini, or give the folder itself',
      place: { file: ini },
    })
  }
  const added = (settings.get('prepend_sys_path') ?? '').split(/[\s,:;]+/).filter((part) => part !== '')
  // A module elsewhere counts as unknown; --python-path names folders that may be read.
  const paths = added.map(place).filter((folder) => isInside(here, folder))
  return {
    versions,
    scriptLocation,
    given: here,
    importedFrom: importFolders(scriptLocation, here, ...paths),
  }
}

/**
 * A folder that the settings name. Alembic takes it from where it is run, which need not be where the settings stand:
 * the first of their folder, its `src` and the folders above that has it, rather inside of their folder.
 */
function locate(here: string, path: string): string {
  const above = [here, join(here, 'src')]
  for (let at = dirname(here); at !== dirname(at); at = dirname(at)) above.push(at)
  const there = above.map((folder) => resolve(folder, path)).filter((folder) => existsSync(folder))
  return there.find((folder) => isInside(here, folder)) ?? there[0] ?? resolve(here, path)
}

/** `version_locations` is split as `path_separator` or `version_path_separator` says (Alembic, "alembic.ini"). */
function splitLocations(list: string, settings: ReadonlyMap<string, string>): readonly string[] {
  const named = settings.get('path_separator') ?? settings.get('version_path_separator')
  const separators: Readonly<Record<string, string>> = {
    os: delimiter,
    space: ' ',
    newline: '\n',
    ':': ':',
    ';': ';',
  }
  const separator = named === undefined ? undefined : separators[named]
  return list
    .split(separator ?? /[\s,]+/)
    .map((part) => part.trim())
    .filter((part) => part !== '')
}

/** The keys of one section of an INI file; a value may go on in indented lines. */
function iniSection(text: string, section: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>()
  let inside = false
  let key = ''
  for (const line of text.split(/\r?\n/)) {
    const head = /^\[([^\]]+)\]/.exec(line)
    if (head !== null) inside = head[1] === section
    if (!inside || head !== null || /^\s*[#;]/.test(line)) continue
    const pair = /^([^\s=:][^=:]*?)\s*[=:]\s*(.*)$/.exec(line)
    if (pair !== null) {
      key = pair[1] ?? ''
      values.set(key, plainSetting(pair[2] ?? ''))
    } else if (/^\s+\S/.test(line) && key !== '')
      values.set(key, `${values.get(key) ?? ''}\n${plainSetting(line)}`.trim())
  }
  return values
}

/** A value without a comment behind it, nor the quotes and brackets of `pyproject.toml`. */
function plainSetting(value: string): string {
  return value
    .replace(/(^|\s+)[#;].*$/, '')
    .replace(/["'[\],]/g, ' ')
    .trim()
}

function pythonFiles(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.py') && !/(^|[\\/])(__pycache__|__init__\.py)/.test(name))
    .sort()
    .map((name) => join(folder, name))
}

export interface AlembicImport {
  readonly folders: AlembicFolders
  /** Alembic's own SQL, for what the files alone do not tell. */
  readonly offline: OfflineSql
  /** Shortens a path for messages. */
  readonly show: (path: string) => string
  /** More folders that modules are imported from: `site-packages` of the project, say. */
  readonly pythonPath?: readonly string[]
}

/**
 * Reads all revisions of an Alembic project. A body with something that could not be converted is taken whole from
 * `offline` where that has it.
 * @throws MigError `bad-python`, `bad-alembic-revision`, `no-alembic-project` when no file has a revision.
 */
export function readAlembicProject({
  folders,
  offline,
  show,
  pythonPath = [],
}: AlembicImport): ImportedHistory {
  const modules = pythonModules([...folders.importedFrom, ...pythonPath])
  const naming = namingConvention(environmentScope(folders, modules))
  const files = folders.versions.flatMap(pythonFiles)
  const revisions = files.flatMap((file): ImportedRevision[] => {
    checkInside(folders.given, file, file)
    const place = { path: file, readable: folders.given }
    const read = readAlembicRevision(readFileSync(file, 'utf8'), show(file), modules, naming, place)
    if (read === undefined) return []
    const message = read.message === '' ? messageOfName(file) : read.message
    return [{ ...withOffline(read, offline), message }]
  })
  if (revisions.length === 0) throw noProject(folders.versions.map(show).join(', '))
  return { tool: 'alembic', revisions: withTypesOnce(inOrder(revisions)) }
}

/** What `env.py` defines; nothing where there is none. */
export function environmentScope({ scriptLocation }: AlembicFolders, modules: Modules): Scope {
  const file = scriptLocation === undefined ? undefined : join(scriptLocation, 'env.py')
  if (file === undefined || !existsSync(file)) return emptyScope()
  const { statements } = readPython(readFileSync(file, 'utf8'), file)
  return moduleScope(statements, { name: '', home: '', modules })
}

function messageOfName(file: string): string {
  return basename(file, '.py')
    .replace(/^[0-9a-f]{6,}_/, '')
    .replaceAll('_', ' ')
}

function withOffline(revision: ImportedRevision, offline: OfflineSql): ImportedRevision {
  const body = (direction: 'upgrade' | 'downgrade') => {
    const parts = revision[direction] ?? []
    const isWhole = !JSON.stringify(parts).includes('"kind":"unconverted"')
    return isWhole ? parts : (offline.get(`${direction} ${revision.revision}`) ?? parts)
  }
  return { ...revision, upgrade: body('upgrade'), downgrade: body('downgrade') }
}

/** Parents before children, otherwise by time and then as the files come. */
function inOrder(revisions: readonly ImportedRevision[]): readonly ImportedRevision[] {
  const byId = new Map(revisions.map((revision) => [revision.revision, revision]))
  const sorted = [...revisions].sort((a, b) => (a.createdAt ?? '').localeCompare(b.createdAt ?? ''))
  const placed = new Set<ImportedRevision>()
  for (const first of sorted) {
    // A walk with a stack of its own: a history may be thousands of revisions deep.
    const stack = [first]
    for (let revision = stack.at(-1); revision !== undefined; revision = stack.at(-1)) {
      const open = needsOf(revision)
        .map((id) => byId.get(id))
        .find((need) => need !== undefined && !placed.has(need) && !stack.includes(need))
      if (open !== undefined) stack.push(open)
      else placed.add(stack.pop() ?? revision)
    }
  }
  return [...placed]
}

/** The ids that a revision comes after. */
export function needsOf({ downRevision, dependsOn }: ImportedRevision): readonly string[] {
  const parents =
    downRevision === null ? [] : typeof downRevision === 'string' ? [downRevision] : downRevision
  return [...parents, ...dependsOn]
}
