import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Script } from 'node:vm'
import { MigError } from '../errors.ts'

type Exports = Readonly<Record<string, unknown>>

/**
 * Imports a TypeScript or JavaScript file of the user: env.ts, a revision, a model.
 * Node 22.18 and newer strip the types themselves; for older ones the file goes through esbuild, and the
 * result is kept in `cacheDir` under the hash of its content, so that a changed file is never taken for an
 * old one. A file with run-time imports of other files is bundled with them each time.
 * @throws MigError `bad-module`, with file, line and column, when it does not parse or fails while it loads.
 */
export async function loadModule(file: string, cacheDir: string): Promise<Exports> {
  const strips = 'typescript' in process.features && process.features.typescript !== false
  try {
    return strips ? await import(versionedUrl(file)) : await loadCompiled(file, cacheDir)
  } catch (cause) {
    throw moduleError(file, cause)
  }
}

function versionedUrl(file: string): string {
  const url = pathToFileURL(file)
  // A process that lives on (a test, a watcher) must see an edited file.
  url.searchParams.set('v', String(statSync(file, { bigint: true }).mtimeNs))
  return url.href
}

async function loadCompiled(file: string, cacheDir: string): Promise<Exports> {
  const source = readFileSync(file, 'utf8')
  const key = createHash('sha256').update(`2\0${file}\0${source}`).digest('hex').slice(0, 32)
  const kept = join(cacheDir, `${key}.cjs`)
  const known = textOf(kept)
  if (known !== undefined) return run(known, kept)
  const { build, transform } = await import('esbuild')
  const place = {
    'import.meta.url': JSON.stringify(pathToFileURL(file).href),
    'import.meta.filename': JSON.stringify(file),
    'import.meta.dirname': JSON.stringify(dirname(file)),
  }
  const options = { format: 'esm', target: 'node20', define: place, logLevel: 'silent' } as const
  const alone = await transform(source, { ...options, loader: 'ts', sourcefile: file })
  const script = standsAlone(alone.code) ? await asScript(alone.code, transform) : undefined
  if (script !== undefined) {
    write(kept, script)
    return run(script, kept)
  }
  const bundle = {
    ...options,
    ...({ bundle: true, platform: 'node', write: false } as const),
    entryPoints: [file],
  }
  const whole = await build({ ...bundle, packages: 'external' })
  const code = whole.outputFiles[0]?.text ?? ''
  // What it imports may change while the file stays: kept under the hash of the whole.
  const hash = createHash('sha256').update(code).digest('hex').slice(0, 32)
  const path = join(cacheDir, `${basename(file)}-${hash}.mjs`)
  if (write(path, code)) return import(pathToFileURL(path).href)
  const { absoluteImports } = await import('./absolute-imports.ts')
  const inMemory = await build({ ...bundle, plugins: [absoluteImports] })
  return import(dataUrl(inMemory.outputFiles[0]?.text ?? ''))
}

/** Whether a module imports nothing: then it need not take the way through Node's module loader, which is long. */
function standsAlone(code: string): boolean {
  return !/\bimport\b|^export\b.*\bfrom\b/m.test(code)
}

/** A module as a script; undefined when it cannot be one, since it has an `await` outside of functions. */
async function asScript(
  code: string,
  transform: typeof import('esbuild').transform,
): Promise<string | undefined> {
  try {
    return (await transform(code, { format: 'cjs', target: 'node20', logLevel: 'silent' })).code
  } catch {
    // It has been parsed as a module before, so the format is all that it can fail for.
    return undefined
  }
}

function run(code: string, path: string): Exports {
  const module = { exports: {} }
  const body = new Script(`'use strict';((exports, module) => {${code}\n})`, { filename: path })
  body.runInThisContext()(module.exports, module)
  return module.exports
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

/** False where nothing can be written. */
function write(path: string, code: string): boolean {
  try {
    mkdirSync(dirname(path), { recursive: true })
    const draft = `${path}.${process.pid}`
    writeFileSync(draft, code)
    renameSync(draft, path)
    return true
  } catch (error) {
    if (!isReadOnly(error)) throw error
    return false
  }
}

function dataUrl(code: string): string {
  return `data:text/javascript;base64,${Buffer.from(code).toString('base64')}`
}

function isReadOnly(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return code === 'EROFS' || code === 'EACCES' || code === 'EPERM' || code === 'ENOENT'
}

interface CompileMessage {
  readonly text: string
  readonly location: { readonly line: number; readonly column: number; readonly lineText: string } | null
}

function moduleError(file: string, cause: unknown): MigError {
  if (cause instanceof MigError) return cause
  const errors =
    cause instanceof Error && 'errors' in cause && Array.isArray(cause.errors) ? cause.errors : []
  const first = errors[0] as CompileMessage | undefined
  const message = first?.text ?? (cause instanceof Error ? cause.message : String(cause))
  const at = first?.location
  return new MigError('bad-module', `${file} does not load: ${message}`, {
    help: 'mend the file; npx tsc --noEmit shows type errors too',
    place: {
      file,
      ...(at ? { line: at.line, column: at.column + 1, statement: at.lineText, position: at.column } : {}),
    },
    cause,
  })
}
