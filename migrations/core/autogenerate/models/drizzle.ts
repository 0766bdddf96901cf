import { splitStatements } from '../../postgres/index.ts'

const entityKind = Symbol.for('drizzle:entityKind')
const isEnum = Symbol.for('drizzle:isPgEnum')

/** Whether an exported value is a Drizzle table, view, enum, sequence, schema, policy or relation. */
export function isDrizzle(value: unknown): boolean {
  if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return false
  // A view is a proxy that takes every property for a column; its prototype is what it is.
  const kind: unknown = Object.getPrototypeOf(value)?.constructor
  return isEnum in value || (typeof kind === 'function' && entityKind in kind)
}

/**
 * The DDL of Drizzle objects, as drizzle-kit writes it for an empty database. Loaded only when a model needs
 * it: drizzle-kit takes most of a second to load.
 */
export async function drizzleStatements(
  objects: Readonly<Record<string, unknown>>,
): Promise<readonly string[]> {
  const { writeBigintDefaults } = await import('./drizzle-defaults.ts')
  writeBigintDefaults(objects)
  const { generateDrizzleJson, generateMigration } = await import('drizzle-kit/api')
  const statements = await generateMigration(generateDrizzleJson({}), generateDrizzleJson({ ...objects }))
  return statements.flatMap((text) => splitStatements(text).map((piece) => piece.text))
}
