import { pathToFileURL } from 'node:url'
import type { Plugin } from 'esbuild'

/**
 * An esbuild plugin that writes what a module imports from packages as `file:` URLs. A module without a file of its
 * own, in a `data:` URL, can import nothing else but Node's own modules (Node's manual, "data: imports"). The files
 * are those that Node itself would find, so that a package is not loaded twice.
 */
export const absoluteImports: Plugin = {
  name: 'absolute-imports',
  setup(build) {
    build.onResolve({ filter: /^[^./#]/ }, async ({ path, kind, resolveDir, pluginData }) => {
      if (kind === 'entry-point' || pluginData === absoluteImports) return undefined
      const found = await build.resolve(path, { kind, resolveDir, pluginData: absoluteImports })
      if (found.external || found.errors.length > 0) return found
      return { path: pathToFileURL(found.path).href, external: true }
    })
  },
}
