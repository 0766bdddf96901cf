import type { ClientBase } from 'pg'
import { MigError } from '../../errors.ts'
import { qualifiedName } from '../../postgres/quote.ts'
import type { FlywayMigration } from '../flyway/project.ts'
import type { NumberedMigration } from '../golang-migrate/project.ts'
import type { ForeignLedger } from './applied.ts'
import { type LedgerPlace, lastApplied, ledgerTables, unknownVersion } from './ledgers.ts'

interface FlywayRow {
  readonly version: string | null
  readonly type: string
  readonly script: string
  readonly success: boolean
}

/**
 * `flyway_schema_history`. What is not newer than a baseline counts as applied.
 * @throws MigError `failed-migration` for a script that stopped half-way, `unknown-version` for one without a file,
 *   `skipped-migration` for one that was not run while later ones were.
 */
export async function readFlywayLedgers(
  client: ClientBase,
  migrations: readonly FlywayMigration[],
  place: LedgerPlace,
): Promise<readonly ForeignLedger[]> {
  const table = place.table ?? 'flyway_schema_history'
  const ledgers: ForeignLedger[] = []
  for (const schema of await ledgerTables(
    client,
    table,
    ['installed_rank', 'script', 'success'],
    place.schema,
  )) {
    const name = `${schema}.${table}`
    const { rows } = await client.query<FlywayRow>(
      `SELECT version, type, script, success FROM ${qualifiedName(schema, table)} ORDER BY installed_rank`,
    )
    const failed = rows.find(({ success }) => !success)
    if (failed !== undefined) throw failedMigration(name, failed.script, 'flyway repair')
    const applied = new Set<FlywayMigration>()
    for (const row of rows) {
      if (row.type === 'SCHEMA') continue
      const found = migrations.find((each) =>
        row.version === null ? each.name === fileName(row.script) : each.version === row.version,
      )
      if (row.type === 'BASELINE') {
        const last = migrations.findLastIndex(
          ({ version }) => version !== null && notAfter(version, row.version),
        )
        for (const each of migrations.slice(0, last + 1)) applied.add(each)
      } else if (found === undefined) throw unknownVersion(name, row.script)
      else if (/^(UNDO|DELETE)/.test(row.type)) applied.delete(found)
      else applied.add(found)
    }
    ledgers.push({ schema, table, revisions: lastApplied(migrations, applied, name) })
  }
  return ledgers
}

function fileName(script: string): string {
  return script.slice(Math.max(script.lastIndexOf('/'), script.lastIndexOf('\\')) + 1)
}

function notAfter(version: string, baseline: string | null): boolean {
  const [a, b] = [version, baseline ?? ''].map((each) => each.split('.').map(Number))
  for (const [at, part] of (a ?? []).entries()) {
    const other = b?.[at] ?? 0
    if (part !== other) return part < other
  }
  return true
}

/**
 * `schema_migrations` of golang-migrate: one row with the last number.
 * @throws MigError `failed-migration` where it is dirty, `unknown-version` for a number without a file
 */
export async function readNumberedLedgers(
  client: ClientBase,
  migrations: readonly NumberedMigration[],
  place: LedgerPlace,
): Promise<readonly ForeignLedger[]> {
  const table = place.table ?? 'schema_migrations'
  const ledgers: ForeignLedger[] = []
  for (const schema of await ledgerTables(client, table, ['version', 'dirty'], place.schema)) {
    const name = `${schema}.${table}`
    const { rows } = await client.query<{ version: string; dirty: boolean }>(
      `SELECT version::text, dirty FROM ${qualifiedName(schema, table)}`,
    )
    const revisions = rows.map(({ version, dirty }) => {
      if (dirty) throw failedMigration(name, version, 'migrate force')
      const found = migrations.find((each) => each.version === BigInt(version))
      if (found === undefined) throw unknownVersion(name, `version ${version}`)
      return found.revision
    })
    ledgers.push({ schema, table, revisions })
  }
  return ledgers
}

function failedMigration(table: string, what: string, command: string): MigError {
  return new MigError('failed-migration', `${table} says that ${what} failed half-way`, {
    help: `settle it with its own tool first: ${command}`,
    facts: { table, migration: what },
  })
}
