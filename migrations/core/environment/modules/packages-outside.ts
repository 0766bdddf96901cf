import { existsSync, readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { OnResolveArgs, OnResolveResult, Plugin } from 'esbuild'

/** The namespace of CommonJS packages, which a bundle takes by `require`. */
const commonJs = 'commonjs-package'

/** The namespace of packages that only mark where a module may be used. */
const marker = 'marker-package'

/** Packages that throw when they are imported outside of a framework's own bundle, and do nothing else. */
const markers = new Set(['server-only', 'client-only'])

/** What a project need not install, since this package brings it. */
const brought = /^drizzle-orm(\/|$)/

const ownFolder = dirname(fileURLToPath(import.meta.url))

/** Passed on with a question to esbuild's own resolution, so that it is not asked again here. */
const asked = { asked: true }

/**
 * An esbuild plugin that leaves the JavaScript of packages outside of a bundle, by their absolute place: each is found
 * from the file that imports it, and wherever the bundle stands. What a workspace links to, and packages that are
 * TypeScript, are bundled.
 * @param found is told each file that stays outside
 */
export function packagesOutside(found: (path: string) => void): Plugin {
  return {
    name: 'packages-outside',
    setup(build) {
      build.onResolve({ filter: /.*/ }, async (args): Promise<OnResolveResult | undefined> => {
        if (args.kind === 'entry-point' || args.pluginData === asked) return undefined
        if (args.namespace === commonJs) return { path: args.path, external: true }
        if (isBuiltin(args.path)) return { path: args.path, external: true }
        if (markers.has(args.path)) return { path: args.path, namespace: marker }
        if (isOwnFile(args)) return undefined
        const { kind, importer, resolveDir, namespace } = args
        const resolveFrom = (folder: string) =>
          build.resolve(args.path, { kind, importer, resolveDir: folder, namespace, pluginData: asked })
        let file = await resolveFrom(resolveDir)
        if (file.errors.length > 0 && brought.test(args.path)) file = await resolveFrom(ownFolder)
        // What esbuild resolves itself goes by the tsconfig that it stands under; it also tells best what is missing.
        const isOutside = file.errors.length === 0 && file.namespace === 'file' && isPackageScript(file.path)
        if (!isOutside || file.external) return undefined
        found(file.path)
        return outside(file.path, kind)
      })
      build.onLoad({ filter: /.*/, namespace: commonJs }, ({ path }) => ({
        contents: `module.exports = require(${JSON.stringify(path)})`,
        loader: 'js',
        resolveDir: dirname(path),
      }))
      build.onLoad({ filter: /.*/, namespace: marker }, () => ({ contents: '', loader: 'js' }))
    },
  }
}

/** A relative import from no package to none: what esbuild is asked costs milliseconds, which is much for large projects. */
function isOwnFile({ path, importer }: OnResolveArgs): boolean {
  return /^\.{1,2}[\\/]/.test(path) && !/node_modules/.test(path) && !/node_modules/.test(importer)
}

/** Whether a file is a package's own JavaScript. esbuild gives real paths, so that a linked workspace is not. */
function isPackageScript(path: string): boolean {
  return /[\\/]node_modules[\\/]/.test(path) && /\.([cm]?js|node)$/.test(path)
}

/**
 * A CommonJS package is taken by `require`, since Node offers an `import` only those of its names that it can guess
 * (Node's manual, "CommonJS Namespaces").
 */
function outside(path: string, kind: OnResolveArgs['kind']): OnResolveResult {
  if (kind === 'require-call' || kind === 'require-resolve') return { path, external: true }
  return isEsModule(path) ? { path: pathToFileURL(path).href, external: true } : { path, namespace: commonJs }
}

function isEsModule(path: string): boolean {
  if (/\.(cjs|node)$/.test(path)) return false
  return path.endsWith('.mjs') || manifestOf(path)?.type === 'module'
}

/** What the nearest package.json says of a file. */
export function manifestOf(
  path: string,
): { readonly name?: unknown; readonly version?: unknown; readonly type?: unknown } | undefined {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const manifest = join(folder, 'package.json')
    if (existsSync(manifest)) return JSON.parse(readFileSync(manifest, 'utf8')) as Record<string, unknown>
    if (dirname(folder) === folder) return undefined
  }
}
