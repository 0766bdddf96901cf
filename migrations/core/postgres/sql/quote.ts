import { MigError } from '../../errors.ts'

/** Keywords that are not plain identifiers: `pg_get_keywords()` of PostgreSQL 14 to 18, all but `catcode` U. */
const keywords: ReadonlySet<string> = new Set(
  `all analyse analyze and any array as asc asymmetric authorization between bigint binary bit boolean both
  case cast char character check coalesce collate collation column concurrently constraint create cross
  current_catalog current_date current_role current_schema current_time current_timestamp current_user dec
  decimal default deferrable desc distinct do else end except exists extract false fetch float for foreign
  freeze from full grant greatest group grouping having ilike in initially inner inout int integer
  intersect interval into is isnull join json json_array json_arrayagg json_exists json_object
  json_objectagg json_query json_scalar json_serialize json_table json_value lateral leading least left
  like limit localtime localtimestamp merge_action national natural nchar none normalize not notnull null
  nullif numeric offset on only or order out outer overlaps overlay placing position precision primary
  real references returning right row select session_user setof similar smallint some substring symmetric
  system_user table tablesample then time timestamp to trailing treat trim true union unique user using
  values varchar variadic verbose when where window with xmlattributes xmlconcat xmlelement xmlexists
  xmlforest xmlnamespaces xmlparse xmlpi xmlroot xmlserialize xmltable`.split(/\s+/),
)

/**
 * A name as SQL writes it: as it is where that is safe, else in double quotes. The same text as PostgreSQL's
 * `quote_ident` gives (manual, section 9.4).
 * @throws MigError `bad-text` for what no PostgreSQL name can hold
 */
export function quoteIdent(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) && !keywords.has(name) ? name : quoteIdentAlways(name)
}

/**
 * A name in double quotes, needed or not.
 * @throws MigError `bad-text` for what no PostgreSQL name can hold
 */
export function quoteIdentAlways(name: string): string {
  return `"${storable(name).replaceAll('"', '""')}"`
}

/**
 * `schema.name`, each quoted where needed.
 * @throws MigError `bad-text` for what no PostgreSQL name can hold
 */
export function qualifiedName(schema: string, name: string): string {
  return `${quoteIdent(schema)}.${quoteIdent(name)}`
}

/**
 * A name as SQL writes it, as the catalog has it: without its quotes, or in small letters, of which PostgreSQL makes
 * those of ASCII only, and cut to 63 bytes (manual, section 4.1.1).
 */
export function catalogName(name: string): string {
  const full = name.startsWith('"')
    ? name.slice(1, -1).replaceAll('""', '"')
    : name.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())
  const bytes = Buffer.from(full)
  if (bytes.length <= 63) return full
  let end = 63
  // Not inside a character.
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1
  return bytes.subarray(0, end).toString()
}

/**
 * A text as an SQL string constant, right under either setting of `standard_conforming_strings`. The same
 * text as PostgreSQL's `quote_literal` gives.
 * @throws MigError `bad-text` for what no PostgreSQL text can hold
 */
export function quoteLiteral(text: string): string {
  const quoted = storable(text).replaceAll("'", "''")
  return quoted.includes('\\') ? `E'${quoted.replaceAll('\\', '\\\\')}'` : `'${quoted}'`
}

function storable(text: string): string {
  if (/\0|\p{Surrogate}/u.test(text)) {
    throw new MigError(
      'bad-text',
      `PostgreSQL cannot hold ${JSON.stringify(text)}: it has a NUL character or half a surrogate pair`,
      { help: 'remove the character' },
    )
  }
  return text
}
