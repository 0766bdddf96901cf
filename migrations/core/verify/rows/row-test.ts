import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { ClientBase } from 'pg'
import { MigError } from '../../errors.ts'
import { databaseError, quoteIdent, splitStatements } from '../../postgres/index.ts'
import { lineAndColumn } from '../../postgres/sql/statements.ts'
import {
  isRowTest,
  type RevisionFile,
  type RowTest,
  readRowTest,
  rowTestPaths,
  type TextSection,
} from '../../revisions/index.ts'
import { readSource } from '../../source-file.ts'
import type { ScratchSession } from '../context.ts'
import { counted, type Found } from '../result.ts'
import { type ClimbRequest, climbOnce, type RowOutcome } from './climb.ts'
import type { Verdict } from './judge.ts'

/** The path of a revision's row test, where it has one. */
export function rowTestOf({ path }: Pick<RevisionFile, 'path'>): string | undefined {
  return rowTestPaths(path).find((each) => existsSync(each))
}

/** Row tests in some folders that stand beside no revision. */
export function strayRowTests(
  folders: readonly string[],
  files: Iterable<Pick<RevisionFile, 'path'>>,
): readonly string[] {
  const known = new Set([...files].flatMap(({ path }) => rowTestPaths(path)))
  return folders
    .filter((folder) => existsSync(folder))
    .flatMap((folder) =>
      readdirSync(folder)
        .filter(isRowTest)
        .map((name) => join(folder, name)),
    )
    .filter((path) => !known.has(path))
}

/**
 * Runs the row test of a revision on a copy of the database: makes its rows, runs the upgrade and its queries, and the
 * downgrade and its queries. Names without a schema are of the revision's own.
 * @param session at the state before the revision
 * @param judge holds what became of the rows against the header of the revision
 * @throws MigError `row-test` with the place of what is not so
 */
export async function runRowTest(
  session: ScratchSession,
  request: ClimbRequest,
  path: string,
  judge: (outcome: RowOutcome) => Pick<Verdict, 'message' | 'help'> | undefined,
): Promise<Found> {
  const test = readRowTest(readSource(path), path)
  const { file, schema } = request
  if (file.irreversible !== undefined && test.afterDowngrade !== undefined) {
    throw failed(
      path,
      test.afterDowngrade.line,
      'the revision is irreversible, and there is -- after downgrade',
    )
  }
  const outcome = await session.onCopy((copy) => {
    const within = (section: TextSection | undefined, run: (sql: string, line: number) => Promise<void>) =>
      inSchema(copy.client, schema, () => eachStatement(section, run))
    return climbOnce(copy, request, {
      fill: async (_, { fresh }) => {
        if (!fresh)
          await within(test.before, async (sql, line) => void (await execute(copy.client, sql, path, line)))
        return []
      },
      after: (side) =>
        within(side === 'upgrade' ? test.afterUpgrade : test.afterDowngrade, (sql, line) =>
          expectTrue(copy.client, sql, path, line),
        ),
    })
  })
  if (outcome.refused !== undefined) {
    const { side, error } = outcome.refused
    throw failed(
      path,
      test.before?.line ?? 1,
      `the ${side} does not run on the rows of the test: ${error.message}`,
    )
  }
  const verdict = judge(outcome)
  if (verdict !== undefined) return { status: 'failed', message: verdict.message, help: verdict.help }
  return { status: 'ok', message: counted(queriesOf(test), 'true answer') }
}

function queriesOf({ afterUpgrade, afterDowngrade }: RowTest): number {
  return [afterUpgrade, afterDowngrade].reduce(
    (sum, section) => sum + (section === undefined ? 0 : splitStatements(section.body).length),
    0,
  )
}

async function inSchema(client: ClientBase, schema: string, body: () => Promise<void>): Promise<void> {
  await client.query(`BEGIN; SET LOCAL search_path = ${quoteIdent(schema)}`)
  try {
    await body()
    await client.query('COMMIT')
  } catch (error) {
    await client.query('ROLLBACK')
    throw error
  }
}

async function eachStatement(
  section: TextSection | undefined,
  run: (sql: string, line: number) => Promise<void>,
): Promise<void> {
  if (section === undefined) return
  for (const { text, start } of splitStatements(section.body))
    await run(text, section.line + lineAndColumn(section.body, start).line - 1)
}

async function execute(
  client: ClientBase,
  sql: string,
  path: string,
  line: number,
): Promise<readonly (readonly unknown[])[]> {
  try {
    return (await client.query<unknown[]>({ text: sql, rowMode: 'array' })).rows
  } catch (error) {
    throw failed(path, line, `${sql}\n${databaseError(error, { sql }).message}`)
  }
}

/** A query is true when it gives one row with `true` alone. */
async function expectTrue(client: ClientBase, sql: string, path: string, line: number): Promise<void> {
  const rows = await execute(client, sql, path, line)
  const [row = []] = rows
  if (rows.length === 1 && row.length === 1 && row[0] === true) return
  throw failed(path, line, `${sql}\nreturned ${returnedText(rows)}, and not one row with true`)
}

function returnedText(rows: readonly (readonly unknown[])[]): string {
  const shown = rows.slice(0, 3).map((row) => `(${row.map(valueText).join(', ')})`)
  if (rows.length === 0) return 'no row'
  return `${shown.join(', ')}${rows.length > 3 ? ` and ${rows.length - 3} more rows` : ''}`
}

function valueText(value: unknown): string {
  if (value === null) return 'NULL'
  return typeof value === 'string' ? `'${value}'` : JSON.stringify(value)
}

function failed(file: string, line: number, message: string): MigError {
  return new MigError('row-test', message, {
    help: 'correct the revision, or the test where it asks for something else',
    place: { file, line },
  })
}
