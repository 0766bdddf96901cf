/**
 * What the text of a statement says where the facts of its action do not: the engine tells what an action makes, alters
 * and drops, and not how. The patterns fit what the engine and this project write.
 */

/** A name as statements have it. */
const name = '(?:"(?:[^"]|"")+"|\\w+)'
const literal = /'((?:[^']|'')*)'/g

/** A name without its quotes. */
export function unquoted(text: string): string {
  return text.replace(/^"(.*)"$/s, '$1').replaceAll('""', '"')
}

/** A qualified name without quotes, as the values of enums are looked up by. */
export function plainName(text: string): string {
  return text.replaceAll('"', '')
}

/** The enum that a statement makes, with its values as SQL has them. */
export function madeEnum(
  sql: string,
): { readonly name: string; readonly labels: readonly string[] } | undefined {
  const [, type, list] = /^CREATE TYPE (\S+) AS ENUM \((.*)\)$/s.exec(sql) ?? []
  if (type === undefined || list === undefined) return undefined
  return { name: plainName(type), labels: [...list.matchAll(literal)].map(([whole]) => whole) }
}

/** The text that a literal of SQL means. */
export function literalValue(sql: string): string {
  return sql.slice(1, -1).replaceAll("''", "'")
}

/** The value of an enum that a statement renames. */
export function renamedLabel(
  sql: string,
): { readonly type: string; readonly from: string; readonly to: string } | undefined {
  const [, type, from, to] =
    /^ALTER TYPE (\S+) RENAME VALUE '((?:[^']|'')*)' TO '((?:[^']|'')*)'$/.exec(sql) ?? []
  if (type === undefined || from === undefined || to === undefined) return undefined
  return { type: plainName(type), from: from.replaceAll("''", "'"), to: to.replaceAll("''", "'") }
}

const typeChangePattern = new RegExp(
  `^ALTER TABLE .* ALTER COLUMN (${name}) TYPE (.*?)( COLLATE \\S+)?(?: USING (.*))?$`,
  's',
)

/** The change of a column's type. */
export function typeChange(sql: string):
  | {
      readonly column: string
      readonly type: string
      /** With its collation. */
      readonly whole: string
      readonly using: string | undefined
    }
  | undefined {
  const [, column, type, collate = '', using] = typeChangePattern.exec(sql) ?? []
  if (column === undefined || type === undefined) return undefined
  return { column: unquoted(column), type, whole: `${type}${collate}`, using }
}

const notNullPattern = new RegExp(` ALTER COLUMN (${name}) SET NOT NULL$`)

/** The column that a statement makes NOT NULL. */
export function requiredColumnName(sql: string): string | undefined {
  const found = notNullPattern.exec(sql)?.[1]
  return found === undefined ? undefined : unquoted(found)
}

/** The sides of a foreign key, each as a list of names in SQL. */
export function foreignKey(
  sql: string,
): { readonly columns: string; readonly target: string; readonly keys: string } | undefined {
  const [, columns, target, keys] = /FOREIGN KEY \((.*?)\) REFERENCES (\S+?) ?\((.*?)\)/.exec(sql) ?? []
  if (columns === undefined || target === undefined || keys === undefined) return undefined
  return { columns, target, keys }
}

/** Whether a statement makes or replaces a function or procedure. */
export function makesRoutine(sql: string): boolean {
  return /^CREATE (?:OR REPLACE )?(?:FUNCTION|PROCEDURE)\b/.test(sql)
}

/** As {@link makesRoutine}, of one whose body is text: PostgreSQL records nothing of what it uses. */
export function makesTextRoutine(sql: string): boolean {
  return makesRoutine(sql) && !/\bBEGIN ATOMIC\b/.test(sql)
}

/** Whether a statement gives a generated column another expression. */
export function setsExpression(sql: string): boolean {
  return /^ALTER TABLE .* SET EXPRESSION AS \(/s.test(sql)
}

/** Whether a statement makes an index that is unique. */
export function makesUniqueIndex(sql: string): boolean {
  return /^CREATE UNIQUE INDEX /.test(sql)
}
