import type { Client } from 'pg'
import {
  type Action,
  type Catalog,
  type ComparedObjects,
  type Difference,
  tryDifference,
} from '../../difference/index.ts'
import type { GrantedObjects } from '../../operations/index.ts'
import { onUserPath } from '../../postgres/index.ts'
import type { AutogenerateInput } from '../input.ts'
import { sqlState } from './address.ts'
import { lineOfSchema, partIntoRuns, type Run } from './lines.ts'
import { recreatedReader } from './recreated.ts'
import { takesRounds } from './search.ts'
import { inOneTransaction } from './trial.ts'

/** Both directions of a revision as the engine orders them. */
export interface SinglePass {
  /** The upgrade, as the one run of one line. */
  readonly run: Run
  readonly downgrade: readonly Action[]
}

/** The states that a revision lies between. */
interface Ends {
  readonly base: Catalog
  readonly wanted: Catalog
}

/**
 * Both directions, where what the engine orders is all there is to it: one line, one transaction each way, nothing for
 * a person to decide. Undefined where an order has to be searched for.
 */
export function singlePass(
  input: Pick<AutogenerateInput, 'casts' | 'filter' | 'lines'>,
  { base, wanted }: Ends,
  scope: ComparedObjects,
  there: Difference,
): SinglePass | undefined {
  const { casts, filter } = input
  if (casts.recreate.length > 0 || Object.keys(casts.using).length > 0) return undefined
  if (takesRounds(there.actions, base, wanted, scope)) return undefined
  const back = tryDifference(wanted, base, scope)
  if (back instanceof Error || takesRounds(back.actions, wanted, base, scope)) return undefined
  const [upgrade, downgrade] = [inOneTransaction(there.actions), inOneTransaction(back.actions)]
  const [run, ...others] = partIntoRuns(upgrade ?? [], lineOfSchema(input), filter[0] ?? '')
  return run === undefined || downgrade === undefined || others.length > 0 ? undefined : { run, downgrade }
}

/** Runs both directions, rolls them back, and gives what each recreates; undefined when PostgreSQL refuses one. */
export async function tryBothDirections(
  client: Client,
  scope: ComparedObjects,
  up: readonly Action[],
  down: readonly Action[],
): Promise<{ readonly up: GrantedObjects; readonly down: GrantedObjects } | undefined> {
  const run = (actions: readonly Action[]) =>
    client.query(onUserPath(actions.map(({ sql }) => sql).join(';\n')))
  await client.query('BEGIN; SET LOCAL check_function_bodies = off')
  try {
    const recreated = await recreatedReader(client, scope)
    await run(up)
    const ofUp = await recreated()
    await run(down)
    return { up: ofUp, down: await recreated() }
  } catch (error) {
    if (sqlState(error) !== undefined) return undefined
    throw error
  } finally {
    await client.query('ROLLBACK')
  }
}
