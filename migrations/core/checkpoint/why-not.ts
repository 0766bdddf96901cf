import type { ClientBase } from 'pg'
import { quoteIdent } from '../postgres/index.ts'
import type { PlanStep, Project } from '../runner/index.ts'
import { foreignObjects } from './facts.ts'

/**
 * Why the steps of a run cannot begin with a checkpoint, by what is known without a database; undefined where they can.
 * @param steps of single lines, as they would be taken
 */
export function whyNoCheckpoint({ env, files }: Project, steps: readonly PlanStep[]): string | undefined {
  const { options, schemas, ledgerSchema } = env
  if (steps.some(({ direction }) => direction === 'downgrade')) return 'it is only for upgrades'
  if (options.onApply !== undefined) return 'onApply in env.ts needs each revision'
  if (options.role !== undefined) return 'env.ts has revisions run as another role'
  if (env.transaction === 'run') return 'the run is one transaction'
  if (Object.values(schemas).includes(ledgerSchema)) return 'the ledger is in the schema of a line'
  const taken = new Set(steps.map(({ revision }) => revision))
  const left = [...files.values()].find(({ line, revision }) => line in schemas && !taken.has(revision))
  return left === undefined ? undefined : `it needs the whole history, and ${left.revision} is left out`
}

/** Whether nothing was ever applied to the target schemas. @param steps those that are next */
export async function isFirstUpgrade(
  client: ClientBase,
  ledgerSchema: string,
  steps: readonly PlanStep[],
): Promise<boolean> {
  if (steps[0]?.appliedBefore.length !== 0) return false
  const { rows } = await client.query<{ logged: boolean }>(
    `SELECT EXISTS (SELECT FROM ${quoteIdent(ledgerSchema)}.log WHERE target_schema = ANY ($1)) AS logged`,
    [steps.map(({ targetSchema }) => targetSchema)],
  )
  return rows[0]?.logged === false
}

/** Why a database is not one that nobody has done anything in; undefined where it is. */
export async function whyNotEmpty(
  client: ClientBase,
  ledgerSchema: string,
  schemas: readonly string[],
): Promise<string | undefined> {
  const there = await foreignObjects(client, [ledgerSchema], schemas)
  return there.length > 0 ? `the database has ${there.join(', ')}` : undefined
}
