import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { type Environment, unknownToOrms } from '../../environment/index.ts'
import { readSource } from '../../source-file.ts'
import { readDrizzleConfig } from '../../sources/index.ts'
import { filesBelow } from '../project-files.ts'

/** Models that a project has already, and how env.ts says where. */
export interface FoundModels {
  /** For people: `Drizzle, drizzle.config.ts`. */
  readonly what: string
  /** The value of `models` in env.ts, as code. */
  readonly code: string
  /** Kinds that the models cannot say, where the code has them as a constant of this name. */
  readonly silentOn?: readonly string[]
  /** The function of the package that the code calls. */
  readonly imports?: string
  /** The file of the tool's settings, which may say where the database is. */
  readonly settings?: string
  /** The schemas that the tool manages, where its settings say so. */
  readonly schemas?: readonly string[]
  /** Which tables it manages; env.ts names those that are not compared, so a person has to say them. */
  readonly tablesFilter?: readonly string[]
}

/**
 * Looks in a project folder for models, by its package.json and the settings of tools.
 * @param withSql also for an SQL schema, which may be a history to import
 */
export async function findModels(env: Environment, withSql: boolean): Promise<FoundModels | undefined> {
  return (
    (await drizzleModels(env)) ??
    prismaModels(env) ??
    mikroOrmModels(env.root) ??
    typeormModels(env) ??
    (withSql ? sqlModels(env) : undefined)
  )
}

async function drizzleModels({ root, dir, cacheDir }: Environment): Promise<FoundModels | undefined> {
  const config = await readDrizzleConfig(root, cacheDir)
  if (config === undefined || config.schema.length === 0) return undefined
  const places = config.schema.map((path) => `{ path: ${literal(fromEnvironment(dir, path))}, silentOn }`)
  return {
    what: `Drizzle, ${relative(root, config.file)}`,
    settings: config.file,
    code: places.length === 1 ? places.join() : `[${places.join(', ')}]`,
    // All of them: what an import or a later revision makes is in no database yet.
    silentOn: unknownToOrms.filter((kind) => kind !== 'policy'),
    ...(config.schemaFilter.length === 0 ? {} : { schemas: config.schemaFilter }),
    tablesFilter: config.tablesFilter,
  }
}

function prismaModels({ root, dir }: Environment): FoundModels | undefined {
  const { prisma } = manifest(root) as { readonly prisma?: { readonly schema?: string } }
  const named = [prisma?.schema ?? [], prismaConfigured(root)].flat()
  const usual = ['prisma/schema.prisma', 'schema.prisma', 'prisma/schema', 'prisma']
  const own = [...named, ...usual].find((each) => isPrismaSchema(join(root, each)))
  const path = own ?? prismaSchemaBelow(root)
  if (path === undefined) return undefined
  const configured = prismaConfig(root)
  // Until Prisma 7 the schema says which variable has the URL.
  const schema = path.endsWith('.prisma') ? path : undefined
  const file = configured ?? schema
  const settings = file === undefined ? {} : { settings: join(root, file) }
  return {
    what: `Prisma, ${path}`,
    code: `prisma(${literal(fromEnvironment(dir, join(root, path)))})`,
    imports: 'prisma',
    ...settings,
  }
}

/** The schema of a package of the workspace, the least deep: `packages/db/prisma/schema.prisma`, or a folder of files. */
function prismaSchemaBelow(root: string): string | undefined {
  const files = filesBelow(root).filter((each) => {
    const isPostgres = each.endsWith('.prisma') && postgresProvider.test(readSource(join(root, each)))
    return isPostgres && dependsOnPrisma(root, dirname(each))
  })
  const [file] = files.toSorted((a, b) => a.split('/').length - b.split('/').length)
  if (file === undefined) return undefined
  const folder = dirname(file)
  const isOneOfMany = readdirSync(join(root, folder)).filter((name) => name.endsWith('.prisma')).length > 1
  return isOneOfMany ? folder : file
}

const postgresProvider = /^[ \t]*provider[ \t]*=[ \t]*"postgres(?:ql)?"/m

