import { readFileSync } from 'node:fs'
import { dirname, isAbsolute, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { BuildOptions, Loader, Metafile, Plugin } from 'esbuild'
import { usingEsbuild } from './esbuild.ts'
import { packagesOutside } from './packages-outside.ts'

/** Modules as one, and what went into it. */
export interface Bundle {
  readonly code: string
  /** Absolute paths of the files in it, each after those that it imports, but for those that import each other. */
  readonly inside: readonly string[]
  /** Absolute paths of the files of packages that it imports. */
  readonly outside: readonly string[]
  /** For each file in it, those in it that import it. */
  readonly importedBy: ReadonlyMap<string, ReadonlySet<string>>
}

/** What the list of the modules is called where a bundle says where something came from. */
export const listOfModules = 'just-mig:modules'

/** Files that an application's bundler takes and a database does not care for. */
const assets = ['css', 'scss', 'less', 'svg', 'png', 'jpg', 'jpeg', 'gif', 'webp', 'ico', 'woff', 'woff2']
const texts = ['sql', 'txt', 'md', 'html', 'graphql', 'gql', 'prisma']

const shared = {
  bundle: true,
  write: false,
  metafile: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  logLevel: 'silent',
  // Without a list of conditions esbuild adds `module`, which Node does not know.
  conditions: ['node'],
  // `preserve`, as Next.js has it, leaves what no JavaScript engine reads.
  jsx: 'automatic',
  // An ORM may go by the name of a class.
  keepNames: true,
  loader: {
    ...Object.fromEntries(assets.map((ending) => [`.${ending}`, 'empty' as const])),
    ...Object.fromEntries(texts.map((ending) => [`.${ending}`, 'text' as const])),
  },
  absWorkingDir: process.cwd(),
} satisfies BuildOptions

/**
 * Bundles modules with what they import, each with the tsconfig that it stands under. The bundle exports the modules as
 * `m0`, `m1` and so on; a module that two of them import is in it once.
 * @throws esbuild's BuildFailure, with its places
 */
export async function bundle(files: readonly string[]): Promise<Bundle> {
  const outside = new Set<string>()
  const [first = ''] = files
  const options = {
    ...shared,
    stdin: {
      contents: files.map((file, at) => `export * as m${at} from ${JSON.stringify(file)}\n`).join(''),
      sourcefile: listOfModules,
      resolveDir: resolve(first, '..'),
    },
    outfile: resolve('/', 'bundle.mjs'),
    sourcemap: 'inline',
    sourcesContent: false,
    sourceRoot: 'file:///',
    banner: { js: requireFrom(first) },
    plugins: [packagesOutside((path) => outside.add(path)), ownPlace],
  } satisfies BuildOptions
  const result = await usingEsbuild(({ build }) => build(options))
  return {
    code: result.outputFiles[0]?.text ?? '',
    inside: inOrder(result.metafile),
    outside: [...outside],
    importedBy: importersIn(result.metafile),
  }
}

/** What CommonJS in a bundle requires by. Its imports have names that nobody else takes. */
function requireFrom(file: string): string {
  return `import { createRequire as __bundleRequire } from 'node:module'; const require = __bundleRequire(${JSON.stringify(pathToFileURL(file).href)});`
}

/**
 * All files of packages that modules of packages lead to, as far as a text can tell; undefined where a package does
 * not bundle, so that it is not known.
 */
export async function packageFiles(outside: readonly string[]): Promise<readonly string[] | undefined> {
  if (outside.length === 0) return []
  const options = {
    ...shared,
    loader: { ...shared.loader, '.node': 'empty', '.wasm': 'empty' },
    stdin: { contents: outside.map((file) => `import ${JSON.stringify(file)}\n`).join(''), resolveDir: '/' },
    plugins: [leaveMissing],
  } satisfies BuildOptions
  try {
    const { metafile } = await usingEsbuild(({ build }) => build(options))
    return insideOf(metafile)
  } catch (error) {
    if (error instanceof Error && 'errors' in error) return undefined
    throw error
  }
}

/** Optional packages are often not installed. esbuild is asked for packages alone: each question costs milliseconds. */
const leaveMissing: import('esbuild').Plugin = {
  name: 'leave-missing',
  setup(build) {
    build.onResolve({ filter: /^[^./]/ }, async ({ path, kind, importer, resolveDir, pluginData }) => {
      if (kind === 'entry-point' || pluginData === leaveMissing) return undefined
      const found = await build.resolve(path, { kind, importer, resolveDir, pluginData: leaveMissing })
      return found.errors.length > 0 ? { path, external: true } : found
    })
  },
}

function insideOf({ inputs }: Metafile): readonly string[] {
  return Object.keys(inputs).flatMap((path) => fileOf(path) ?? [])
}

function inOrder({ inputs }: Metafile): readonly string[] {
  const seen = new Set<string>()
  const ordered: string[] = []
  const visit = (path: string): void => {
    if (seen.has(path)) return
    seen.add(path)
    for (const { path: imported, external } of inputs[path]?.imports ?? [])
      if (external !== true) visit(imported)
    ordered.push(path)
  }
  visit(Object.keys(inputs).find((path) => path.endsWith(listOfModules)) ?? '')
  return ordered.flatMap((path) => fileOf(path) ?? [])
}

function importersIn({ inputs }: Metafile): ReadonlyMap<string, ReadonlySet<string>> {
  const importers = new Map<string, Set<string>>()
  for (const [from, { imports }] of Object.entries(inputs)) {
    const importer = fileOf(from)
    if (importer === undefined) continue
    for (const { path, external } of imports) {
      const file = external === true ? undefined : fileOf(path)
      if (file === undefined) continue
      importers.set(file, (importers.get(file) ?? new Set()).add(importer))
    }
  }
  return importers
}

/** The file of a metafile's path; undefined for what stands in no file: the list of modules, a package's name. */
function fileOf(path: string): string | undefined {
  if (path === '<stdin>' || /(^|[\\/])[\w-]{2,}:/.test(path)) return undefined
  return isAbsolute(path) ? path : resolve(shared.absWorkingDir, path)
}

const loaders: Readonly<Record<string, Loader>> = { ts: 'ts', mts: 'ts', cts: 'ts', tsx: 'tsx', jsx: 'jsx' }

/** An esbuild plugin after which each module still knows where it stands: `import.meta.url`, `__dirname` and the like. */
const ownPlace: Plugin = {
  name: 'own-place',
  setup(build) {
    build.onLoad({ filter: /\.[cm]?[jt]sx?$/, namespace: 'file' }, ({ path }) => {
      const text = readFileSync(path, 'utf8')
      if (!/\bimport\.meta\b|\b__(dir|file)name\b/.test(text)) return undefined
      const ending = /\.(\w+)$/.exec(path)?.[1] ?? ''
      return { contents: placed(text, path), loader: loaders[ending] ?? 'js' }
    })
  },
}

/** The text with what it asks for in place, on the same lines. */
function placed(text: string, path: string): string {
  const url = JSON.stringify(pathToFileURL(path).href)
  const [file, folder] = [JSON.stringify(path), JSON.stringify(dirname(path))]
  const body = text
    .replace(/\bimport\.meta\.url\b/g, url)
    .replace(/\bimport\.meta\.filename\b/g, file)
    .replace(/\bimport\.meta\.dirname\b/g, folder)
  if (text.startsWith('#!')) return body
  // A module that works them out itself declares them itself.
  const missing = [
    ['__dirname', folder],
    ['__filename', file],
  ].filter(
    ([name = '']) =>
      new RegExp(`\\b${name}\\b`).test(text) &&
      !new RegExp(`\\b(?:const|let|var)\\s[^;=]{0,500}\\b${name}\\b`).test(text),
  )
  return missing.map(([name, value]) => `var ${name} = ${value}; `).join('') + body
}
