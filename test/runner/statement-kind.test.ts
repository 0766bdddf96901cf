import { describe, expect, test } from 'vitest'
import { statementKind } from '../../migrations/core/runner/statement/statement-kind.ts'

describe('the kind of a statement', () => {
  test.each([
    ['CREATE INDEX CONCURRENTLY a ON t (x)', { kind: 'create-index', index: 'a', table: 't' }],
    [
      '/* why */ create unique index concurrently if not exists "A ""b" on only "s t"."T" (x)',
      { kind: 'create-index', index: '"A ""b"', table: '"s t"."T"' },
    ],
    ['CREATE INDEX CONCURRENTLY ON s.t (x)', { kind: 'create-index', index: null, table: 's.t' }],
    ['DROP INDEX CONCURRENTLY IF EXISTS s.a', { kind: 'drop-index', index: 's.a' }],
    ['REINDEX INDEX CONCURRENTLY a', { kind: 'reindex', what: 'INDEX', name: 'a' }],
    ['REINDEX (VERBOSE, CONCURRENTLY) TABLE s.t', { kind: 'reindex', what: 'TABLE', name: 's.t' }],
    ['REINDEX SCHEMA s', { kind: 'reindex', what: 'SCHEMA', name: 's' }],
    ['ALTER TABLE s.t DETACH PARTITION s.p CONCURRENTLY', { kind: 'detach', table: 's.t', partition: 's.p' }],
    ['VACUUM (ANALYZE) t', { kind: 'alone' }],
    ['CREATE DATABASE other', { kind: 'refused', what: 'CREATE DATABASE' }],
    ['COMMIT', { kind: 'transaction', what: 'COMMIT' }],
    ['-- so\nSTART TRANSACTION', { kind: 'transaction', what: 'START TRANSACTION' }],
  ])('%s', (sql, expected) => {
    expect(statementKind(sql)).toEqual(expected)
  })

  test.each([
    'CREATE INDEX a ON t (x)',
    'DROP INDEX a',
    'REINDEX TABLE t',
    'ALTER TABLE t DETACH PARTITION p',
    'ROLLBACK TO SAVEPOINT s',
    'SAVEPOINT s',
    'PREPARE q AS SELECT 1',
    "COMMENT ON TABLE t IS 'VACUUM'",
    'CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; END',
    'REFRESH MATERIALIZED VIEW CONCURRENTLY v',
    "ALTER TYPE t ADD VALUE 'v'",
  ])('%s runs in a transaction', (sql) => {
    expect(statementKind(sql)).toEqual({ kind: 'plain' })
  })
})
