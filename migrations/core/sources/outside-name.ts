import { catalogName } from '../postgres/index.ts'
import type { ModelStatement } from './model.ts'

/** A statement that PostgreSQL has refused, which may still wait for another. */
export interface Waiting {
  readonly statement: ModelStatement
  /** The search_path that was in force where it stands. */
  readonly searchPath: string
  readonly error: Error & { readonly code?: string; readonly routine?: string; readonly position?: string }
}

const part = String.raw`(?:"(?:[^"]|"")+"|[\p{L}_][\p{L}\p{N}_$]*)`
const qualifiedNames = new RegExp(String.raw`(${part})\s*\.\s*(${part})`, 'gu')

/** The states of what does not exist: relation, object, function, schema. */
export const undefinedStates = new Set(['42P01', '42704', '42883', '3F000'])

/** Whether a failure may be over when another statement has run, be it that a column is missing; a mistake of its own says more. */
export function isUndefined({ code = '' }: Waiting['error']): boolean {
  return undefinedStates.has(code) || code === '42703'
}

interface OutsideName {
  readonly name: string
  readonly statement: ModelStatement
}

/**
 * The first name in statements that fail which is of no schema of the map and not there, or a role that is not.
 * @param schemas those of the schema map
 */
export function outsideName(left: readonly Waiting[], schemas: readonly string[]): OutsideName | undefined {
  const waits = left.filter(({ error }) => undefinedStates.has(error.code ?? ''))
  for (const { statement, error } of waits) {
    if (isUnknownRole(error)) return { name: quotedIn(error.message) ?? 'a role', statement }
    for (const [, first = '', second = ''] of statement.sql.matchAll(qualifiedNames)) {
      const [schema, name] = [catalogName(first), catalogName(second)]
      if (schemas.includes(schema) || builtIn.has(schema)) continue
      // The server's message may be in any language; it has the name in it in all of them.
      if (error.message.includes(`${schema}.${name}`) || quotedIn(error.message) === schema)
        return { name: `${schema}.${name}`, statement }
    }
  }
  return undefined
}

const builtIn = new Set(['pg_catalog', 'information_schema'])

/** The message may be in any language; the server's own function that looks a role up is named get_role_oid. */
function isUnknownRole({ code, routine }: Waiting['error']): boolean {
  return code === '42704' && routine === 'get_role_oid'
}

function quotedIn(message: string): string | undefined {
  const [, name] = /["«„“]([^"«»„“”]+)["»“”]/.exec(message) ?? []
  return name
}
