import { quoteIdent } from '../../postgres/sql/quote.ts'
import { splitStatements } from '../../postgres/sql/statements.ts'
import type { BodyPart, ImportedHistory, ImportedRevision } from '../history.ts'

export interface HouseRules {
  /** The physical schemas of the lines: the runner makes them, so a revision may find them there. */
  readonly schemas: readonly string[]
  /** `search_path` that the other tool ran under, as SQL; undefined for the target schema. */
  readonly searchPath: string | undefined
}

/**
 * A history as it can run here: `CREATE SCHEMA` of a line's own schema gets IF NOT EXISTS, and each body starts with
 * the search_path that unqualified names meant in the other tool.
 */
export function underHouseRules(history: ImportedHistory, rules: HouseRules): ImportedHistory {
  const body = (parts: readonly BodyPart[]) => {
    const mapped = parts.map((part) => withSchemaThere(part, rules.schemas))
    if (rules.searchPath === undefined || parts.length === 0) return mapped
    return [{ kind: 'sql', sql: `SET LOCAL search_path TO ${rules.searchPath}` } as const, ...mapped]
  }
  const revisions = history.revisions.map(
    (revision): ImportedRevision => ({
      ...revision,
      upgrade: revision.upgrade === null ? null : body(revision.upgrade),
      downgrade: revision.downgrade === null ? null : body(revision.downgrade),
    }),
  )
  return { ...history, revisions }
}

function withSchemaThere(part: BodyPart, schemas: readonly string[]): BodyPart {
  if (part.kind === 'autocommit')
    return { ...part, parts: part.parts.map((inner) => withSchemaThere(inner, schemas)) }
  if (!/create\s+schema/i.test(part.sql)) return part
  const names = new Set(schemas.flatMap((schema) => [quoteIdent(schema), `"${schema}"`, schema]))
  const sql = splitStatements(part.sql).reduceRight((text, { start, text: statement }) => {
    const found = /^CREATE\s+SCHEMA\s+(?!IF\b|AUTHORIZATION\b)("[^"]+"|\w+)/i.exec(statement)
    if (found === null || !names.has(found[1] ?? '')) return text
    const head = found[0].slice(0, -(found[1]?.length ?? 0))
    return `${text.slice(0, start)}${head}IF NOT EXISTS ${text.slice(start + head.length)}`
  }, part.sql)
  return { ...part, sql }
}
