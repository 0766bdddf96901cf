import type { Client } from 'pg'
import { quoteLiteral } from '../postgres/sql/quote.ts'

/** A row of pg_database as far as it says how texts are encoded and ordered; the columns vary by version. */
interface DatabaseLocale {
  readonly encoding: string
  readonly datcollate: string
  readonly datctype: string
  /** `c` libc, `i` ICU, `b` builtin; since PostgreSQL 15. */
  readonly datlocprovider?: 'c' | 'i' | 'b'
  /** PostgreSQL 15 and 16. */
  readonly daticulocale?: string | null
  /** Since PostgreSQL 17. */
  readonly datlocale?: string | null
  /** Since PostgreSQL 16. */
  readonly daticurules?: string | null
}

/**
 * The clauses of CREATE DATABASE that give a new database the encoding and locale of the one we are connected
 * to, so that both order and compare texts alike (manual, CREATE DATABASE).
 */
export async function localeClauses(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ database: DatabaseLocale }>(
    `SELECT to_jsonb(d) || jsonb_build_object('encoding', pg_encoding_to_char(d.encoding)) AS database
       FROM pg_database d WHERE d.datname = current_database()`,
  )
  const database = rows[0]?.database
  return database === undefined ? [] : clausesOf(database)
}

function clausesOf(database: DatabaseLocale): string[] {
  const locale = database.datlocale ?? database.daticulocale
  return [
    `ENCODING ${quoteLiteral(database.encoding)}`,
    `LC_COLLATE ${quoteLiteral(database.datcollate)}`,
    `LC_CTYPE ${quoteLiteral(database.datctype)}`,
    ...(database.datlocprovider === 'i' ? ['LOCALE_PROVIDER icu', ...named('ICU_LOCALE', locale)] : []),
    ...(database.datlocprovider === 'b'
      ? ['LOCALE_PROVIDER builtin', ...named('BUILTIN_LOCALE', locale)]
      : []),
    ...(database.datlocprovider === 'c' ? ['LOCALE_PROVIDER libc'] : []),
    ...named('ICU_RULES', database.daticurules),
  ]
}

function named(clause: string, value: string | null | undefined): string[] {
  return value == null ? [] : [`${clause} ${quoteLiteral(value)}`]
}
