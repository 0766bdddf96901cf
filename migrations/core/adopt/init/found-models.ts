import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { Environment } from '../../environment/index.ts'
import { readSource } from '../../source-file.ts'
import { readDrizzleConfig } from '../../sources/index.ts'

/** Models that a project has already, and how env.ts says where. */
export interface FoundModels {
  /** For people: `Drizzle, drizzle.config.ts`. */
  readonly what: string
  /** The value of `models` in env.ts, as code. */
  readonly code: string
  /** The same, silent on some kinds of objects; missing where that is the tool's own to say. */
  readonly silentCode?: (kinds: readonly string[]) => string
  /** The function of the package that the code calls. */
  readonly imports?: string
  /** The schemas that the tool manages, where its settings say so. */
  readonly schemas?: readonly string[]
}

/**
 * Looks in a project folder for models, by its package.json and the settings of tools.
 * @param withSql also for an SQL schema, which may be a history to import
 */
export async function findModels(env: Environment, withSql: boolean): Promise<FoundModels | undefined> {
  const { root } = env
  if (!existsSync(root)) return undefined
  return (
    (await drizzleModels(env)) ??
    prismaModels(env) ??
    mikroOrmModels(root) ??
    typeormModels(root) ??
    (withSql ? sqlModels(env) : undefined)
  )
}

/** Kinds that Drizzle has no words for. */
const unknownToDrizzle = [
  'function',
  'procedure',
  'aggregate',
  'trigger',
  'rule',
  'domain',
  'statistics object',
]

async function drizzleModels({ root, dir, cacheDir }: Environment): Promise<FoundModels | undefined> {
  const config = await readDrizzleConfig(root, cacheDir)
  if (config === undefined || config.schema.length === 0) return undefined
  const places = config.schema.map((path) => literal(fromEnvironment(dir, join(root, path))))
  const listed = (codes: readonly string[]) => (codes.length === 1 ? codes.join() : `[${codes.join(', ')}]`)
  return {
    what: `Drizzle, ${relative(root, config.file)}`,
    code: listed(places),
    silentCode: (kinds) => {
      const silentOn = kinds.filter((kind) => unknownToDrizzle.includes(kind)).map(literal)
      if (silentOn.length === 0) return listed(places)
      return listed(places.map((path) => `{ path: ${path}, silentOn: [${silentOn.join(', ')}] }`))
    },
    ...(config.schemaFilter.length === 0 ? {} : { schemas: config.schemaFilter }),
  }
}

function prismaModels({ root, dir }: Environment): FoundModels | undefined {
  const { prisma } = manifest(root) as { readonly prisma?: { readonly schema?: string } }
  const named = prisma?.schema
  const path = [named, 'prisma/schema.prisma', 'schema.prisma'].find(
    (each) => each !== undefined && existsSync(join(root, each)),
  )
  if (path === undefined) return undefined
  const inputs = `{ inputs: [${literal(fromEnvironment(dir, join(root, path)))}] }`
  return { what: `Prisma, ${path}`, code: `prisma(${literal(path)}, ${inputs})`, imports: 'prisma' }
}

function mikroOrmModels(root: string): FoundModels | undefined {
  const file = ['', 'src'].flatMap((folder) =>
    ['ts', 'js', 'cjs', 'mjs'].map((ending) => join(folder, `mikro-orm.config.${ending}`)),
  )
  const found = file.find((path) => existsSync(join(root, path)))
  return found === undefined
    ? undefined
    : { what: `MikroORM, ${found}`, code: 'mikroOrm()', imports: 'mikroOrm' }
}

function typeormModels(root: string): FoundModels | undefined {
  if (!hasPackage(root, 'typeorm')) return undefined
  for (const folder of ['.', 'src', 'src/db', 'src/database', 'db']) {
    const path = join(root, folder)
    const names = existsSync(path) ? readdirSync(path) : []
    const name = names.find(
      (each) => /(data|orm)[-.]?(source|config)\.[cm]?[jt]s$/i.test(each) && makesSource(join(path, each)),
    )
    if (name === undefined) continue
    const file = join(folder, name).replaceAll('\\', '/')
    return { what: `TypeORM, ${file}`, code: `typeorm(${literal(file)})`, imports: 'typeorm' }
  }
  return undefined
}

function makesSource(path: string): boolean {
  return /new\s+DataSource\s*\(/.test(readSource(path))
}

function sqlModels({ root, dir }: Environment): FoundModels | undefined {
  const path = [
    'schema.sql',
    'db/schema.sql',
    'sql/schema.sql',
    'database/schema.sql',
    'db/structure.sql',
  ].find((each) => existsSync(join(root, each)))
  return path === undefined
    ? undefined
    : { what: path, code: literal(fromEnvironment(dir, join(root, path))) }
}

function manifest(root: string): Readonly<Record<string, unknown>> {
  const path = join(root, 'package.json')
  if (!existsSync(path)) return {}
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Readonly<Record<string, unknown>>
  } catch {
    // npm says what is wrong with it; here it means that nothing is known.
    return {}
  }
}

function hasPackage(root: string, name: string): boolean {
  const { dependencies, devDependencies } = manifest(root)
  return [dependencies, devDependencies].some(
    (list) => typeof list === 'object' && list !== null && name in list,
  )
}

/** A path as env.ts names it. */
function fromEnvironment(dir: string, path: string): string {
  return relative(dir, path).replaceAll('\\', '/')
}

/** A text as code. */
export function literal(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
