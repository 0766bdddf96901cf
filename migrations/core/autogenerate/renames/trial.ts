import type { ClientBase } from 'pg'
import {
  type Catalog,
  type ComparedObjects,
  moveCandidates,
  namedSides,
  type Rename,
  readCatalog,
  renameCandidates,
} from '../../difference/index.ts'
import type { AutogenerateInput } from '../input.ts'
import { sqlState } from '../search/address.ts'
import { noStatementOrder } from '../search/no-order.ts'
import { expectInside, expectNoMove, schemasOutside } from './across-filter.ts'
import { resolvedRenames } from './resolve.ts'
import { expectDecided, renameText } from './settle.ts'
import { type RenameStep, renameSteps } from './statements.ts'

/** The renames to make, and the base state after them. */
export interface SettledRenames {
  readonly renames: readonly Rename[]
  readonly renamed: Catalog
}

/**
 * Settles what is a rename: those given are tried on a scratch database at the base state, so that whatever else differs
 * is read off the catalogs after them, and what then still could be a rename, or a move over the filter's edge, is asked
 * about.
 * @throws MigError `not-a-rename` for names that do not exist; `outside-filter`; `decision-needed` (exit 4) with what is open;
 *   `no-statement-order` for what PostgreSQL does not rename
 */
export async function settledRenames(
  client: ClientBase,
  ends: { readonly base: Catalog; readonly wanted: Catalog },
  scope: ComparedObjects,
  input: Pick<AutogenerateInput, 'renames' | 'lines' | 'filter'>,
): Promise<SettledRenames> {
  const decisions = input.renames
  expectInside(decisions.given, input)
  const sides = namedSides(ends.base, ends.wanted, scope)
  const renames = resolvedRenames(decisions.given, sides)
  const steps = renameSteps(renames, sides.source)
  const renamed = steps.length === 0 ? ends.base : await afterSteps(client, steps, scope)
  const denied = new Set(decisions.denied)
  const isDenied = (rename: Rename) => denied.has(renameText(rename))
  expectDecided(renameCandidates(renamed, ends.wanted, scope, isDenied), decisions)
  const outside = schemasOutside(input)
  if (outside.length > 0) expectNoMove(moveCandidates(renamed, ends.wanted, scope, outside), decisions, input)
  return { renames, renamed }
}

async function afterSteps(
  client: ClientBase,
  steps: readonly RenameStep[],
  scope: ComparedObjects,
): Promise<Catalog> {
  await client.query('BEGIN')
  try {
    for (const step of steps) await runStep(client, step)
    return await readCatalog(client, scope)
  } finally {
    await client.query('ROLLBACK')
  }
}

async function runStep(client: ClientBase, { action }: RenameStep): Promise<void> {
  try {
    await client.query(action.sql)
  } catch (error) {
    if (!(error instanceof Error) || sqlState(error) === undefined) throw error
    throw noStatementOrder('', [], [{ action, error }])
  }
}
