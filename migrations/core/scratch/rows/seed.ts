import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ClientBase } from 'pg'
import { loadModule } from '../../environment/index.ts'
import { MigError } from '../../errors.ts'
import type { EmitEvent } from '../../events.ts'
import { databaseError, quoteIdent, setOwnPathLocal, splitStatements } from '../../postgres/index.ts'
import { checkSource } from '../../source-file.ts'
import { inTransaction } from './make.ts'

/** The file names of a user's own rows, in the models folder itself. */
export const seedNames = ['seed.sql', 'seed.ts', 'seed.mts', 'seed.js'] as const

export interface SeedOptions {
  readonly modelsDir: string
  readonly cacheDir: string
  /** Schemas that names without one are looked up in: those of tenant lines. */
  readonly searchPath: readonly string[]
  readonly emit?: EmitEvent
}

/** What PostgreSQL says of a table, column, type, function or schema that is not there (manual, appendix A). */
const missing = new Set(['42P01', '42703', '42704', '42883', '3F000'])

/**
 * Adds the rows of `seed.sql` or `seed.ts` to a scratch database. A statement about what the database does not have is told
 * in a warning and left out: the seed may be ahead of a revision, or behind it.
 * @throws MigError `bad-seed` for a statement that is not an INSERT, UPDATE, DELETE, SELECT, WITH, SET or DO; `seed-failed` for
 *   one that PostgreSQL refuses
 */
export async function seedRows(client: ClientBase, options: SeedOptions): Promise<void> {
  for (const name of seedNames) {
    const path = join(options.modelsDir, name)
    if (!existsSync(path)) continue
    checkSource(path)
    await seedFrom(client, path, options)
  }
}

async function seedFrom(client: ClientBase, path: string, options: SeedOptions): Promise<void> {
  const texts = path.endsWith('.sql') ? [readFileSync(path, 'utf8')] : await exportedTexts(path, options)
  const statements = texts.flatMap((text) => splitStatements(text).map(({ text: sql }) => sql))
  for (const sql of statements) expectRows(path, sql)
  await inTransaction(client, async () => {
    const schemas = [...options.searchPath, 'public'].map(quoteIdent)
    await client.query(`SET LOCAL search_path = ${schemas.join(', ')}`)
    for (const sql of statements) await runSeed(client, path, sql, options)
    await client.query(`SET CONSTRAINTS ALL IMMEDIATE; ${setOwnPathLocal}`)
  })
}

async function exportedTexts(path: string, { cacheDir }: SeedOptions): Promise<readonly string[]> {
  const values = Object.values(await loadModule(path, cacheDir)).flat()
  const texts = values.filter((value) => typeof value === 'string')
  if (texts.length > 0) return texts
  throw new MigError('bad-seed', `${path} exports no SQL text`, {
    help: 'export strings, or lists of strings: export const users = ["INSERT INTO …"]',
    place: { file: path },
  })
}

function expectRows(path: string, sql: string): void {
  const plain = sql.replace(/^(?:\s+|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)+/, '')
  if (/^(?:INSERT|UPDATE|DELETE|SELECT|WITH|SET|DO)\b/i.test(plain)) return
  throw new MigError('bad-seed', `${path} has a statement that does not write rows: ${plain.slice(0, 80)}`, {
    help: 'a seed file only adds rows for the proof; put definitions into another file of the models folder',
    place: { file: path },
  })
}

async function runSeed(client: ClientBase, path: string, sql: string, { emit }: SeedOptions): Promise<void> {
  await client.query('SAVEPOINT mig_seed')
  try {
    await client.query(sql)
    await client.query('RELEASE SAVEPOINT mig_seed')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (code === '') throw error
    await client.query('ROLLBACK TO SAVEPOINT mig_seed; RELEASE SAVEPOINT mig_seed')
    const { message } = databaseError(error, { sql })
    if (!missing.has(code)) {
      throw new MigError('seed-failed', `a statement of ${path} fails: ${message}`, {
        help: 'fix the statement: the file is run on a scratch database at the state before the change',
        place: { file: path },
        cause: error,
      })
    }
    emit?.({
      event: 'warning',
      code: 'seed-skipped',
      message: `a statement of ${path} is left out of the proof: ${message}`,
      help: 'this is expected if the statement uses what the change adds or removes; else fix it',
    })
  }
}
