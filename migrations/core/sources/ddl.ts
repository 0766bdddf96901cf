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
