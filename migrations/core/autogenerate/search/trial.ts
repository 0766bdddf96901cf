import type { ClientBase } from 'pg'
import type { Action } from '../../difference/index.ts'
import { onUserPath, setOwnPath, setOwnPathLocal, setUserPathLocal } from '../../postgres/index.ts'
import { isUndefined, sqlState } from './address.ts'
import { trialSql } from './deferred.ts'
import { begin, commit, commitForGood, rollback } from './transaction.ts'

/** An action that PostgreSQL refused, with its words. */
export interface Refusal {
  readonly action: Action
  readonly error: Error
}

/** What to run before an action that was refused, and what to run in its place. */
export interface Repair {
  readonly first: readonly Action[]
  readonly instead?: readonly Action[]
}

export interface Trial {
  /** What ran, in the order in which it ran. */
  readonly done: readonly Action[]
  readonly refused: readonly Refusal[]
}

/** Tries to clear the way for an action that PostgreSQL refused; undefined when it knows none. */
export type Fix = (client: ClientBase, refusal: Refusal) => Promise<Repair | undefined>

/**
 * Runs actions on a scratch database and finds the order in which PostgreSQL takes them: what is refused
 * waits until others have gone through, and is fixed when waiting does not help. The actions run in one
 * transaction, as a revision will, except around those that need a commit.
 */
export async function tryActions(client: ClientBase, actions: readonly Action[], fix: Fix): Promise<Trial> {
  const atOnce = inOneTransaction(actions)
  if (atOnce !== undefined && (await runsAtOnce(client, atOnce))) return { done: atOnce, refused: [] }
  const done: Action[] = []
  let waiting: readonly Refusal[] = actions.map((action) => ({ action, error: new Error('not tried yet') }))
  await beginTrial(client)
  let fixed = 0
  while (waiting.length > 0) {
    const refused: Refusal[] = []
    for (const { action } of waiting) {
      const outcome = await attempt(client, action)
      if (!(outcome instanceof Error)) done.push(outcome)
      else if (!(action.verb === 'drop' && isUndefined(outcome))) refused.push({ action, error: outcome })
    }
    if (refused.length < waiting.length) {
      waiting = refused
      continue
    }
    const repair = fixed > 400 ? undefined : await firstRepair(client, refused, fix)
    if (repair === undefined) {
      await commit(client)
      return { done, refused }
    }
    fixed += 1
    done.push(...repair.ran)
    waiting = refused.flatMap((refusal) =>
      refusal === repair.of ? repair.instead.map((action) => ({ action, error: refusal.error })) : [refusal],
    )
  }
  await commit(client)
  return { done, refused: [] }
}

async function firstRepair(
  client: ClientBase,
  refused: readonly Refusal[],
  fix: Fix,
): Promise<{ of: Refusal; ran: readonly Action[]; instead: readonly Action[] } | undefined> {
  for (const refusal of refused) {
    const repair = await fix(client, refusal)
    if (repair === undefined) continue
    const ran: Action[] = []
    for (const action of repair.first) {
      const outcome = await attempt(client, action)
      if (!(outcome instanceof Error)) ran.push(outcome)
    }
    if (ran.length === 0 && repair.instead === undefined) continue
    return { of: refusal, ran, instead: repair.instead ?? [refusal.action] }
  }
  return undefined
}

/**
 * The actions without the commit that the engine wants after a new enum value, since PostgreSQL itself refuses what
 * uses one too early (unsafe_new_enum_value_usage). Undefined where it must stay: around what runs in no transaction,
 * and where rows are rewritten that may come to hold the value, which a scratch database need not have.
 */
export function inOneTransaction(actions: readonly Action[]): readonly Action[] | undefined {
  if (actions.some((action) => action.transaction === 'own')) return undefined
  if (!actions.some((action) => action.needsCommitBefore)) return actions
  if (actions.some((action) => action.rewrites)) return undefined
  return actions.map((action) => ({ ...action, needsCommitBefore: false }))
}

async function beginTrial(client: ClientBase): Promise<void> {
  await begin(client)
  await client.query('SET LOCAL check_function_bodies = off')
}

/** Runs actions in one transaction; false when PostgreSQL refuses one of them. */
export async function runsAtOnce(client: ClientBase, actions: readonly Action[]): Promise<boolean> {
  await beginTrial(client)
  try {
    if (actions.length > 0) await client.query(onUserPath(actions.map(trialSql).join(';\n')))
    await commit(client)
    return true
  } catch (error) {
    await rollback(client)
    if (sqlState(error) === undefined) throw error
    return false
  }
}

/** Runs one action; gives it back as it has to run, or PostgreSQL's refusal. */
async function attempt(client: ClientBase, action: Action): Promise<Action | Error> {
  if (action.transaction === 'own') {
    await commitForGood(client)
    await client.query('SET search_path TO public')
    const error = await refusalOf(() => client.query(action.sql))
    await client.query(setOwnPath)
    await beginTrial(client)
    return error ?? action
  }
  if (action.needsCommitBefore) {
    await commitForGood(client)
    await beginTrial(client)
  }
  // The error tells a place in the action's own text, so that nothing stands in front of it.
  await client.query(`SAVEPOINT mig_trial; ${setUserPathLocal}`)
  const error = await refusalOf(() => client.query(trialSql(action)))
  const end =
    error === undefined
      ? `RELEASE SAVEPOINT mig_trial; ${setOwnPathLocal}`
      : 'ROLLBACK TO SAVEPOINT mig_trial'
  await client.query(end)
  if (error === undefined) return action
  if (sqlState(error) !== '55P04' || action.needsCommitBefore) return error
  // An enum value is usable only once the transaction that added it has committed (ALTER TYPE).
  return attempt(client, { ...action, needsCommitBefore: true })
}

async function refusalOf(run: () => Promise<unknown>): Promise<Error | undefined> {
  try {
    await run()
    return undefined
  } catch (error) {
    if (error instanceof Error && sqlState(error) !== undefined) return error
    throw error
  }
}
