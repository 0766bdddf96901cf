import type { Client } from 'pg'
import type { GrantedObjects } from '../operations/index.ts'
import { onUserPath } from '../postgres/index.ts'
import type { Action, Catalog, Difference, Scope } from './engine/index.ts'
import { asRevision, type GeneratedRevision, lineOfSchema, newlyMadeReader } from './generate.ts'
import { sqlState } from './guide/address.ts'
import { nextDifference, takesRounds } from './guide/guide.ts'
import { inOneTransaction } from './guide/trial.ts'
import type { AutogenerateInput } from './input.ts'
import { partIntoRuns, type Run } from './lines.ts'

/** Both directions of a revision as the engine orders them. */
export interface StraightWays {
  /** The upgrade, as the one run of one line. */
  readonly run: Run
  readonly downgrade: readonly Action[]
}

/** What a way leads from, and to. */
interface Ends {
  readonly base: Catalog
  readonly wanted: Catalog
}

/**
 * Both directions, where what the engine orders is all there is to it: one line, one transaction each way, nothing for
 * a person to decide. Undefined where the guide has to find a way.
 */
export function straightWays(
  input: Pick<AutogenerateInput, 'casts' | 'filter' | 'lines'>,
  { base, wanted }: Ends,
  scope: Scope,
  there: Difference,
): StraightWays | undefined {
  const { casts, filter } = input
  if (casts.recreate.length > 0 || Object.keys(casts.using).length > 0) return undefined
  if (takesRounds(there.actions, base, wanted, scope)) return undefined
  const back = nextDifference(wanted, base, scope)
  if (back instanceof Error || takesRounds(back.actions, wanted, base, scope)) return undefined
  const [upgrade, downgrade] = [inOneTransaction(there.actions), inOneTransaction(back.actions)]
  const [run, ...others] = partIntoRuns(upgrade ?? [], lineOfSchema(input), filter[0] ?? '')
  return run === undefined || downgrade === undefined || others.length > 0 ? undefined : { run, downgrade }
}

/**
 * The revision of {@link straightWays}. Both directions are run on `client`, at the base state, and rolled back. It
 * saves the guide its copies of the database and its readings; whether it leads where it should is for the proof to
 * say. Undefined when PostgreSQL refuses one.
 */
export async function straightRevision(
  input: AutogenerateInput,
  client: Client,
  { base, wanted }: Ends,
  scope: Scope,
  { run, downgrade }: StraightWays,
): Promise<GeneratedRevision | undefined> {
  const kept = await triedBothWays(client, scope, run.actions, downgrade)
  if (kept === undefined) return undefined
  return asRevision(input, run, kept.up, {
    actions: downgrade,
    kept: kept.down,
    from: wanted,
    to: base,
  })
}

/** Runs both directions, rolls them back, and gives what each makes anew; undefined when PostgreSQL refuses one. */
async function triedBothWays(
  client: Client,
  scope: Scope,
  up: readonly Action[],
  down: readonly Action[],
): Promise<{ readonly up: GrantedObjects; readonly down: GrantedObjects } | undefined> {
  const run = (actions: readonly Action[]) =>
    client.query(onUserPath(actions.map(({ sql }) => sql).join(';\n')))
  await client.query('BEGIN; SET LOCAL check_function_bodies = off')
  try {
    const newlyMade = await newlyMadeReader(client, scope)
    await run(up)
    const ofUp = await newlyMade()
    await run(down)
    return { up: ofUp, down: await newlyMade() }
  } catch (error) {
    if (sqlState(error) !== undefined) return undefined
    throw error
  } finally {
    await client.query('ROLLBACK')
  }
}
