import type { ClientBase, QueryResult } from 'pg'
import { MigError } from '../errors.ts'
import type { EmitEvent } from '../events.ts'
import type { Statement, StatementSink } from '../operations/index.ts'
import { databaseError } from '../postgres/connection.ts'
import type { PlanStep } from './plan.ts'

/** A sink that runs each statement on a connection and tells about it. */
export function onlineSink(client: ClientBase, step: PlanStep, emit: EmitEvent): StatementSink {
  return {
    offline: false,
    client,
    execute: (statement) => runStatement(client, step, statement, emit),
    autocommit: () => Promise.reject(new MigError('not-here', 'op.autocommit is not available in this run')),
    backfill: () => Promise.reject(new MigError('not-here', 'op.backfill is not available in this run')),
  }
}

/**
 * Runs one statement of a step.
 * @throws MigError `database-error` with the file, the statement and the caret.
 */
export async function runStatement(
  client: ClientBase,
  step: PlanStep,
  statement: Statement,
  emit: EmitEvent,
): Promise<QueryResult> {
  const { sql, values } = statement
  const started = performance.now()
  try {
    const result = await (values === undefined ? client.query(sql) : client.query(sql, [...values]))
    // Several statements in one text give a list of results; the last one counts, as in psql.
    const last: QueryResult = Array.isArray(result) ? result.at(-1) : result
    const { targetSchema, revision } = step
    emit({
      event: 'statement',
      targetSchema,
      revision,
      sql,
      ms: performance.now() - started,
      rows: last.rowCount,
    })
    return last
  } catch (error) {
    throw databaseError(error, { sql, file: step.file.path })
  }
}
