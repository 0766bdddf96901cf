import { MigError } from '../../errors.ts'
import { quoteIdent, type SqlPiece, splitStatements } from '../../postgres/index.ts'
import type { PlanStep } from '../plan/plan.ts'
import { takesPipelines } from '../session/session.ts'
import { setsSession } from '../session/settings.ts'
import { checkStatement } from '../statement/statement.ts'
import { statementKind } from '../statement/statement-kind.ts'
import type { StepContext, StepStart } from '../statement/step-context.ts'
import type { KnownStatement, RevisionBody } from './revision-body.ts'

/** What goes to the server, which takes one statement at a time. */
export interface SuitedStatement extends KnownStatement {
  readonly pieces: readonly SqlPiece[]
}

/** Characters in all; more would be held in memory twice. */
const most = 1_000_000

/**
 * What the extended protocol takes as a parameter, what the protocol cannot send, what reads on from the connection, and
 * the setting by which a text of several statements is read before the first of them runs.
 */
const unsuited = /\$\d|\0|\bcopy\b|\bstandard_conforming_strings\b/i

/**
 * The statements of a step that can go to the server together: known before the first of them runs, each in the
 * revision's transaction, and with nobody who asks for anything between them. Undefined where they have to run one by
 * one.
 */
export function knownStatements(
  { session, project }: StepContext,
  step: PlanStep,
  { statements }: RevisionBody,
  { ownTransaction, progress, role }: StepStart,
): readonly SuitedStatement[] | undefined {
  if (
    !takesPipelines(session) ||
    !ownTransaction ||
    progress !== undefined ||
    project.env.options.onApply !== undefined
  )
    return undefined
  const { targetSchema } = step
  const names = { schema: quoteIdent(targetSchema), schemaName: targetSchema }
  const known = statements(step.direction, names)
  if (known === undefined || known.reduce((sum, { sql }) => sum + sql.length, 0) > most) return undefined
  const suited: SuitedStatement[] = []
  for (const each of known) {
    const pieces = suitedPieces(step, each.sql, role)
    if (pieces === undefined) return undefined
    suited.push({ ...each, pieces })
  }
  return suited
}

function suitedPieces(
  step: PlanStep,
  sql: string,
  role: string | undefined,
): readonly SqlPiece[] | undefined {
  if (unsuited.test(sql) || setsSession(sql)) return undefined
  try {
    checkStatement(step, { sql }, role)
    const pieces = sql.includes(';') ? splitStatements(sql) : [{ text: sql, start: 0 }]
    if (pieces.some(({ text }) => statementKind(text).kind !== 'plain')) return undefined
    return pieces.length > 1 ? pieces : [{ text: sql, start: 0 }]
  } catch (error) {
    // Told where the statement stands in turn: one before it may fail first.
    if (error instanceof MigError) return undefined
    throw error
  }
}
