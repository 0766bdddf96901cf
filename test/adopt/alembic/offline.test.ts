import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readOfflineSql } from '../../../migrations/core/adopt/alembic/offline-sql.ts'
import { readAlembicRevision } from '../../../migrations/core/adopt/alembic/revision-file.ts'
import type { BodyPart } from '../../../migrations/core/adopt/history.ts'
import { plainSql } from './equal.ts'

const folder = join(import.meta.dirname, '..', 'fixtures', 'alembic')
const text = (name: string) => readFileSync(join(folder, name), 'utf8')
const alembicItself = new Map([
  ...readOfflineSql(text('upgrade.sql'), 'upgrade.sql'),
  ...readOfflineSql(text('downgrade.sql'), 'downgrade.sql'),
])

function plainParts(parts: readonly BodyPart[]): readonly unknown[] {
  return parts.flatMap((part): unknown[] => {
    if (part.kind === 'autocommit') return [{ autocommit: plainParts(part.parts) }]
    if (part.kind === 'unconverted') return [`${part.line}: ${part.reason}`]
    return part.sql.split(/;\s*/).map(plainSql)
  })
}

describe('a revision file of Alembic', () => {
  for (const name of readdirSync(join(folder, 'versions'))) {
    const revision = readAlembicRevision(text(join('versions', name)), name)
    for (const direction of ['upgrade', 'downgrade'] as const) {
      test(`${name} has the ${direction} that Alembic itself writes`, () => {
        const expected = alembicItself.get(`${direction} ${revision?.revision}`)
        expect(expected).toBeDefined()
        expect(plainParts(revision?.[direction] ?? [])).toEqual(plainParts(expected ?? []))
      })
    }
  }
})
