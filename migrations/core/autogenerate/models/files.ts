import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { loadModule } from '../../environment/index.ts'
import { MigError } from '../../errors.ts'
import { splitStatements } from '../../postgres/index.ts'
import { seedNames } from '../../scratch/rows/index.ts'
import { drizzleStatements, isDrizzle } from './drizzle.ts'

/** One statement of a model, and where it stands. */
export interface ModelStatement {
  readonly sql: string
  readonly file: string
  /** 1-based; undefined for what a TypeScript file builds. */
  readonly line: number | undefined
}

export interface ModelFile {
  readonly path: string
  /** The first part of its path below the models, without its ending: the schema key of a tenant line, where it is one. */
  readonly folder: string | undefined
  readonly statements: readonly ModelStatement[]
}

/**
 * Reads every model file: `.sql` is plain DDL (what `pg_dump --schema-only` writes, too); a `.ts`, `.mts` or
 * `.js` file exports Drizzle objects, SQL strings, or lists of SQL strings, by any name.
 * @throws MigError `no-models` when there is no model file, `empty-model` for a module that exports none of
 *   these, `bad-module` when a module does not load.
 */
export async function readModelFiles(dir: string, cacheDir: string): Promise<readonly ModelFile[]> {
  const paths = modelPaths(dir)
  if (paths.length === 0) {
    throw new MigError('no-models', `${dir} holds no model file`, {
      help: 'write the wanted tables as models/<key>.sql or models/<key>.ts; an empty .sql file says that nothing is wanted',
      facts: { dir },
    })
  }
  const files: ModelFile[] = []
  for (const path of paths) {
    const parts = relative(dir, path).split(sep)
    // `models/tenant.sql` and `models/tenant/billing.sql` are both of `tenant`.
    const folder = parts[0]?.replace(/\.[^.]+$/, '')
    const statements = path.endsWith('.sql') ? sqlStatements(path) : await moduleStatements(path, cacheDir)
    files.push({ path, folder, statements })
  }
  return files
}

const seeds: ReadonlySet<string> = new Set(seedNames)

/** The model files of a folder, in the order of their names. Declaration files, dot files and a seed are none. */
export function modelPaths(dir: string): readonly string[] {
  return readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(sql|[cm]?ts|[cm]?js)$/.test(name) && !/\.d\.[cm]?ts$/.test(name))
    .filter((name) => !name.split(sep).some((part) => part.startsWith('.')) && !seeds.has(name))
    .sort()
    .map((name) => join(dir, name))
}

function sqlStatements(path: string): readonly ModelStatement[] {
  const text = readFileSync(path, 'utf8')
  let line = 1
  let counted = 0
  return splitStatements(text).map(({ text: sql, start }) => {
    // From where the statement before stands, since a dump may have tens of thousands.
    line += text.slice(counted, start).split('\n').length - 1
    counted = start
    return { sql, file: path, line }
  })
}

async function moduleStatements(path: string, cacheDir: string): Promise<readonly ModelStatement[]> {
  const exported = await loadModule(path, cacheDir)
  const statements: ModelStatement[] = []
  const drizzle: Record<string, unknown> = {}
  let known = 0
  for (const [name, value] of Object.entries(exported)) {
    if (isDrizzle(value)) {
      drizzle[name] = value
      known += 1
      continue
    }
    const texts = typeof value === 'string' ? [value] : isTextList(value) ? value : undefined
    if (texts === undefined) continue
    known += 1
    for (const text of texts) {
      for (const { text: sql } of splitStatements(text)) statements.push({ sql, file: path, line: undefined })
    }
  }
  if (known === 0) {
    throw new MigError('empty-model', `${path} exports no Drizzle object and no SQL text`, {
      help: 'export the tables (export const profile = …) or SQL strings; helpers that are no models belong outside the models folder',
      place: { file: path },
    })
  }
  const generated = Object.keys(drizzle).length === 0 ? [] : await drizzleStatements(drizzle)
  return [...generated.map((sql) => ({ sql, file: path, line: undefined })), ...statements]
}

function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'string')
}
