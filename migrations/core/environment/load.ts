import { existsSync, readFileSync, statSync } from 'node:fs'
import { basename, isAbsolute, join, relative, resolve } from 'node:path'
import { parse } from 'dotenv'
import { commaList } from '../comma-list.ts'
import { MigError, messageOf } from '../errors.ts'
import { cacheFolder } from './cache-folder.ts'
import { parseDuration } from './duration.ts'
import { loadModule } from './load-module.ts'
import { type ModelsPlace, modelSources } from './models-setting.ts'
import { nearest } from './nearest.ts'
import { checkOptions, type EnvironmentOptions } from './options.ts'
import { withFile } from './program-file.ts'
import { type Line, schemaFilter, schemaMap } from './schema-map.ts'
import { checkHashes, setVariable, type Variables } from './set-variable.ts'
import { readTenantSelection, type TenantTargets, withTargets } from './tenant-targets.ts'
import { readXArguments, type XValues } from './x-arguments.ts'

/** Where the database's URL came from. */
export type DatabaseSource =
  | 'MIG_DATABASE_URL'
  | 'ALEMBIC_DATABASE_URL'
  | 'DATABASE_URL'
  | 'env.ts'
  | 'embedded'
  | 'argument'

/** The settings of a command, complete before any database is read. Durations are milliseconds. */
export interface Environment {
  /** The project folder; `.mig/` is below it. */
  readonly root: string
  /** The environment folder: env.ts, models, versions. */
  readonly dir: string
  readonly options: EnvironmentOptions
  readonly lines: readonly Line[]
  /** The schema keys that the command may touch. */
  readonly filter: readonly string[]
  /** The URL as given; null means the embedded server. */
  readonly databaseUrl: string | null
  readonly databaseSource: DatabaseSource
  /** Name of the database on the embedded server. */
  readonly embeddedDatabase: string
  readonly scratchUrl: string | null
  readonly ledgerSchema: string
  readonly transaction: 'revision' | 'batch' | 'run'
  readonly lockTimeout: number
  readonly statementTimeout: number
  readonly lockWait: number
  readonly retry: { readonly for: number; readonly firstDelay: number; readonly maxDelay: number }
  readonly createSchema: boolean
  readonly models: ModelsPlace
  /** The folder of the models where no other place is named, and of a seed. */
  readonly modelsDir: string
  /** Folder for what can be made again at any time. */
  readonly cacheDir: string
  /** Every single line's key → physical schema. */
  readonly schemas: Readonly<Record<string, string>>
  /** Which tenants the command is for, on tenant lines. */
  readonly targets: TenantTargets
  /** The values of the environment's own `-x` keys. */
  readonly x: XValues
  /** `-x continue=true`. */
  readonly goOn: boolean
  /** `--trust-live`: rebuild what others own on a scratch database, with the rights of the user. */
  readonly trustLive: boolean
}

export interface LoadOptions {
  /** The project folder, absolute. */
  readonly root: string
  /** The environment folder, absolute or relative to `root`. Default: MIG_DIR, else `migrations`. */
  readonly dir?: string
  /** Default: `process.env`. */
  readonly variables?: Variables
  /** Schema keys with commas between them. Default: MIG_SCHEMA_FILTER, ALEMBIC_SCHEMA_FILTER, else all. */
  readonly filter?: string
  /** Goes before every variable. */
  readonly databaseUrl?: string
  readonly lockWait?: string
  readonly lockTimeout?: string
  readonly statementTimeout?: string
  readonly transaction?: 'revision' | 'batch' | 'run'
  /** `--tenants`: `all`, names or globs with commas between them, or a range `0:100`. */
  readonly tenants?: string
  /** Names of shards with commas between them. */
  readonly shard?: string
  readonly trustLive?: boolean
  /** `-x` arguments, each `key=value`. */
  readonly x?: readonly string[]
  /** Instead of reading `env.ts`. */
  readonly options?: EnvironmentOptions
}

const variableNames = [
  'MIG_DATABASE_URL',
  'MIG_SCRATCH_URL',
  'MIG_SCHEMA_FILTER',
  'MIG_DIR',
  'MIG_LOG_LEVEL',
  'MIG_LOCK_TIMEOUT',
  'MIG_STATEMENT_TIMEOUT',
  'MIG_LOCK_WAIT',
]

const urlVariables = ['MIG_DATABASE_URL', 'ALEMBIC_DATABASE_URL', 'DATABASE_URL'] as const

