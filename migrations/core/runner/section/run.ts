import type { ClientBase } from 'pg'
import { progressStatement } from '../../ledger/index.ts'
import type { Statement } from '../../operations/index.ts'
import { isConnectionLost } from '../../postgres/index.ts'
import type { PlanStep } from '../plan/plan.ts'
import type { StepTransaction } from '../run/transaction.ts'
import {
  enteringStatements,
  leavingStatements,
  pausingStatements,
  stillLocked,
} from '../statement/own-sql.ts'
import type { StepStart } from '../statement/step-context.ts'
import { atOnce, noSection, notAwaited } from '../statement/step-error.ts'
import { inTurn, underWay } from '../statement/under-way.ts'
import { usersCall } from '../statement/users-call.ts'
import type { SectionContext } from './section.ts'
import { executeInSection } from './statement.ts'

/**
 * What runs outside the revision's transaction: `op.autocommit` and `op.backfill`.
 * @param parts what a section shares with the rest of its revision
 */
export function sectionRun(
  parts: Omit<SectionContext, 'save'>,
  transaction: Pick<StepTransaction, 'commit' | 'begin'>,
) {
  const { step, start, reached, stored, noteSaved, beforeCommit } = parts
  const { session, project } = parts.context
  const { ledgerSchema } = project.env
  const statements = underWay()
  // A section's statements are transactions of their own, so those of one Promise.all must not mix.
  const turns = inTurn()
  const at: SectionContext = {
    ...parts,
    async save(progress) {
      const saved = [stillLocked(ledgerSchema, step), progressStatement(ledgerSchema, progress)]
      await session.client.query([...pausingStatements(start), ...saved].join('; '))
      noteSaved(progress)
    },
  }
  let isOpen = false
  let isUndisturbed = false
  let settingsBefore: readonly string[] = []

  async function enter(): Promise<void> {
    const progress = reached()
    const isNews = progress.statement > stored().statement
    await beforeCommit()
    const news = isNews ? [progressStatement(ledgerSchema, progress)] : []
    await transaction.commit([...pausingStatements(start), stillLocked(ledgerSchema, step), ...news])
    if (isNews) noteSaved(progress)
    settingsBefore = await sectionSettings(session.client, step, start)
  }

  async function leave(): Promise<void> {
    await session.client.query([...leavingStatements(start, false), ...settingsBefore].join('; '))
    isOpen = false
    await transaction.begin(false)
  }

  /**
   * Commits what was done so far together with its progress, runs `body` and opens the next transaction; inside
   * a section it is a part of it.
   */
  async function run<Result>(body: (at: SectionContext) => Promise<Result>): Promise<Result> {
    if (isOpen) return statements.track(() => body(at))
    if (!start.ownTransaction) throw noSection(step)
    isOpen = true
    try {
      await turns.take(enter)
      const result = await usersCall(session.client, 'a section', () => body(at))
      if (statements.count() > 0) throw notAwaited(step, statements.count())
      await leave()
      return result
    } catch (error) {
      // The revision may catch it and go on.
      if (isOpen && !isConnectionLost(error)) {
        await statements.ended()
        await session.own?.cancelled()
        // Where the section could not be entered, the role is the login's.
        if (settingsBefore.length > 0) await leave()
        else isOpen = false
      }
      throw error
    }
  }

  return {
    isOpen: () => isOpen,
    run,
    /** As `run`, for work with transactions of its own, between which no statement must come. */
    async runUndisturbed<Result>(body: (at: SectionContext) => Promise<Result>): Promise<Result> {
      if (isUndisturbed) throw atOnce(step)
      isUndisturbed = true
      try {
        return await run(async (given) => {
          await turns.over()
          return await body(given)
        })
      } finally {
        isUndisturbed = false
      }
    },
    /** Runs the statements of a text one after the other, each with its progress; those that are done are left out. */
    execute: (statement: Statement) =>
      statements.track(() => {
        if (isUndisturbed) throw atOnce(step)
        return turns.take(() => executeInSection(at, statement))
      }),
  }
}

/**
 * Sets for the session what a transaction sets for itself; returns the statement that sets the timeouts back. The
 * search_path of ours comes back by `leavingStatements`.
 */
async function sectionSettings(
  client: ClientBase,
  step: PlanStep,
  start: StepStart,
): Promise<readonly string[]> {
  const names = ['lock_timeout', 'statement_timeout']
  const { rows } = await client.query<{ back: string }>(
    `SELECT string_agg(format('SELECT pg_catalog.set_config(%L, %L, false)', name, current_setting(name)), '; ') AS back FROM unnest($1::text[]) AS name`,
    [names],
  )
  const settings = [
    `SET lock_timeout = ${start.lockTimeout}`,
    `SET statement_timeout = ${start.statementTimeout}`,
    ...enteringStatements(step, start.role, 'session'),
  ]
  await client.query(settings.join('; '))
  return rows.map(({ back }) => back)
}
