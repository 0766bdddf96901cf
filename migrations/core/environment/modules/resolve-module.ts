import { join } from 'node:path'
import type { BuildOptions, Plugin } from 'esbuild'
import { usingEsbuild } from './esbuild.ts'

/**
 * The file that an import of a specifier leads to from a folder, by packages, workspaces and aliases of the tsconfig;
 * undefined where it leads nowhere.
 */
export async function resolveModule(specifier: string, folder: string): Promise<string | undefined> {
  let found: string | undefined
  const asked = { asked: true }
  const resolveOnly: Plugin = {
    name: 'resolve-only',
    setup(building) {
      building.onResolve({ filter: /.*/ }, async ({ path, pluginData }) => {
        if (pluginData === asked) return undefined
        const options = { kind: 'import-statement', resolveDir: folder, pluginData: asked } as const
        const file = await building.resolve(path, options)
        if (file.errors.length === 0 && file.namespace === 'file' && !file.external) found = file.path
        return { path, external: true }
      })
    },
  }
  const options = {
    stdin: {
      contents: `import ${JSON.stringify(specifier)}`,
      resolveDir: folder,
      sourcefile: join(folder, 'env.ts'),
      loader: 'ts',
    },
    bundle: true,
    write: false,
    platform: 'node',
    conditions: ['node'],
    logLevel: 'silent',
    plugins: [resolveOnly],
  } satisfies BuildOptions
  await usingEsbuild(({ build }) => build(options))
  return found
}
