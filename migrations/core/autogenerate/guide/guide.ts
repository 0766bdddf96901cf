import pg from 'pg'
import { exitCodes, MigError } from '../../errors.ts'
import {
  type Action,
  type Catalog,
  type Change,
  changeText,
  type Difference,
  difference,
  type Rename,
  readCatalog,
  type Scope,
} from '../engine/index.ts'
import { type CastDecisions, decideCasts, undecidedCasts } from './casts.ts'
import { repairFor } from './repairs.ts'
import { type Refusal, tryActions } from './trial.ts'
import { freeTypesInUse } from './types-in-use.ts'

export interface GuideInput {
  /** A scratch database that stands at `from`; it is left at `to`. */
  readonly url: string
  readonly from: Catalog
  readonly to: Catalog
  readonly scope: Scope
  readonly renames: readonly Rename[]
  readonly casts: CastDecisions
}

export interface Guided {
  readonly actions: readonly Action[]
  readonly reached: Catalog
}

const mostRounds = 12

/**
 * Finds statements that take a scratch database from one state to another, by running them: the engine's
 * actions first, then whatever difference is left, until there is none. So an order that only the server
 * knows to be wrong is put right, and a dropped view comes back.
 * @throws MigError `decision-needed` (exit 4) for type changes without a cast, `no-way` (exit 5) when a
 *   difference stays.
 */
export async function guide(input: GuideInput): Promise<Guided> {
  const pool = new pg.Pool({ connectionString: input.url, max: 1 })
  pool.on('error', () => undefined)
  try {
    return await rounds(pool, input)
  } finally {
    await pool.end()
  }
}

async function rounds(pool: pg.Pool, input: GuideInput): Promise<Guided> {
  const actions: Action[] = []
  let current = input.from
  let renames = input.renames
  let refused: readonly Refusal[] = []
  for (let round = 0; round < mostRounds; round += 1) {
    const planned = planned_(current, input, renames)
    if (planned instanceof Error) {
      const freed = await onClient(pool, (client) => freeTypesInUse(client, current, input.to, input.scope))
      if (freed.length === 0) throw noWay(planned.message, [], refused)
      actions.push(...freed)
    } else {
      if (planned.actions.length === 0) {
        if (planned.changes.length === 0) return { actions, reached: current }
        throw noWay('', planned.changes, refused)
      }
      const decided = decideCasts(planned.actions, input.casts)
      const trial = await onClient(pool, (client) => tryActions(client, decided, repairFor))
      if (trial.done.length === 0) {
        throw undecidedCasts(trial.refused, input.casts) ?? noWay('', planned.changes, trial.refused)
      }
      actions.push(...trial.done)
      refused = trial.refused
      const undecided = undecidedCasts(refused, input.casts)
      if (undecided !== undefined) throw undecided
    }
    renames = []
    current = await readCatalog(pool)
  }
  const last = planned_(current, input, [])
  if (!(last instanceof Error) && last.actions.length === 0 && last.changes.length === 0)
    return { actions, reached: current }
  throw noWay(last instanceof Error ? last.message : '', last instanceof Error ? [] : last.changes, refused)
}

/** The next difference, or the engine's word that it knows no way. */
function planned_(current: Catalog, input: GuideInput, renames: readonly Rename[]): Difference | Error {
  try {
    return difference(current, input.to, input.scope, renames)
  } catch (error) {
    if (error instanceof Error && !(error instanceof TypeError)) return error
    throw error
  }
}

async function onClient<T>(pool: pg.Pool, body: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  try {
    return await body(client)
  } finally {
    client.release()
  }
}

function noWay(why: string, left: readonly Change[], refused: readonly Refusal[]): MigError {
  const lines = [
    ...(why === '' ? [] : [why]),
    ...refused.map(({ action, error }) => `${error.message}: ${action.sql}`),
    ...left.map((change) => `left: ${changeText(change)}`),
  ]
  return new MigError(
    'no-way',
    `no order of statements was found that makes this change:\n  ${lines.join('\n  ')}`,
    {
      exitCode: exitCodes.proofFailed,
      help: 'make the change in two steps (for example add the new object, move the data, drop the old one), or write this part by hand: just mig-revision "…"',
      facts: {
        refused: refused.map(({ action, error }) => ({ sql: action.sql, error: error.message })),
        left,
      },
    },
  )
}
