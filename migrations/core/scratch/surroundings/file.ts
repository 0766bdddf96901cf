import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { ClientBase } from 'pg'
import { MigError } from '../../errors.ts'
import { databaseError, splitStatements } from '../../postgres/index.ts'
import { readSource } from '../../source-file.ts'
import { makeInAnyOrder } from './make.ts'

/** The file of an environment folder that says what others own. */
export function surroundingsPath(dir: string): string {
  return join(dir, 'surroundings.sql')
}

const heading = `-- Objects of others that models and revisions refer to, as the database has them. Scratch databases get them first; they are
-- never compared, changed or dropped. To bring this file up to date: just mig-surroundings
-- It has the bodies of functions: check that none holds a secret before you commit it.
`

/** The text of the file for some statements. */
export function surroundingsText(statements: readonly string[]): string {
  return [heading, ...statements.map((sql) => `${sql.trim()};\n`)].join('\n')
}

/** What the file says; undefined where there is none. */
export function readSurroundings(path: string): string | undefined {
  return existsSync(path) ? readSource(path) : undefined
}

/**
 * Makes on an empty scratch database what the file says, but for what `isMade` says that others make there.
 * @returns the extensions that the server lacks; what needs them is left out
 * @throws MigError `bad-surroundings` with the file and the line
 */
export async function makeFromFile(
  client: ClientBase,
  { path, text }: { readonly path: string; readonly text: string },
  isMade: (sql: string) => boolean,
): Promise<readonly string[]> {
  const statements = splitStatements(text).filter(({ text: sql }) => !isMade(sql))
  const { lacking, left } = await makeInAnyOrder(
    client,
    statements.map(({ text: sql }) => sql),
  )
  const [first] = left
  if (first === undefined || lacking.length > 0) return lacking
  const start = statements.find(({ text: sql }) => sql === first.sql)?.start ?? 0
  const shown = databaseError(first.error, { sql: first.sql, file: path })
  throw new MigError(
    'bad-surroundings',
    `the surroundings cannot be created on a scratch database: ${shown.message}`,
    {
      help: `fix ${path}, or write it again: just mig-surroundings`,
      place: { ...shown.place, line: text.slice(0, start).split('\n').length },
      cause: first.error,
    },
  )
}
