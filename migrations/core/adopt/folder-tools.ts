import { readDrizzleProject } from './drizzle/project.ts'
import { readFlywayProject } from './flyway/project.ts'
import { type FolderTool, folderTool } from './import/folder.ts'
import { readDrizzleLedgers, readPrismaLedgers } from './import/ledgers.ts'
import { readFlywayLedgers, readLastNumber, readNumbers } from './import/ledgers-of-files.ts'
import { type NumberedLayout, readNumberedProject } from './numbered/project.ts'
import { readPrismaProject } from './prisma/project.ts'

const pairs = {
  up: /^(\d+)_(.*)\.up\.sql$/,
  down: (up: string) => up.replace(/\.up\.sql$/, '.down.sql'),
  ...{ example: '000001_words.up.sql', usual: 'db/migrations' },
}

/** A tool whose files have numbers, with a ledger that has a row for each. */
function numbered(table: string, columns: readonly string[], layout: NumberedLayout): FolderTool {
  return folderTool({
    ...{ name: layout.tool, table },
    readProject: (given, show) => readNumberedProject(layout, given, show),
    readLedgers: (...given) => readNumbers(columns, ...given),
  })
}

/** The tools whose migrations are SQL files, in the order that they are told in. */
export const folderTools: readonly FolderTool[] = [
  folderTool({
    ...{ name: 'drizzle', table: '__drizzle_migrations' },
    ...{ readProject: readDrizzleProject, readLedgers: readDrizzleLedgers },
  }),
  folderTool({
    ...{ name: 'prisma', table: '_prisma_migrations' },
    ...{ readProject: readPrismaProject, readLedgers: readPrismaLedgers },
  }),
  folderTool({
    ...{ name: 'flyway', table: 'flyway_schema_history' },
    ...{ readProject: readFlywayProject, readLedgers: readFlywayLedgers },
  }),
  folderTool({
    ...{ name: 'golang-migrate', table: 'schema_migrations', readLedgers: readLastNumber },
    readProject: (given, show) => readNumberedProject({ tool: 'golang-migrate', ...pairs }, given, show),
  }),
  numbered('db_migrations', ['version', 'name'], { tool: 'morph', ...pairs }),
  numbered('_sqlx_migrations', ['version', 'success'], {
    ...{ tool: 'sqlx', up: /^(\d+)_((?:(?!\.down\.sql$).)*?)(?:\.up)?\.sql$/, down: pairs.down },
    ...{ example: '20240131120000_words.sql or .up.sql', usual: 'migrations' },
  }),
  numbered('__diesel_schema_migrations', ['version', 'run_on'], {
    ...{
      tool: 'diesel',
      up: /^(\d[\d-]*)_([^/]*)\/up\.sql$/,
      down: (up) => up.replace(/up\.sql$/, 'down.sql'),
    },
    ...{ example: '2024-01-31-120000_words/up.sql', usual: 'migrations' },
  }),
  numbered('schema_migrations', ['version', 'statements', 'name'], {
    ...{ tool: 'supabase', up: /^(\d+)_([^/]*)\.sql$/, down: (up) => up },
    ...{ example: '20240131120000_words.sql', usual: 'supabase/migrations' },
  }),
]
