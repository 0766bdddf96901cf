import { definesOnly } from '../../postgres/statement/index.ts'
import type { PlanStep } from '../plan/plan.ts'
import { type StepContext, type StepStart, startOf } from '../statement/step-context.ts'
import { knownStatements, type SuitedStatement } from './transaction.ts'

/** A revision that may share a transaction with others. */
export interface BatchMember {
  readonly step: PlanStep
  readonly start: StepStart
  readonly statements: readonly SuitedStatement[]
}

/** So many statements share a transaction at most: the server has to hold the locks of all of them. */
const mostStatements = 500

/** What is needed to see which revisions share a transaction. */
export type BatchContext = Pick<StepContext, 'session' | 'project' | 'revisions' | 'missing' | 'halfDone'>

/** The target schemas that are upgraded for the first time and may take revisions together. */
export function batchedSchemas(
  { project, halfDone }: Pick<BatchContext, 'project' | 'halfDone'>,
  steps: readonly PlanStep[],
): ReadonlySet<string> {
  if (project.env.transaction !== 'batch' || halfDone.length > 0) return new Set()
  const isFirst = ({ direction, appliedBefore }: PlanStep) =>
    direction === 'upgrade' && appliedBefore.length === 0
  return new Set(steps.filter(isFirst).map(({ targetSchema }) => targetSchema))
}

/**
 * The first of the steps, as far as they are on one target schema and do nothing but define objects: these leave the same in
 * one transaction as in many. None where it is only one, or where something in the database makes a difference.
 */
export async function nextBatch(
  context: BatchContext,
  steps: readonly PlanStep[],
): Promise<readonly BatchMember[]> {
  const batch: BatchMember[] = []
  let count = 0
  for (const step of steps) {
    if (step.targetSchema !== steps[0]?.targetSchema) break
    const member = await memberOf(context, step)
    if (member === undefined) break
    count += member.statements.reduce((sum, { pieces }) => sum + pieces.length, 0)
    if (count > mostStatements) break
    batch.push(member)
  }
  return batch.length < 2 || (await seesTransactions(context)) ? [] : batch
}

/** Steps of a plan by the transactions that they will be in, in their order; the server may refuse what is meant. */
export async function stepsByTransaction(
  context: BatchContext,
  steps: readonly PlanStep[],
): Promise<readonly (readonly PlanStep[])[]> {
  const batched = batchedSchemas(context, steps)
  const transactions: (readonly PlanStep[])[] = []
  for (let at = 0; at < steps.length; ) {
    const left = steps.slice(at)
    const isBatched = left[0] !== undefined && batched.has(left[0].targetSchema)
    const batch = isBatched ? await nextBatch(context, left) : []
    const taken = left.slice(0, Math.max(batch.length, 1))
    transactions.push(taken)
    at += taken.length
  }
  return transactions
}

async function memberOf(context: BatchContext, step: PlanStep): Promise<BatchMember | undefined> {
  try {
    const body = await context.revisions.load(step.file)
    const start = startOf(context, step, body)
    const statements = knownStatements(context, step, body, start)
    const texts = statements?.flatMap(({ pieces }) => pieces.map(({ text }) => text))
    const defines = texts?.every((text) => definesOnly(text, step.targetSchema)) ?? false
    return statements !== undefined && defines ? { step, start, statements } : undefined
  } catch {
    // What is wrong with the file is told in its turn.
    return undefined
  }
}

/** What initdb makes has lower oids (FirstNormalObjectId); information_schema has a domain with such a default. */
const firstOwn = '16384::pg_catalog.oid'

/**
 * Whether something would see that statements share a transaction: an event trigger, which runs for each of them, or a
 * domain whose default is computed, as now(), for the rows of a table that gets a column of it.
 */
async function seesTransactions({ session }: BatchContext): Promise<boolean> {
  const { rows } = await session.client.query<{ found: boolean }>(
    `SELECT EXISTS (SELECT FROM pg_catalog.pg_event_trigger WHERE evtenabled OPERATOR(pg_catalog.<>) 'D')
       OR EXISTS (SELECT FROM pg_catalog.pg_type WHERE typtype OPERATOR(pg_catalog.=) 'd' AND oid OPERATOR(pg_catalog.>=) ${firstOwn}
                   AND NOT pg_catalog.starts_with(typdefaultbin::pg_catalog.text, '{CONST ')) AS found`,
  )
  return rows[0]?.found !== false
}
