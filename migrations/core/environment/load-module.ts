import { createHash } from 'node:crypto'
import { basename, dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Script } from 'node:vm'
import { readSource } from '../source-file.ts'
import { packageFiles } from './modules/bundle.ts'
import { usingEsbuild } from './modules/esbuild.ts'
import { changedSince, type Inputs, mergedInputs, seenInputs } from './modules/inputs.ts'
import { keep, readKept } from './modules/kept-file.ts'
import { bundled, type Exports, evaluated } from './modules/load-modules.ts'
import { moduleError } from './modules/module-error.ts'
import { type Stopped, watch } from './modules/watch.ts'

/**
 * Imports a TypeScript or JavaScript file of the user: env.ts, a revision, a seed. It loads the same on every Node: esbuild
 * bundles it with what it imports, by the project's own tsconfig, and packages are taken as they are installed. The result
 * is kept in `cacheDir`, and used again only while no file of it has changed.
 * @throws MigError `bad-module`, with file, line and column, when it does not parse or fails while it loads.
 */
export async function loadModule(file: string, cacheDir: string): Promise<Exports> {
  const script = await aloneScript(file, cacheDir)
  try {
    if (script !== undefined) return run(script.code, script.path)
    const all = await evaluated([file], await bundled([file], cacheDir))
    return all.get(file) ?? {}
  } catch (cause) {
    throw moduleError(file, cause)
  }
}

/**
 * Compiles TypeScript files in one call of esbuild, for `loadModule` to find them compiled; those that import something
 * are left to it, and all of them where one has a mistake, which it tells with its place.
 * @throws MigError `no-esbuild`
 */
export async function compileTogether(files: readonly string[], cacheDir: string): Promise<void> {
  const sources = files.flatMap((file) => {
    const source = readSource(file)
    const path = compiledPath(file, source, cacheDir)
    const isForBundle = path === undefined || /\bimport\.meta\b/.test(source) || readKept(path) !== undefined
    return isForBundle ? [] : [{ file, source, path }]
  })
  if (sources.length < 2) return
  const made = await usingEsbuild(({ build }) =>
    build({
      entryPoints: sources.map(({ file, path }) => ({ in: file, out: basename(path, '.cjs') })),
      ...{ outdir: cacheDir, write: false, outExtension: { '.js': '.cjs' } },
      ...{ format: 'cjs', target: 'node20', tsconfigRaw: '{}', logLevel: 'silent' },
    }),
  ).catch((error: unknown) => {
    if (error instanceof Error && 'errors' in error) return undefined
    throw error
  })
  const codes = new Map(made?.outputFiles.map(({ path, text }) => [path, text]))
  for (const { file, source, path } of sources) {
    const code = codes.get(path)
    // esbuild has read the file after us.
    if (code !== undefined && readSource(file) === source) keep(path, standsAlone(code) ? code : '')
  }
}

/** Modules that only describe something, and what was seen of them. */
export interface Described {
  readonly exports: ReadonlyMap<string, Exports>
  /** What they follow from; undefined where that cannot be known. */
  readonly inputs: Inputs | undefined
  /** Connections and servers that they began, and that came to nothing. */
  readonly stopped: readonly Stopped[]
  /** For each file of the project, those that import it. */
  readonly importedBy: Readonly<Record<string, readonly string[]>>
  /** Files of packages that they import. */
  readonly packages: readonly string[]
  /** Files of the project that they are made of, each after those that it imports. */
  readonly files: readonly string[]
}

/**
 * Imports modules to read what they describe. A file that several import is evaluated once, so that they share its
 * objects. What they read is recorded, and what they connect to comes to nothing.
 * @param standIn the value of a variable that is not set
 * @throws MigError `bad-module`, `model-connects`, `model-exits`
 */
export async function loadDescriptions(
  files: readonly string[],
  cacheDir: string,
  standIn?: (name: string) => string | undefined,
): Promise<Described> {
  const began = Date.now()
  const made = await bundled(files, cacheDir)
  const { value, watched } = await watch(() => evaluated(files, made), standIn)
  const outside = watched.isUnknown ? undefined : await packageFiles(made.outside)
  const readFiles = [...watched.files].filter((path) => !path.startsWith(cacheDir))
  const read =
    outside === undefined
      ? undefined
      : seenInputs({ files: [...outside, ...manifests(outside), ...readFiles], variables: watched.variables })
  const inputs = read === undefined ? undefined : mergedInputs([made.inputs, read])
  return {
    exports: value,
    inputs: inputs === undefined || changedSince(inputs, began) ? undefined : inputs,
    stopped: watched.stopped,
    importedBy: made.importedBy,
    packages: made.outside,
    files: made.inside,
  }
}

/** The package.json of each folder of packages: which file an import leads to stands in it. */
function manifests(files: readonly string[]): readonly string[] {
  const folders = new Set(
    files.map((file) => /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(file)?.[0]),
  )
  return [...folders].flatMap((folder) => (folder === undefined ? [] : [join(folder, 'package.json')]))
}

/** A file that imports nothing, as a script, which need not take the way through Node's module loader, which is long. */
async function aloneScript(
  file: string,
  cacheDir: string,
): Promise<{ readonly code: string; readonly path: string } | undefined> {
  const source = readSource(file)
  const path = compiledPath(file, source, cacheDir)
  if (path === undefined) return undefined
  const kept = readKept(path)
  if (kept !== undefined) return kept === '' ? undefined : { code: kept, path }
  const code = (await scriptOf(file, source)) ?? ''
  keep(path, code)
  return code === '' ? undefined : { code, path }
}

/** Where a file is kept compiled; undefined for one that is compiled as the tsconfig says, for its decorators. */
function compiledPath(file: string, source: string, cacheDir: string): string | undefined {
  if (!/\.[cm]?[jt]s$/.test(file) || /^[ \t]*@\w/m.test(source)) return undefined
  const key = createHash('sha256').update(`3\0${file}\0${source}`).digest('hex').slice(0, 32)
  return join(cacheDir, `${key}.cjs`)
}

async function scriptOf(file: string, source: string): Promise<string | undefined> {
  const define = {
    'import.meta.url': JSON.stringify(pathToFileURL(file).href),
    'import.meta.filename': JSON.stringify(file),
    'import.meta.dirname': JSON.stringify(dirname(file)),
  }
  const options = { target: 'node20', define, logLevel: 'silent' } as const
  try {
    return await usingEsbuild(async ({ transform }) => {
      const alone = await transform(source, { ...options, format: 'esm', loader: 'ts', sourcefile: file })
      if (!standsAlone(alone.code)) return undefined
      return (await transform(alone.code, { ...options, format: 'cjs' })).code
    })
  } catch (error) {
    // A mistake is told by the bundle with its place; else it has an `await` outside of functions, which no script has.
    if (error instanceof Error && 'errors' in error) return undefined
    throw error
  }
}

/** What esbuild writes after a CommonJS module, which names `import`. */
const annotation = '// Annotate the CommonJS export names for ESM import in node:'

/** Whether a module imports nothing. */
function standsAlone(text: string): boolean {
  const code = text.replace(annotation, '')
  return !/\bimport\b|^export\b.*\bfrom\b|\brequire\b|\b__(dir|file)name\b/m.test(code)
}

function run(code: string, path: string): Exports {
  const module = { exports: {} }
  const body = new Script(`'use strict';((exports, module) => {${code}\n})`, { filename: path })
  body.runInThisContext()(module.exports, module)
  return module.exports
}
