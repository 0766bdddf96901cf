import type { ClientBase } from 'pg'
import { MigError } from '../errors.ts'
import type { ExcludableObject } from './excludable-kinds.ts'
import type { DrizzleCasing, ModelsSetting } from './models-setting.ts'
import { nearest } from './nearest.ts'
import type { RoleSetting } from './role.ts'
import type { TenantSource } from './tenant-source.ts'
import { checkDeclaredX } from './x-arguments.ts'

/** What `onApply` receives, in the step's transaction, before its ledger rows are written. */
export interface AppliedStep {
  readonly client: ClientBase
  readonly revision: string
  readonly direction: 'upgrade' | 'downgrade'
  readonly line: string
  readonly targetSchema: string
  readonly message: string
}

/** Statements that run in the revision's transaction, or each on its own. */
export interface StatementSection {
  readonly autocommit: boolean
  /** Without a semicolon at the end. */
  readonly statements: readonly string[]
}

/** What `rewriteStatements` is given: one direction of a revision, and the whole difference. */
export interface RewriteInput {
  readonly line: string
  readonly direction: 'upgrade' | 'downgrade'
  readonly sections: readonly StatementSection[]
  readonly changes: readonly {
    readonly verb: 'add' | 'drop' | 'change' | 'rename'
    readonly kind: string
    readonly name: string
    readonly schema: string | undefined
    readonly detail: string
  }[]
}

/** How a revision is retried after a lock timeout or a deadlock. Durations are texts such as `500ms`, `4s`, `2min`. */
export interface RetryOptions {
  /** How long a revision may be retried in total; `0` turns retries off. Default `2min`. */
  readonly for?: string
  /** The first pause; later ones double, with jitter. Default `250ms`. */
  readonly firstDelay?: string
  /** The longest pause. Default `10s`. */
  readonly maxDelay?: string
}

/** The plain object that `env.ts` exports by default. */
export interface EnvironmentOptions {
  /** The schema map: key → PostgreSQL schema, or `{ tenants: … }` for a tenant line. */
  readonly schemas: Readonly<Record<string, string | { readonly tenants: TenantSource }>>
  /** Variable that overrides a schema name; `{KEY}` is the key in capitals, as in `RFX_{KEY}_SCHEMA`. */
  readonly schemaVariable?: string
  /** Used when no variable has a URL. Default the embedded server. */
  readonly databaseUrl?: string
  /** Schema of the ledger. Default `mig`. */
  readonly ledgerSchema?: string
  /** Folders of a line's revisions, relative to the environment folder; new files go into the first. Default `versions/<key>`. */
  readonly versionLocations?: Readonly<Record<string, string | readonly string[]>>
  /**
   * The models, relative to the environment folder: a folder, a file, a glob, a package specifier, a program, or a list of
   * these; for all keys, or by key. Default the folder `models`.
   */
  readonly models?: ModelsSetting
  /** `snake_case` or `camelCase`: how Drizzle names columns without an explicit name. Default as drizzle.config.ts. */
  readonly drizzleCasing?: DrizzleCasing
  /** Compare the order of an enum's labels too; a change rewrites the columns. Default false. */
  readonly compareEnumOrder?: boolean
  /**
   * File name of a new revision; also `{epoch}`. Default
   * `{year}{month}{day}_{hour}{minute}{second}_{rev}_{slug}`.
   */
  readonly fileTemplate?: string
  /** IANA time zone of the time in file names. Default `UTC`. */
  readonly timeZone?: string
  /** Longest slug in a file name, in characters. Default 40. */
  readonly slugLength?: number
  /** Commands that `sh` runs on each new revision file; `{file}`, not inside longer quotes, is its path as one argument. */
  readonly postWrite?: string | readonly string[]
  /**
   * The role that revisions run as, by SET ROLE; it owns the schemas that are created for them. The login owns the ledger.
   * One role for all lines, or one by schema key; a function gives each tenant its own.
   */
  readonly role?: RoleSetting
  /** Called in each step's transaction, before its ledger rows are written; an error rolls back the step. */
  readonly onApply?: (step: AppliedStep) => void | Promise<void>
  /**
   * `revision`: one transaction for each; `batch`: in the first upgrade of a schema, one for consecutive revisions that only
   * define objects; `run`: one for the whole run. Default `revision`.
   */
  readonly transaction?: 'revision' | 'batch' | 'run'
  /** Create a line's schema if it is missing. Default true. */
  readonly createSchema?: boolean
  /** `lock_timeout` of every session. Default `4s`. */
  readonly lockTimeout?: string
  /** `statement_timeout` of every session. Default `0` (off). */
  readonly statementTimeout?: string
  /** How long to wait for another runner. Default `60s`. */
  readonly lockWait?: string
  /** How a revision is retried after a lock timeout or a deadlock. Default `{ for: '2min', firstDelay: '250ms', maxDelay: '10s' }`. */
  readonly retry?: RetryOptions
  /**
   * More schemas in `search_path` of revisions and models, after the target schema and `public`, such as those of
   * extensions.
   */
  readonly searchPath?: readonly string[]
  /** Tables that no command compares or touches; names with or without schema, `*` and `?` allowed. */
  readonly excludeTables?: readonly string[]
  /** Kinds of objects that no command compares or touches, in PostgreSQL's words: `trigger`, `materialized view`. */
  readonly excludeKinds?: readonly string[]
  /** True for an object that no command compares or touches, with everything that belongs to it. */
  readonly exclude?: (object: ExcludableObject) => boolean
  /**
   * Called by autogenerate for each direction of each revision, before it is proved and written; its result is used
   * instead.
   */
  readonly rewriteStatements?: (
    input: RewriteInput,
  ) => readonly StatementSection[] | Promise<readonly StatementSection[]>
  /** Your own `-x` keys, with their types; revisions read them as `op.x`. */
  readonly x?: Readonly<Record<string, 'string' | 'number' | 'boolean'>>
}

