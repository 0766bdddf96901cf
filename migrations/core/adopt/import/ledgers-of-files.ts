import type { ClientBase } from 'pg'
import type { FlywayMigration } from '../flyway/project.ts'
import type { NumberedMigration } from '../golang-migrate/project.ts'
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
export async function readNumberedLedgers(
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
        const found = migrations.find((each) => each.version === BigInt(version))
        if (found === undefined) throw unknownVersion(name, `version ${version}`)
        return found.revision
      }),
  )
}
