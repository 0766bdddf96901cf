import { describe, expect, test } from 'vitest'
import { statementEffects } from '../../migrations/core/lint/effects.ts'
import { lockFindings, sizeText } from '../../migrations/core/lint/lock-rules.ts'
import type { RelationState } from '../../migrations/core/lint/observation.ts'
import type { RecordedStatement } from '../../migrations/core/lint/recording.ts'
import { durationText } from '../../migrations/core/report/units.ts'

const lock = (strength: number): RelationState => ({
  ...{ oid: '1', name: 's.t', strength, file: '1', scans: 0 },
})
const accessExclusive = 7

function statement(sql: string, more: Partial<RecordedStatement> = {}): RecordedStatement {
  return {
    ...{ line: 'one', revision: 'r', sql, transaction: '1', locks: [], held: [] },
    ...{ rewritten: new Set<string>(), scanned: new Set<string>() },
    ...more,
  }
}

const existing = () => new Map([['1', 's.t']])
const sizes = (bytes: number) => new Map([['s.t', { bytes, rows: 10 }]])

function levels(statements: readonly RecordedStatement[], bytes?: number): readonly string[] {
  const effects = statementEffects(statements, existing, bytes === undefined ? new Map() : sizes(bytes))
  return effects
    .flatMap((effect) => lockFindings(effect, durationText))
    .map(({ rule, level }) => `${rule} ${level}`)
}

describe('the level of a lock', () => {
  const rewrite = statement('ALTER TABLE t ALTER id TYPE bigint', {
    locks: [lock(accessExclusive)],
    rewritten: new Set(['1']),
  })

  test.each([
    [undefined, ['table-rewrite warning']],
    [8_192, []],
    [200e6, ['table-rewrite warning']],
    [100e9, ['table-rewrite error']],
  ])('of a rewrite of a table of %s bytes is %j', (bytes, expected) => {
    expect(levels([rewrite], bytes)).toEqual(expected)
  })

  test('counts what the same transaction does after it', () => {
    const brief = statement('ALTER TABLE t ADD c int', { locks: [lock(accessExclusive)] })
    const update = statement('UPDATE t SET c = 1', { scanned: new Set(['1']) })
    expect(levels([brief, update], 100e9)).toEqual(['long-lock error'])
    expect(levels([brief, { ...update, transaction: '2' }], 100e9)).toEqual([])
  })

  test('is none for a lock that does not block readers and writers', () => {
    const vacuum = statement('ALTER TABLE t VALIDATE CONSTRAINT c', {
      locks: [lock(3)],
      scanned: new Set(['1']),
    })
    expect(levels([vacuum], 100e9)).toEqual([])
  })

  test('is none for a table that the run has made', () => {
    const effects = statementEffects([rewrite], () => new Map(), sizes(100e9))
    expect(effects[0]?.tables).toEqual([])
  })
})

test.each([
  [0, '0 bytes'],
  [8192, '8192 bytes'],
  [20_480, '20 kB'],
  [3 * 1024 ** 3, '3072 MB'],
  [30 * 1024 ** 3, '30 GB'],
])('%i bytes read as %s, as PostgreSQL writes them', (bytes, text) => {
  expect(sizeText(bytes)).toBe(text)
})
