import type { Followed, ScratchState } from '../../history.ts'
import { Raised, Unfollowed } from '../../python/run/objects.ts'
import { runBlock } from '../../python/run/statements.ts'
import type { Scope } from '../../python/scope.ts'
import type { Statement } from '../../python/syntax.ts'
import { outsideTransactions } from '../../sql-body.ts'
import type { NamingConvention } from '../naming.ts'
import { recordOn } from './record.ts'
import { alembicWorld } from './world.ts'

const longest = 200_000

/** The revision file that is followed. */
export interface FollowedFile {
  /** Its name in messages. */
  readonly file: string
  readonly naming: NamingConvention
  /** The folder whose files it may read; undefined for none. */
  readonly readable: string | undefined
}

/**
 * The SQL of a body, found by following its Python statement by statement on a scratch database that stands where the
 * revision starts. What the code asks that database is asked again by the SQL: where it gets another answer, the
 * revision stops. Nothing that only Python knows is guessed: the first of that stops it here.
 */
export async function followed(
  statements: readonly Statement[],
  scope: Scope,
  { file, naming, readable }: FollowedFile,
  database: ScratchState,
): Promise<Followed> {
  const record = recordOn(database, file)
  const world = alembicWorld(record, naming)
  const machine = { world, modules: new Map(), budget: { left: longest }, readable }
  try {
    await runBlock(
      statements,
      { names: new Map(), shared: new Map(), up: undefined, home: scope, depth: 0 },
      machine,
    )
  } catch (error) {
    if (error instanceof Unfollowed) return { kind: 'stopped', file, line: error.line, reason: error.reason }
    if (error instanceof Raised) return { kind: 'stopped', file, line: 0, reason: error.message }
    throw error
  }
  return { kind: 'parts', parts: outsideTransactions(record.parts()), rows: record.rows() }
}
