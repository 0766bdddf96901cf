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

/**
 * The SQL of a body, found by following its Python statement by statement on a scratch database that stands where the
 * revision starts. What the code asks that database is asked again by the SQL: where it gets another answer, the
 * revision stops. Nothing that only Python knows is guessed: the first of that stops it here.
 */
export async function followed(
  statements: readonly Statement[],
  scope: Scope,
  naming: NamingConvention,
  file: string,
  database: ScratchState,
): Promise<Followed> {
  const record = recordOn(database, file)
  const machine = { world: alembicWorld(record, naming), modules: new Map(), budget: { left: longest } }
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