/** Whether the nearest package of a folder has Prisma: others are examples or what tests read. */
function dependsOnPrisma(root: string, folder: string): boolean {
  if (existsSync(join(root, folder, 'package.json')))
    return ['prisma', '@prisma/client'].some((name) => hasPackage(join(root, folder), name))
  return folder !== '.' && dependsOnPrisma(root, dirname(folder))
}

/** What prisma.config.ts says as a plain text: it is not run, since it asks for variables of the application. */
function prismaConfigured(root: string): readonly string[] {
  const file = prismaConfig(root)
  if (file === undefined) return []
  const [, plain, joined] =
    /\bschema\s*:\s*(?:['"`]([^'"`\n]+)['"`]|(?:path\.)?(?:join|resolve)\(([^)]*)\))/.exec(
      readSource(join(root, file)),
    ) ?? []
  const parts = [...(joined ?? '').matchAll(/['"`]([^'"`]+)['"`]/g)].flatMap(([, part]) => part ?? [])
  return [plain ?? parts.join('/')].filter((path) => path !== '').map((path) => normalize(path))
}

function prismaConfig(root: string): string | undefined {
  const endings = ['ts', 'mts', 'js', 'mjs', 'cjs']
  return firstIn(
    root,
    endings.map((ending) => `prisma.config.${ending}`),
  )
}

/** A schema file, or a folder with such files. */
function isPrismaSchema(path: string): boolean {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat?.isDirectory() !== true) return stat !== undefined && path.endsWith('.prisma')
  return readdirSync(path).some((name) => name.endsWith('.prisma'))
}

function mikroOrmModels(root: string): FoundModels | undefined {
  const names = ['ts', 'js', 'cjs', 'mjs'].map((ending) => `mikro-orm.config.${ending}`)
  const path = firstIn(root, [...names, ...names.map((name) => `src/${name}`)])
  return path === undefined
    ? undefined
    : { what: `MikroORM, ${path}`, code: 'mikroOrm()', imports: 'mikroOrm', settings: join(root, path) }
}

function typeormModels({ root, dir }: Environment): FoundModels | undefined {
  if (!hasPackage(root, 'typeorm')) return undefined
  const named = filesBelow(root).filter((each) =>
    /(?:^|\/)[^/]*(data|orm)[-.]?(source|config)\.[cm]?[jt]s$/i.test(each),
  )
  const [file] = named
    .filter((each) => makesSource(join(root, each)))
    .toSorted((a, b) => a.split('/').length - b.split('/').length)
  if (file === undefined) return undefined
  const settings = join(root, file)
  return {
    what: `TypeORM, ${file}`,
    code: `typeorm(${literal(fromEnvironment(dir, settings))})`,
    imports: 'typeorm',
    settings,
  }
}

function makesSource(path: string): boolean {
  return /new\s+DataSource\s*\(/.test(readSource(path))
}

const sqlNames = [
  ...['schema.sql', 'db/schema.sql', 'sql/schema.sql', 'database/schema.sql', 'db/structure.sql'],
  ...[
    'supabase/schemas',
    'db/schema',
    'sql/schema',
    'database/schema',
    'schema',
    'sql/tables',
    'db/tables',
    'tables',
  ],
]

/** A schema file, or a folder of them by the names that such have: not one of migrations, which have numbers. */
function sqlModels({ root, dir }: Environment): FoundModels | undefined {
  const path = sqlNames.find((name) => {
    const stat = statSync(join(root, name), { throwIfNoEntry: false })
    if (stat?.isDirectory() !== true) return stat !== undefined && name.endsWith('.sql')
    const files = readdirSync(join(root, name)).filter((file) => file.endsWith('.sql'))
    const isOrdered = name !== 'supabase/schemas' && files.every((file) => /^V?\d/.test(file))
    return files.length > 0 && !isOrdered
  })
  return path === undefined
    ? undefined
    : { what: path, code: literal(fromEnvironment(dir, join(root, path))) }
}

function firstIn(root: string, paths: readonly string[]): string | undefined {
  return paths.find((path) => existsSync(join(root, path)))
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

function fromEnvironment(dir: string, path: string): string {
  return relative(dir, path).replaceAll('\\', '/')
}

/** A text as code. */
export function literal(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
