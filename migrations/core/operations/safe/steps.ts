import { createHash } from 'node:crypto'
import { quoteLiteral } from '../../postgres/sql/quote.ts'
import { dollarQuoted } from '../clauses/routines.ts'
import type { BackfillSpec, Statement } from '../contract.ts'

/** One step of a safe form: a statement of its own transaction, or a backfill. Every step can be run again. */
export type SafeStep = Statement | { readonly backfill: BackfillSpec }

/**
 * The name of an object that lives only while a safe form runs: the same on every run, so that a rerun finds it, and
 * within PostgreSQL's 63 bytes whatever names it is made of.
 */
export function helperName(...parts: readonly string[]): string {
  return `just_mig_${createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 12)}`
}

/** A DO statement that does `body` (PL/pgSQL) when `condition` holds. */
export function doWhen(condition: string, body: string): Statement {
  return { sql: `DO ${dollarQuoted(`\nBEGIN\n  IF ${condition} THEN\n    ${body};\n  END IF;\nEND\n`)}` }
}

/**
 * Whether a table has a constraint of that name; `validated: false` asks for one that an interrupted run has left.
 * `tableSql` is the quoted name.
 */
export function constraintExists(tableSql: string, name: string, validated?: boolean): string {
  const validity = validated === undefined ? '' : ` AND ${validated ? '' : 'NOT '}convalidated`
  return `EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conrelid = ${regclass(tableSql)} AND conname = ${quoteLiteral(name)}${validity})`
}

/** Whether a table has a column of that name. `tableSql` is the quoted name. */
export function columnExists(tableSql: string, column: string): string {
  return `EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid = ${regclass(tableSql)} AND attname = ${quoteLiteral(column)})`
}

/** A quoted name as a regclass constant. */
export function regclass(tableSql: string): string {
  return `${quoteLiteral(tableSql)}::pg_catalog.regclass`
}
