import { basename } from 'node:path'
import { toolLedgers } from '../../postgres/connection/tool-ledgers.ts'

/** A tool whose migrations are programs of Node, which are recorded from its own run. */
export interface ProgramTool {
  readonly name: string
  /** The npm package that has its command. */
  readonly package: string
  /** Its ledger, where nothing else is set: columns tell it from the project's own tables. */
  readonly ledger: { readonly table: string; readonly columns: readonly string[] }
  /** Other tables of its own, by the name of the ledger. */
  readonly ownTables: (table: string) => readonly string[]
  /** The name of the file of its settings. */
  readonly settings: RegExp
  /** Such a file, where it does not start without one. */
  readonly needs?: string
  /** Paths in its settings start at the package's folder, wherever the settings are. */
  readonly startsAtPackage?: true
  /** What applies all migrations, as arguments of Node. */
  readonly up: (found: FoundProgram) => readonly string[]
  /** What reverts the last one, or all. */
  readonly down: (found: FoundProgram) => readonly string[]
}

interface FoundProgram {
  /** The file of the package's command. */
  readonly program: string
  readonly settings: string | undefined
  /** They are the file that the user gave; otherwise the tool finds them itself. */
  readonly given: string | undefined
  /** The folder with drivers of ours. */
  readonly drivers: string
}

function ledgerTable(table: string): ProgramTool['ledger'] {
  const found = toolLedgers.find((each) => each.table === table)
  if (found === undefined) throw new TypeError(`no tool has the ledger ${table}`)
  return found
}

/** Whether a file has the name of a tool's settings. */
export function isSettings({ settings }: ProgramTool, file: string): boolean {
  return settings.test(basename(file)) && !/\.d\.[cm]?ts$/.test(file)
}

const flag = (name: string, value: string | undefined) => (value === undefined ? [] : [name, value])

/** `.sequelizerc`, or what it names as the settings of the connection. */
const sequelizeSettings = (given: string | undefined) =>
  flag(given?.endsWith('.sequelizerc') ? '--options-path' : '--config', given)

export const programTools: readonly ProgramTool[] = [
  {
    ...{ name: 'knex', package: 'knex', settings: /^knexfile\.[cm]?[jt]s$/, needs: 'knexfile.js' },
    ledger: ledgerTable('knex_migrations'),
    ownTables: (table) => [`${table}_lock`],
    up: ({ program, settings }) => [program, 'migrate:latest', ...flag('--knexfile', settings)],
    down: ({ program, settings }) => [program, 'migrate:rollback', '--all', ...flag('--knexfile', settings)],
  },
  {
    ...{ name: 'typeorm', package: 'typeorm', needs: 'data-source.ts', startsAtPackage: true },
    settings: /^(?:[\w.-]*[.-])?(?:data-?source|ormconfig|typeorm(?:[.-]?config)?)\.[cm]?[jt]s$/i,
    ledger: ledgerTable('migrations'),
    // What its schema builder keeps of views and generated columns.
    ownTables: () => ['typeorm_metadata'],
    // Its command reverts one, and starts again for each.
    up: ({ drivers, settings = '' }) => [`${drivers}/typeorm.cjs`, 'migration:run', '-d', settings],
    down: ({ drivers, settings = '' }) => [`${drivers}/typeorm.cjs`, 'migration:revert', '-d', settings],
  },
  {
    ...{ name: 'node-pg-migrate', package: 'node-pg-migrate' },
    settings: /^\.?node-pg-migrate(?:rc|\.config)\.\w+$/,
    ledger: ledgerTable('pgmigrations'),
    ownTables: () => [],
    up: ({ program, settings }) => [program, 'up', ...flag('--config-file', settings)],
    down: ({ program, settings }) => [
      ...[program, 'down', '99999', '--no-single-transaction'],
      ...flag('--config-file', settings),
    ],
  },
  {
    ...{ name: 'kysely', package: 'kysely-ctl' },
    settings: /^kysely\.config\.[cm]?[jt]s$/,
    ledger: ledgerTable('kysely_migration'),
    ownTables: (table) => [`${table}_lock`],
    up: ({ program, given }) => [program, 'migrate:latest', ...flag('--config', given)],
    down: ({ program, given }) => [program, 'migrate:rollback', '--all', ...flag('--config', given)],
  },
  {
    ...{ name: 'sequelize', package: 'sequelize-cli' },
    settings: /^\.sequelizerc$/,
    ledger: ledgerTable('SequelizeMeta'),
    ownTables: () => [],
    up: ({ program, given }) => [program, 'db:migrate', ...sequelizeSettings(given)],
    down: ({ program, given }) => [program, 'db:migrate:undo:all', ...sequelizeSettings(given)],
  },
  {
    ...{ name: 'mikro-orm', package: '@mikro-orm/cli', needs: 'mikro-orm.config.ts' },
    settings: /^mikro-orm\.config\.[cm]?[jt]s$/,
    ledger: ledgerTable('mikro_orm_migrations'),
    ownTables: () => [],
    up: ({ program, given }) => [program, 'migration:up', ...flag('--config', given)],
    down: ({ program, given }) => [program, 'migration:down', '--to', '0', ...flag('--config', given)],
  },
]
