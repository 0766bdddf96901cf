import type { ClientBase } from 'pg'
import { madeName } from '../postgres/index.ts'
import type { ModelFile, ModelStatement } from './model.ts'
import type { ModelSchemas } from './tenant-schema.ts'

/** The labels of enums in their order, by `schema.name`. */
export type EnumLabels = ReadonlyMap<string, readonly string[]>

/** The enums of a database, in some schemas. */
export async function readEnumLabels(client: ClientBase, schemas: readonly string[]): Promise<EnumLabels> {
  const { rows } = await client.query<{ name: string; labels: readonly string[] }>(
    `SELECT n.nspname || '.' || t.typname AS name, array_agg(e.enumlabel::text ORDER BY e.enumsortorder) AS labels
       FROM pg_enum e JOIN pg_type t ON t.oid = e.enumtypid JOIN pg_namespace n ON n.oid = t.typnamespace
      WHERE n.nspname = ANY ($1::text[]) GROUP BY 1`,
    [schemas],
  )
  return new Map(rows.map(({ name, labels }) => [name, labels]))
}

/**
 * Models whose enums have their labels in the order of a database, and new ones among them where the models have those: no
 * statement of PostgreSQL moves a label, so that another order would rewrite each column of the type.
 * @returns the files, and the statements that had another order
 */
export function inOrderOf(
  labels: EnumLabels,
  files: readonly ModelFile[],
  { schemas }: ModelSchemas,
): { readonly files: readonly ModelFile[]; readonly reordered: readonly ModelStatement[] } {
  const reordered: ModelStatement[] = []
  const ordered = files.map((file) => {
    const own = file.key === undefined || !file.keyed ? 'public' : (schemas[file.key] ?? 'public')
    return {
      ...file,
      statements: file.statements.map((statement) => {
        const sql = reorderedEnum(statement.sql, own, labels)
        if (sql === undefined) return statement
        reordered.push(statement)
        return { ...statement, sql }
      }),
    }
  })
  return { files: ordered, reordered }
}

const list = /\bas\s+enum\s*\(((?:\s*'(?:[^']|'')*'\s*,?)+)\)\s*;?\s*$/i

function reorderedEnum(sql: string, own: string, labels: EnumLabels): string | undefined {
  const [whole = '', inner = ''] = /^[^(]*\btype\b/i.test(sql) ? (list.exec(sql) ?? []) : []
  const name = inner === '' ? undefined : madeName(sql)
  if (name === undefined) return undefined
  const live = labels.get(name.includes('.') ? name : `${own}.${name}`)
  const wanted = [...inner.matchAll(/'((?:[^']|'')*)'/g)].map(([, text = '']) => text.replaceAll("''", "'"))
  if (live === undefined || !live.every((label) => wanted.includes(label))) return undefined
  const ordered = [...live]
  for (const [at, label] of wanted.entries()) {
    const before = at === 0 ? undefined : wanted[at - 1]
    if (!ordered.includes(label))
      ordered.splice(before === undefined ? 0 : ordered.indexOf(before) + 1, 0, label)
  }
  if (ordered.join('\0') === wanted.join('\0')) return undefined
  const written = ordered.map((label) => `'${label.replaceAll("'", "''")}'`).join(', ')
  return `${sql.slice(0, sql.length - whole.length)}AS ENUM (${written})`
}