/**
 * The variables of the process with those of `.env` after them: what is set outside wins (dotenv's rule).
 * @throws MigError `unknown-variable` for a `MIG_…` name in `.env` that nothing reads, `bad-environment` where
 *   the file cannot be read, `bad-database-url` for a URL that an unquoted `#` cuts.
 */
export function readVariables(root: string, outside: Variables): Variables {
  const file = join(root, '.env')
  // A folder of this name is a virtual environment of Python.
  if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) return outside
  const text = readVariableFile(file).toString('utf8')
  const inside = parse(text)
  for (const name of Object.keys(inside)) {
    if (!name.startsWith('MIG_') || variableNames.includes(name)) continue
    const guess = nearest(name, variableNames)
    throw new MigError('unknown-variable', `.env sets ${name}, which nothing reads`, {
      help: guess === undefined ? `the variables are ${variableNames.join(', ')}` : `did you mean ${guess}?`,
      place: { file },
    })
  }
  const fromFile = [...urlVariables, 'MIG_SCRATCH_URL'].filter((name) => outside[name] === undefined)
  checkHashes(text, fromFile, file)
  const set = Object.fromEntries(Object.entries(outside).filter(([, value]) => value !== undefined))
  return { ...inside, ...set }
}

function readVariableFile(file: string): Buffer {
  try {
    return readFileSync(file)
  } catch (cause) {
    const reason = messageOf(cause)
    throw new MigError('bad-environment', `.env cannot be read: ${reason}`, {
      help: 'make it readable for this user, or move it elsewhere',
      place: { file },
      cause,
    })
  }
}

/**
 * Reads the environment: variables, `env.ts`, schema map and filter. Opens no connection and changes nothing.
 * @throws MigError `no-environment`, `bad-environment`, `unknown-setting`, `unknown-schema` and the like;
 *   `empty-variable` and `bad-database-url` for an empty variable.
 */
export async function loadEnvironment(given: LoadOptions): Promise<Environment> {
  const variables = given.variables ?? process.env
  const root = resolve(given.root)
  const dir = resolve(root, given.dir ?? setVariable(variables, ['MIG_DIR']) ?? 'migrations')
  const cacheDir = cacheFolder(root)
  const options = withoutLedger(given.options ?? (await readOptions(dir, root, cacheDir)))
  const lines = schemaMap(options, dir, variables)
  const keys = lines.map((line) => line.key)
  const filter = schemaFilter(
    given.filter ?? setVariable(variables, ['MIG_SCHEMA_FILTER', 'ALEMBIC_SCHEMA_FILTER']),
    keys,
  )
  const { targets, x, goOn } = readXArguments(given.x ?? [], options.x ?? {})
  return {
    root,
    dir,
    options,
    lines,
    filter,
    targets: tenantTargets(given, targets),
    x,
    goOn,
    trustLive: given.trustLive ?? false,
    ...databaseOf(given, variables, options),
    embeddedDatabase: embeddedDatabaseName(root, dir),
    scratchUrl: setVariable(variables, ['MIG_SCRATCH_URL'], 'bad-database-url') ?? null,
    ledgerSchema: ledgerSchemaOf(options),
    transaction: given.transaction ?? options.transaction ?? 'revision',
    ...durationsOf(given, variables, options),
    createSchema: options.createSchema ?? true,
    ...modelsOf(dir, options, keys),
    cacheDir,
    schemas: Object.fromEntries(
      lines.flatMap((line) => (line.schema === null ? [] : [[line.key, line.schema]])),
    ),
  }
}

function modelsOf(
  dir: string,
  { models = 'models', drizzleCasing }: EnvironmentOptions,
  keys: readonly string[],
): Pick<Environment, 'models' | 'modelsDir'> {
  const folder = typeof models === 'string' ? resolve(dir, models) : undefined
  const isFolder = folder !== undefined && statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true
  const declared = models !== 'models'
  const sources = modelSources(models, keys).map((each) =>
    typeof each.source === 'string' ? each : { ...each, source: withFile(each.source, dir) },
  )
  return {
    models: { base: dir, sources, declared, casing: drizzleCasing },
    modelsDir: isFolder ? folder : join(dir, 'models'),
  }
}

const ledgerSchemaOf = ({ ledgerSchema = 'mig' }: EnvironmentOptions): string => ledgerSchema

/** The ledger's tables are no part of the models, also where the ledger is in the schema of a line. */
function withoutLedger(options: EnvironmentOptions): EnvironmentOptions {
  const schema = ledgerSchemaOf(options)
  if (!Object.values(options.schemas).includes(schema)) return options
  const tables = ['version', 'log', 'progress'].map((table) => `${schema}.${table}`)
  return { ...options, excludeTables: [options.excludeTables ?? [], tables].flat() }
}

