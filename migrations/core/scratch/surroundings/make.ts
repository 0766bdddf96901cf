import type { ClientBase } from 'pg'
import { isServerError } from '../../postgres/index.ts'

/** A statement that PostgreSQL has refused. */
export interface Refused {
  readonly sql: string
  readonly error: Error & { readonly code?: string | undefined }
}

/** What is there already is as good as made. */
const isThere = new Set(['42P06', '42P07', '42710', '42723'])

/**
 * Makes with statements on a scratch database what can be made there, bodies of functions unchecked.
 * @returns the extensions that the server cannot make, and the other statements that it refused
 */
export async function makeInAnyOrder(
  client: ClientBase,
  statements: readonly string[],
): Promise<{ readonly lacking: readonly string[]; readonly left: readonly Refused[] }> {
  await client.query('SET check_function_bodies = off')
  try {
    const left = await runInAnyOrder(client, statements)
    const lacking = left.flatMap(({ sql }) => extensionOf(sql) ?? [])
    return { lacking, left: left.filter(({ sql }) => extensionOf(sql) === undefined) }
  } finally {
    await client.query('RESET check_function_bodies')
  }
}

/**
 * Runs statements until a whole round brings nothing new, since each may need another.
 * @returns those that PostgreSQL refuses
 */
export async function runInAnyOrder(
  client: ClientBase,
  statements: readonly string[],
): Promise<readonly Refused[]> {
  let left = await refusedOf(client, statements)
  for (let before = statements.length; left.length > 0 && left.length < before; ) {
    before = left.length
    left = await refusedOf(
      client,
      left.map(({ sql }) => sql),
    )
  }
  return left
}

async function refusedOf(client: ClientBase, statements: readonly string[]): Promise<readonly Refused[]> {
  const refused: Refused[] = []
  for (const sql of statements) {
    try {
      await client.query(sql)
    } catch (error) {
      if (!isServerError(error)) throw error
      if (!isThere.has(error.code ?? '')) refused.push({ sql, error })
    }
  }
  return refused
}

/** The extension that a statement makes. */
function extensionOf(sql: string): string | undefined {
  const [, name] = /^\s*create\s+extension\s+(?:if\s+not\s+exists\s+)?("[^"]+"|[\w$]+)/i.exec(sql) ?? []
  return name?.replaceAll('"', '')
}
