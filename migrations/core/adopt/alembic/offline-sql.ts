import { MigError } from '../../errors.ts'
import { splitStatements } from '../../postgres/sql/statements.ts'
import { regexEscape } from '../../regex-escape.ts'
import type { BodyPart } from '../history.ts'
import { outsideTransactions } from '../sql-body.ts'

/** `upgrade <id>` or `downgrade <id>` → what Alembic itself would run. */
export type OfflineSql = ReadonlyMap<string, readonly BodyPart[]>

/**
 * Reads what `alembic upgrade base:heads --sql` or `alembic downgrade heads:base --sql` printed: the statements
 * below each `-- Running …` line, less Alembic's own rows. What stands between COMMIT and BEGIN runs outside a
 * transaction, as `autocommit_block` writes it.
 * @throws MigError `bad-offline-sql` when no such line is there.
 */
export function readOfflineSql(text: string, file: string, versionTable = 'alembic_version'): OfflineSql {
  const sections = text.split(/^-- Running (?=upgrade|downgrade)/m).slice(1)
  if (sections.length === 0) {
    throw new MigError('bad-offline-sql', `${file} has no line "-- Running upgrade … -> …"`, {
      help: 'write it with Alembic: alembic upgrade base:heads --sql > upgrade.sql',
      place: { file },
    })
  }
  return new Map(
    sections.flatMap((section) => {
      const head = /^(upgrade|downgrade) (.*?) ?-> ?(.*)/.exec(section)
      if (head === null) return []
      const [whole, direction = '', from = '', to = ''] = head
      const id = (direction === 'upgrade' ? to : from).split(',')[0]?.trim() ?? ''
      const statements = splitStatements(section.slice(whole.length)).map((piece) => piece.text)
      // Alembic ends each revision with its version row; without one it stopped half-way.
      if (!statements.some((sql) => isVersionStatement(sql, versionTable)))
        throw halfWritten(file, direction, id, versionTable)
      const body = statements.filter((sql) => !isVersionStatement(sql, versionTable))
      return [[`${direction} ${id}`, outsideTransactions(body.map((sql) => ({ kind: 'sql', sql })))] as const]
    }),
  )
}

function halfWritten(file: string, direction: string, id: string, versionTable: string): MigError {
  return new MigError(
    'bad-offline-sql',
    `${file} ends inside the ${direction} of ${id}: no statement on ${versionTable} follows it`,
    {
      help: 'Alembic stopped there; write the file again for the range before it: alembic upgrade A:B --sql',
      place: { file },
    },
  )
}

function isVersionStatement(sql: string, table: string): boolean {
  const name = regexEscape(table)
  return new RegExp(
    `^(?:INSERT INTO|UPDATE|DELETE FROM|CREATE TABLE|DROP TABLE)\\s+(?:(?:\\w+|"[^"]+")\\.)?"?${name}"?(?!\\w)`,
    'i',
  ).test(sql)
}
