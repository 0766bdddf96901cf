import type { ClientBase } from 'pg'
import type { FlywayMigration } from '../flyway/project.ts'
import type { NumberedMigration } from '../numbered/project.ts'
import type { ForeignLedger } from './applied.ts'
import { failedMigration, type LedgerTable, lastApplied, readLedgers, unknownVersion } from './ledgers.ts'

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
  place: LedgerTable,
): Promise<readonly ForeignLedger[]> {
  return readLedgers<FlywayRow>(
    client,
    place,
    ['installed_rank', 'script', 'success'],
    (from) => `SELECT version, type, script, success FROM ${from} ORDER BY installed_rank`,
    (rows, name) => {
      const failed = rows.find(({ success }) => !success)
      if (failed !== undefined) throw failedMigration(name, failed.script, 'flyway repair')
      return lastApplied(migrations, appliedByFlyway(rows, migrations, name), name)
    },
  )
}

function appliedByFlyway(
  rows: readonly FlywayRow[],
  migrations: readonly FlywayMigration[],
  table: string,
): ReadonlySet<FlywayMigration> {
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
    } else if (found === undefined) throw unknownVersion(table, row.script)
    else if (/^(UNDO|DELETE)/.test(row.type)) applied.delete(found)
    else applied.add(found)
  }
  return applied
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
export async function readLastNumber(
  client: ClientBase,
  migrations: readonly NumberedMigration[],
  place: LedgerTable,
): Promise<readonly ForeignLedger[]> {
  return readLedgers<{ version: string; dirty: boolean }>(
    client,
    place,
    ['version', 'dirty'],
    (from) => `SELECT version::text, dirty FROM ${from}`,
    (rows, name) =>
      rows.map(({ version, dirty }) => {
        if (dirty) throw failedMigration(name, version, 'migrate force')
        return ofNumber(migrations, version, name).revision
      }),
  )
}

/**
 * A ledger with a row for each number: of sqlx, which also says what failed, Diesel, morph and Supabase.
 * @param columns what tells it from another tool's table of its name
 * @throws MigError `failed-migration`, `unknown-version` for a number without a file, `skipped-migration` for one that was
 *   not run while later ones were
 */
export async function readNumbers(
  columns: readonly string[],
  client: ClientBase,
  migrations: readonly NumberedMigration[],
  place: LedgerTable,
): Promise<readonly ForeignLedger[]> {
  return readLedgers<{ version: string; success: boolean | null }>(
    client,
    place,
    columns,
    (from) => `SELECT version::text, (to_jsonb(t) ->> 'success')::boolean AS success FROM ${from} t`,
    (rows, name) => {
      const failed = rows.find(({ success }) => success === false)
      if (failed !== undefined) throw failedMigration(name, failed.version, 'sqlx migrate run')
      const applied = rows.map(({ version }) => ofNumber(migrations, version, name))
      return lastApplied(migrations, new Set(applied), name)
    },
  )
}

function ofNumber(
  migrations: readonly NumberedMigration[],
  version: string,
  table: string,
): NumberedMigration {
  const found = migrations.find((each) => /^\d+$/.test(version) && each.version === BigInt(version))
  if (found === undefined) throw unknownVersion(table, `version ${version}`)
  return found
}
