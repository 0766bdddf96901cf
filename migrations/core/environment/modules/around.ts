import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { type Inputs, seenInputs } from './inputs.ts'

/**
 * What a bundle follows from: its files, and what decided where each import leads, which is what a folder holds,
 * package.json, tsconfig.json with those that it extends, and the packages that are installed.
 * @param inside the files in the bundle
 */
export function bundleInputs(inside: readonly string[]): Inputs {
  const files = new Set(inside)
  const folders = new Set<string>()
  const seen = new Set<string>()
  for (const file of inside) {
    const top = projectFolder(dirname(file))
    for (let folder = dirname(file); !seen.has(folder); folder = dirname(folder)) {
      seen.add(folder)
      for (const name of installed) files.add(join(folder, name))
      folders.add(join(folder, 'node_modules'))
      if (folder.length < top.length) continue
      folders.add(folder)
      files.add(join(folder, 'package.json'))
      for (const path of configs(join(folder, 'tsconfig.json'))) files.add(path)
    }
  }
  return seenInputs({ files, folders })
}

/** What npm, pnpm and yarn write on every installation. */
const installed = [
  'node_modules/.package-lock.json',
  'node_modules/.modules.yaml',
  'node_modules/.yarn-state.yml',
  '.pnp.cjs',
]

/** The outermost folder with a package.json: that of a workspace, not that of one of its packages. */
function projectFolder(start: string): string {
  let found = start
  for (let folder = start; dirname(folder) !== folder; folder = dirname(folder))
    if (existsSync(join(folder, 'package.json'))) found = folder
  return found
}

/** A tsconfig and all that it extends, whether they are there or not. */
function configs(path: string, before: ReadonlySet<string> = new Set()): readonly string[] {
  if (before.has(path) || !existsSync(path)) return [path]
  const known = new Set([...before, path])
  return [path, ...extended(path).flatMap((each) => configs(each, known))]
}

/** JSON with comments: the one setting that counts here is found by its name. */
function extended(path: string): readonly string[] {
  const text = readFileSync(path, 'utf8').replace(/^[ \t]*\/\/.*$/gm, '')
  const setting = /"extends"\s*:\s*("[^"]*"|\[[^\]]*\])/.exec(text)?.[1] ?? ''
  return [...setting.matchAll(/"([^"]+)"/g)].flatMap(([, name = '']) => {
    if (!/^\.{0,2}\//.test(name)) return resolvedConfig(path, name)
    const file = resolve(dirname(path), name)
    return [file, `${file}.json`]
  })
}

function resolvedConfig(from: string, name: string): readonly string[] {
  const { resolve: find } = createRequire(from)
  for (const each of [name, `${name}.json`, `${name}/tsconfig.json`]) {
    try {
      return [find(each)]
    } catch {
      // A package may not export its tsconfig under every name; esbuild tells when none is found.
    }
  }
  return []
}
