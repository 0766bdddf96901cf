import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { BuiltModels, PrintedModels } from './model-programs.ts'
import { manifestOf } from './modules/packages-outside.ts'

/** Kinds and properties of tables that no schema of an ORM can say; Drizzle alone has policies. */
export const unknownToOrms = [
  'function',
  'procedure',
  'aggregate',
  'trigger',
  'rule',
  'policy',
  'forced row security',
  'partitioning',
  'domain',
  'collation',
  'statistics object',
  'operator',
  'text search configuration',
  'text search dictionary',
  'foreign table',
]
const views = ['view', 'materialized view']
const otherMethods = ['gin index', 'spgist index', 'brin index', 'hash index']
const ofExtensions = ['hnsw index', 'ivfflat index']

type More<Program> = Omit<Program, 'build' | 'print'>

/**
 * Models of TypeORM: `schema:sync` of the project's own package.
 * @param dataSource the file of the data source, relative to the folder of env.ts; JavaScript, or TypeScript where the
 *   project has ts-node
 */
export function typeorm(dataSource: string, more: More<BuiltModels> = {}): BuiltModels {
  const program = /\.[cm]?ts$/.test(dataSource) ? 'typeorm-ts-node-commonjs' : 'typeorm'
  const isOld = isBefore(1, installed('typeorm', process.cwd()))
  return {
    build: `npx --no-install ${program} schema:sync -d {file}`,
    file: dataSource,
    // Before TypeORM 1 an index has no method but `spatial`: what is made in a migration says `synchronize: false`.
    silentOn: [...unknownToOrms, 'expression index', ...ofExtensions, ...(isOld ? otherMethods : [])],
    ...more,
  }
}

/** Models of MikroORM: `schema:create` of the project's own package, with its mikro-orm.config. */
export function mikroOrm(more: More<BuiltModels> = {}): BuiltModels {
  return { build: 'npx --no-install mikro-orm schema:create --run', silentOn: unknownToOrms, ...more }
}

/**
 * Models of Sequelize, which has no command that creates its schema.
 * @param script a script of the project that calls `sequelize.sync()` on `DATABASE_URL`, relative to the folder of env.ts
 */
export function sequelize(script: string, more: More<BuiltModels> = {}): BuiltModels {
  return { build: 'node {file}', file: script, silentOn: [...unknownToOrms, ...views], ...more }
}

/**
 * Models of Prisma: the DDL that `prisma migrate diff` of the project's own package prints.
 * @param schema the schema file, or the folder of its files, relative to the folder of env.ts
 */
export function prisma(schema = '../prisma/schema.prisma', more: More<PrintedModels> = {}): PrintedModels {
  const isOld = isBefore(7, installed('prisma', process.cwd()))
  const flag = isOld ? '--to-schema-datamodel' : '--to-schema'
  return {
    print: `npx --no-install prisma migrate diff --from-empty ${flag} {file} --script`,
    file: schema,
    inputs: [schema.endsWith('.prisma') ? '{file}' : '{file}/**/*.prisma'],
    // Since Prisma 7 an index may have a condition.
    silentOn: [...unknownToOrms, ...views, ...(isOld ? ['partial index'] : []), 'expression index'],
    ...more,
  }
}

/** The version of the project's own package; undefined where it is not installed. */
function installed(tool: string, folder: string): unknown {
  for (let at = folder; ; at = dirname(at)) {
    const manifest = join(at, 'node_modules', tool, 'package.json')
    if (existsSync(manifest)) return manifestOf(manifest)?.version
    if (dirname(at) === at) return undefined
  }
}

function isBefore(major: number, version: unknown): boolean {
  return typeof version === 'string' && Number(version.split('.')[0]) < major
}
