import { splitStatements } from '../postgres/index.ts'
import type { ModelStatement } from './model.ts'

const text = Symbol.for('just-mig:ddl')

/** SQL that a model exports. */
export interface Ddl {
  readonly [text]: string
}

/**
 * Marks SQL as a part of the models, by whatever name it is exported and whatever stands beside it. Values are put in as
 * they are.
 *
 *     export const touch = sql`CREATE TRIGGER touch BEFORE UPDATE ON app.car …`
 */
export function sql(strings: TemplateStringsArray, ...values: readonly (string | number)[]): Ddl {
  return { [text]: strings.raw.reduce((all, part, at) => `${all}${String(values[at - 1] ?? '')}${part}`) }
}

/** The SQL of a marked value; undefined for any other. */
export function ddlText(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || !(text in value)) return undefined
  return (value as Ddl)[text]
}

/** The statements of a text, with the line of each. */
export function sqlStatements(text: string, file: string): readonly ModelStatement[] {
  let line = 1
  let counted = 0
  return splitStatements(text).map(({ text: sql, start }) => {
    // From where the statement before stands, since a dump may have tens of thousands.
    line += text.slice(counted, start).split('\n').length - 1
    counted = start
    return { sql, file, line }
  })
}