const knownOptions: Readonly<
  Record<
    keyof EnvironmentOptions,
    'string' | 'number' | 'boolean' | 'function' | 'object' | 'list' | 'string or object' | 'source'
  >
> = {
  schemas: 'object',
  schemaVariable: 'string',
  databaseUrl: 'string',
  ledgerSchema: 'string',
  versionLocations: 'object',
  models: 'source',
  drizzleCasing: 'string',
  compareEnumOrder: 'boolean',
  fileTemplate: 'string',
  timeZone: 'string',
  slugLength: 'number',
  postWrite: 'list',
  role: 'string or object',
  onApply: 'function',
  transaction: 'string',
  createSchema: 'boolean',
  lockTimeout: 'string',
  statementTimeout: 'string',
  lockWait: 'string',
  retry: 'object',
  searchPath: 'list',
  excludeTables: 'list',
  excludeKinds: 'list',
  exclude: 'function',
  rewriteStatements: 'function',
  x: 'object',
}

/**
 * Checks what `env.ts` exports: an object with known keys of the right types.
 * @throws MigError `bad-environment`, naming the file, the key and the nearest known one.
 */
export function checkOptions(value: unknown, file: string): EnvironmentOptions {
  if (typeof value !== 'object' || value === null) {
    throw new MigError('bad-environment', `${file} exports no settings object by default`, {
      help: "export default { schemas: { user: 'app_user' } }",
      place: { file },
    })
  }
  for (const [key, given] of Object.entries(value)) {
    if (given === undefined) continue
    if (!Object.hasOwn(knownOptions, key)) {
      const guess = nearest(key, Object.keys(knownOptions))
      throw new MigError('unknown-setting', `${file} has an unknown setting "${key}"`, {
        help:
          guess === undefined
            ? `the settings are ${Object.keys(knownOptions).join(', ')}`
            : `did you mean "${guess}"?`,
        place: { file },
      })
    }
    const wanted = knownOptions[key as keyof EnvironmentOptions]
    if (!isOfType(given, wanted)) {
      throw new MigError(
        'bad-setting',
        `setting "${key}" in ${file} must be a ${wanted}, not ${describe(given)}`,
        { help: helpFor(wanted), place: { file } },
      )
    }
    // A URL counts only where no variable has one.
    if (typeof given === 'string' && given.trim() === '' && key !== 'databaseUrl') {
      throw new MigError('bad-setting', `setting "${key}" in ${file} is empty`, {
        help: 'give it a value, or remove it for its default',
        place: { file },
      })
    }
  }
  const options = value as EnvironmentOptions
  if (options.schemas === undefined || Object.keys(options.schemas).length === 0) {
    throw new MigError('no-schemas', `${file} maps no schema`, {
      help: "add one line: schemas: { user: 'app_user' }",
      place: { file },
    })
  }
  if (!['revision', 'batch', 'run'].includes(options.transaction ?? 'revision')) {
    throw new MigError(
      'bad-setting',
      `setting "transaction" in ${file} must be 'revision', 'batch' or 'run'`,
      {
        help: "'revision' is one transaction for each revision, 'run' one for all, 'batch' one for many in a first upgrade",
        place: { file },
      },
    )
  }
  checkDeclaredX(options.x ?? {}, file)
  return options
}

function helpFor(wanted: string): string {
  if (wanted === 'string') return "put it in quotes; a duration is a text such as '500ms', '4s' or '2min'"
  return `fix it: EnvironmentOptions says what a setting takes`
}

function isOfType(value: unknown, wanted: string): boolean {
  if (wanted === 'list')
    return (
      typeof value === 'string' || (Array.isArray(value) && value.every((item) => typeof item === 'string'))
    )
  if (wanted === 'string or object') return isOfType(value, 'string') || isOfType(value, 'object')
  // What a source is, is checked where the keys are known.
  if (wanted === 'source') return typeof value === 'string' || (typeof value === 'object' && value !== null)
  if (wanted === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value)
  return typeof value === wanted
}

function describe(value: unknown): string {
  return Array.isArray(value) ? 'a list' : value === null ? 'null' : `a ${typeof value}`
}