/** How long things may take, in milliseconds: the argument, else the variable, else the setting, else the default. */
function durationsOf(
  given: LoadOptions,
  variables: NodeJS.ProcessEnv,
  options: EnvironmentOptions,
): Pick<Environment, 'lockTimeout' | 'statementTimeout' | 'lockWait' | 'retry'> {
  const duration = (
    key: 'lockTimeout' | 'statementTimeout' | 'lockWait',
    name: string,
    variable: string,
    fallback: string,
  ) => {
    const [argument, value] = [given[key], variables[variable]]
    if (argument !== undefined) return parseDuration(argument, `--${name}`)
    return value
      ? parseDuration(value, variable)
      : parseDuration(options[key] ?? fallback, `setting "${name}"`)
  }
  return {
    lockTimeout: duration('lockTimeout', 'lock-timeout', 'MIG_LOCK_TIMEOUT', '4s'),
    statementTimeout: duration('statementTimeout', 'statement-timeout', 'MIG_STATEMENT_TIMEOUT', '0'),
    lockWait: duration('lockWait', 'lock-wait', 'MIG_LOCK_WAIT', '60s'),
    retry: {
      for: parseDuration(options.retry?.for ?? '2min', 'setting "retry.for"'),
      firstDelay: parseDuration(options.retry?.firstDelay ?? '250ms', 'setting "retry.firstDelay"'),
      maxDelay: parseDuration(options.retry?.maxDelay ?? '10s', 'setting "retry.maxDelay"'),
    },
  }
}

function tenantTargets({ tenants, shard }: LoadOptions, byX: TenantTargets): TenantTargets {
  const named = tenants === undefined ? byX : withTargets(byX, readTenantSelection(tenants))
  return shard === undefined ? named : { ...named, shards: commaList(shard) }
}

/** The env.ts of an environment folder, if it has one. */
export function environmentFile(dir: string): string | undefined {
  return ['env.ts', 'env.mts', 'env.js', 'env.mjs']
    .map((name) => join(dir, name))
    .find((path) => existsSync(path))
}

async function readOptions(dir: string, root: string, cacheDir: string): Promise<EnvironmentOptions> {
  const file = environmentFile(dir)
  if (file === undefined) {
    const folder = relative(root, dir) || '.'
    throw new MigError('no-environment', `there is no env.ts in ${folder}`, {
      help: 'run the command in the project folder, or set MIG_DIR to the folder that has env.ts; a project begins with npx just-mig init',
      place: { file: join(dir, 'env.ts') },
    })
  }
  const module = await loadModule(file, cacheDir)
  return checkOptions(module.default, relative(root, file))
}

function databaseOf(
  given: LoadOptions,
  variables: Variables,
  options: EnvironmentOptions,
): { readonly databaseUrl: string | null; readonly databaseSource: DatabaseSource } {
  if (given.databaseUrl !== undefined) {
    // As in --database-url "$URL" where the variable is not set: another database would be taken in silence.
    if (given.databaseUrl.trim() !== '') return { databaseUrl: given.databaseUrl, databaseSource: 'argument' }
    throw emptyUrl('the database URL that was given', 'omit --database-url for the configured database')
  }
  const databaseUrl = setVariable(variables, urlVariables, 'bad-database-url')
  const source = urlVariables.find((name) => variables[name] !== undefined)
  if (databaseUrl !== undefined && source !== undefined) return { databaseUrl, databaseSource: source }
  // databaseUrl: process.env.URL, where that is not set, is not a wish for the embedded server.
  if (!('databaseUrl' in options)) return { databaseUrl: null, databaseSource: 'embedded' }
  const fromFile = options.databaseUrl?.trim() ?? ''
  if (fromFile !== '') return { databaseUrl: fromFile, databaseSource: 'env.ts' }
  throw emptyUrl('setting "databaseUrl" of env.ts', 'remove the setting for the embedded server')
}

function emptyUrl(what: string, otherwise: string): MigError {
  return new MigError('bad-database-url', `${what} is empty`, { help: `give a URL, or ${otherwise}` })
}

/** Each environment folder has a database of its own, since each has revisions of its own. */
function embeddedDatabaseName(root: string, dir: string): string {
  const path = relative(root, dir)
  if (path === 'migrations' || path === '') return 'app'
  const slug = (isAbsolute(path) || path.startsWith('..') ? basename(dir) : path)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
  return `app_${slug.replace(/^_|_$/g, '')}`.slice(0, 63)
}
