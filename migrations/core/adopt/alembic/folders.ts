import { existsSync, readdirSync, statSync } from 'node:fs'
import { delimiter, dirname, join, resolve } from 'node:path'
import { exitCodes, MigError } from '../../errors.ts'
import { readSource } from '../../source-file.ts'
import { checkInside, isInside } from '../project-files.ts'

/** Where an Alembic project keeps what an import needs. */
export interface AlembicFolders {
  readonly versions: readonly string[]
  /** The folder with `env.py`, when it was found. */
  readonly scriptLocation: string | undefined
  /** The folder that was given. */
  readonly given: string
  /** The folder that Alembic is run in, from which its settings count. */
  readonly cwd: string
  readonly ini: string | null
  readonly toml: string | null
  readonly section: string
  /** The script folder where no settings name it. */
  readonly override: string | null
  /** There is no env.py. */
  readonly bare: boolean
  /** env.py asks Flask for its settings, as Flask-Migrate's does. */
  readonly flask: boolean
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
  const inPyproject = existsSync(pyproject) && /^\[tool\.alembic\]/m.test(readSource(pyproject))
  // A project may have both: then the folders stand in pyproject.toml (Alembic 1.16, "Using pyproject.toml").
  const isIni = existsSync(ini) && !(inPyproject && !/^\s*script_location\s*[=:]/m.test(readSource(ini)))
  if (isIni) return foldersOfIni(ini, sectionOf(ini, section), path)
  if (inPyproject) return foldersOfIni(pyproject, 'tool.alembic', path)
  if (existsSync(join(at, 'versions'))) return withoutSettings([join(at, 'versions')], at, at)
  const hasScripts = existsSync(at) && statSync(at).isDirectory() && pythonFiles(at).length > 0
  if (hasScripts) {
    const above = existsSync(join(dirname(at), 'env.py')) ? dirname(at) : undefined
    return withoutSettings([at], at, above)
  }
  throw noProject(path)
}

function withoutSettings(
  versions: readonly string[],
  given: string,
  scripts: string | undefined,
): AlembicFolders {
  const bare = scripts === undefined || !existsSync(join(scripts, 'env.py'))
  // Alembic is usually run in the folder that holds the script folder.
  const cwd = bare ? given : dirname(scripts)
  const override = bare ? (versions[0] ?? given) : scripts
  return {
    ...{ versions, given, cwd, bare, override, ini: null, toml: null, section: 'alembic' },
    scriptLocation: bare ? undefined : scripts,
    flask: !bare && asksFlask(scripts),
  }
}

function asksFlask(scripts: string): boolean {
  const file = join(scripts, 'env.py')
  return existsSync(file) && /^\s*from flask import .*current_app/m.test(readSource(file))
}

export function noProject(path: string): MigError {
  return new MigError(
    'no-alembic-project',
    `${path} has neither alembic.ini, a versions folder nor revision files`,
    {
      help: 'give the folder with alembic.ini, or the one with versions/: just mig-import alembic DIR',
      place: { file: path },
    },
  )
}

/** The section of `alembic.ini` that has the settings. */
function sectionOf(ini: string, given: string | undefined): string {
  const text = readSource(ini)
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
  const text = readSource(ini)
  // What [DEFAULT] says holds for every section (Python, configparser).
  const settings = new Map([...iniSection(text, 'DEFAULT'), ...iniSection(text, section)])
  const place = (text: string) => locate(here, text.replaceAll('%(here)s', here).trim()).path
  const inside = (folder: string) => {
    checkInside(here, folder, ini)
    return folder
  }
  // Flask-Migrate keeps alembic.ini in the script folder itself, without naming it.
  const location =
    settings.get('script_location') ?? (existsSync(join(here, 'versions')) ? '%(here)s' : undefined)
  if (location === undefined) throw noProject(path)
  // `package:folder` names a folder inside a Python package.
  const named =
    location.includes(':') && !location.startsWith('%') ? location.replaceAll(/[:.]/g, '/') : location
  const found = locate(here, named.replaceAll('%(here)s', here).trim())
  const scriptLocation = inside(found.path)
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
  const isToml = ini.endsWith('.toml')
  const flask = asksFlask(scriptLocation)
  return {
    ...{ versions, scriptLocation, given: here, flask, bare: !existsSync(join(scriptLocation, 'env.py')) },
    ...{ ini: isToml ? null : ini, toml: isToml ? ini : null, section: isToml ? 'alembic' : section },
    override: settings.has('script_location') && !flask ? null : scriptLocation,
    // Flask finds its application from the folder above the script folder.
    cwd: flask && scriptLocation === here ? dirname(here) : found.from,
  }
}

/**
 * A folder that the settings name. Alembic takes it from where it is run, which need not be where the settings stand:
 * the first of their folder, its `src` and the folders above that has it, rather inside of their folder.
 */
function locate(here: string, path: string): { readonly path: string; readonly from: string } {
  const above = [here, join(here, 'src')]
  for (let at = dirname(here); at !== dirname(at); at = dirname(at)) above.push(at)
  const there = above.filter((folder) => existsSync(resolve(folder, path)))
  const from = there.find((folder) => isInside(here, resolve(folder, path))) ?? there[0] ?? here
  return { path: resolve(from, path), from }
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

/** A value without a comment after it, nor the quotes and brackets of `pyproject.toml`. */
function plainSetting(value: string): string {
  return value
    .replace(/(^|\s+)[#;].*$/, '')
    .replace(/["'[\],]/g, ' ')
    .trim()
}

/** The Python files of a folder and those below it, in the order of their names. */
export function pythonFiles(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.py') && !/(^|[\\/])(__pycache__|__init__\.py)/.test(name))
    .sort()
    .map((name) => join(folder, name))
}
