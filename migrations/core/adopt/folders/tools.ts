import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { readSource } from '../../source-file.ts'
import type { LedgerQuery } from '../import/ledgers.ts'
import { drizzleFiles } from './drizzle.ts'
import { type FolderTool, type Layout, namedFiles, otherDatabase } from './files.ts'

type Settings = Omit<FolderTool, 'files'>

const named = ({ up, down, ...tool }: Settings & Layout): FolderTool => ({
  ...tool,
  files: (folder, show) => namedFiles(down === undefined ? { up } : { up, down }, folder, show),
})

/** What Go's text/template has, and PostgreSQL's arrays do not: `{{.prefix}}`, `{{ if .postgres }}`. */
const template = /\{\{-?\s*(?:\.|(?:if|else|end|range|with|index|template|define|block)\b)[^}\n]*\}\}/

const pairs = {
  up: /^(?<name>(?<version>\d+)_(?<words>.*))\.up\.sql$/,
  down: /^(?<version>\d+)_.*\.down\.sql$/,
  ...{ example: '000001_words.up.sql', usual: ['db/migrations'], unfilled: template },
}

/** A ledger with a row for each number. @param columns what tells it from another tool's table of its name */
const numbers = (table: string, columns: readonly string[]): LedgerQuery => ({
  ...{ table, columns, resolve: () => 'sqlx migrate run' },
  query: (from) =>
    `SELECT ARRAY[version::text] AS names, NOT (to_jsonb(t) ->> 'success')::boolean AS failed FROM ${from} t`,
})

/** The tools whose migrations are SQL files, in the order that they are told in. */
export const folderTools: readonly FolderTool[] = [
  {
    ...{
      name: 'drizzle',
      sign: [/(^|\/)(?:meta\/_journal|\d{14}[^/]*\/snapshot)\.json$/, 2],
      usual: ['drizzle'],
    },
    ...{ example: 'meta/_journal.json and no folders with migration.sql', files: drizzleFiles },
    ledger: {
      ...{ table: '__drizzle_migrations', columns: ['hash'] },
      query: (from) => `SELECT ARRAY[hash, created_at::text] AS names FROM ${from}`,
    },
  },
  {
    ...{ name: 'prisma', sign: [/(^|\/)migrations\/\d{14}_[^/]+\/migration\.sql$/, 2] },
    ...{ example: '<timestamp>_<name>/migration.sql', usual: ['migrations', 'prisma/migrations'] },
    files(folder, show) {
      expectPostgres(join(folder, 'migration_lock.toml'))
      return namedFiles({ up: /^(?<name>(?:\d+_)?(?<words>[^/]*))\/migration\.sql$/ }, folder, show)
    },
    ledger: {
      ...{ table: '_prisma_migrations', columns: ['migration_name'] },
      query: (
        from,
      ) => `SELECT ARRAY[migration_name::text] AS names, NOT bool_or(finished_at IS NOT NULL) AS failed
        FROM ${from} WHERE rolled_back_at IS NULL GROUP BY migration_name`,
      resolve: (name) => `npx prisma migrate resolve --applied ${name}, or --rolled-back`,
    },
  },
  named({
    ...{ name: 'flyway', sign: [/(^|\/)V\d[\d._]*__[^/]+\.sql$/, 1], example: 'V1__words.sql' },
    usual: ['src/main/resources/db/migration'],
    // Repeatable scripts have no version, and come last.
    up: /(?:^|\/)(?<name>(?:V(?<version>\d[\d._]*)|R)__(?<words>[^/]+)\.sql)$/,
    down: /(?:^|\/)U(?<version>\d[\d._]*)__[^/]+\.sql$/,
    unfilled: /\$\{[^}\n]+\}/,
    ledger: {
      ...{ table: 'flyway_schema_history', columns: ['installed_rank', 'script', 'success'] },
      // The last row of a script counts; what is not newer than a baseline is applied.
      query: (
        from,
      ) => `SELECT ARRAY[script, name] AS names, NOT success AS failed, type = 'BASELINE' AS baseline
        FROM (SELECT DISTINCT ON (name) * FROM
          (SELECT *, coalesce(version, regexp_replace(script, '^.*[/\\\\]', ''))::text AS name FROM ${from}) AS rows
          ORDER BY name, installed_rank DESC) AS last
        WHERE NOT success OR type !~ '^(UNDO|DELETE|SCHEMA)'`,
      resolve: () => 'flyway repair',
    },
  }),
  named({
    ...{ name: 'golang-migrate', sign: [/(^|\/)\d+_[^/]+\.up\.sql$/, 1], ...pairs },
    ledger: {
      ...{ table: 'schema_migrations', columns: ['version', 'dirty'], resolve: () => 'migrate force' },
      query: (from) => `SELECT ARRAY[version::text] AS names, dirty AS failed, true AS through FROM ${from}`,
    },
  }),
  named({ name: 'morph', ...pairs, ledger: numbers('db_migrations', ['version', 'name']) }),
  named({
    ...{ name: 'sqlx', example: '20240131120000_words.sql or .up.sql', usual: ['migrations'] },
    up: /^(?<name>(?<version>\d+)_(?<words>(?:(?!\.down\.sql$).)*?))(?:\.up)?\.sql$/,
    ...{ down: pairs.down, unfilled: template, ledger: numbers('_sqlx_migrations', ['version', 'success']) },
  }),
  named({
    ...{ name: 'diesel', sign: [/(^|\/)\d[\d-]*_[^/]+\/up\.sql$/, 2], usual: ['migrations'] },
    example: '2024-01-31-120000_words/up.sql',
    up: /^(?<name>(?<version>\d[\d-]*)_(?<words>[^/]*))\/up\.sql$/,
    down: /^(?<version>\d[\d-]*)_[^/]*\/down\.sql$/,
    ...{ unfilled: template, ledger: numbers('__diesel_schema_migrations', ['version', 'run_on']) },
  }),
  named({
    ...{ name: 'supabase', sign: [/(^|\/)supabase\/migrations\/\d+_[^/]+\.sql$/, 1] },
    ...{ example: '20240131120000_words.sql', usual: ['supabase/migrations'], unfilled: template },
    up: /^(?<name>(?<version>\d+)_(?<words>[^/]*))\.sql$/,
    ledger: numbers('schema_migrations', ['version', 'statements', 'name']),
  }),
]

/** Prisma's lock says for which database its migrations are. @throws MigError `other-database` */
function expectPostgres(file: string): void {
  const text = existsSync(file) ? readSource(file) : ''
  const provider = /^[ \t]*provider[ \t]*=[ \t]*"([^"]+)"/m.exec(text)?.[1] ?? 'postgresql'
  if (!/^postgres(ql)?$/.test(provider)) throw otherDatabase(file, provider)
}
