import { roleOf } from '../../environment/index.ts'
import type { StepLoss } from '../../events.ts'
import { type AppliedRows, ledgerDdl, ledgerStatements } from '../../ledger/index.ts'
import { operations } from '../../operations/index.ts'
import { setOwnPath } from '../../postgres/index.ts'
import { toolVersion } from '../../tool-version.ts'
import type { Plan, PlanStep } from '../plan/plan.ts'
import { makesSchemas } from '../plan/tenant-project.ts'
import { fileChecksum, type Project } from '../project.ts'
import { expectDowngrades, loadRevision } from '../run/revision-body.ts'
import { enteringStatements, leavingStatements } from '../statement/own-sql.ts'
import { creatingStatements, ledgerStepOf } from '../statement/step-context.ts'
import { notAwaited } from '../statement/step-error.ts'
import { expectNoSavepoints, expectNoTransaction, guardOf, partsOf } from './checks.ts'
import { scriptSink, timeoutStatements } from './sink.ts'

export interface ScriptRequest {
  readonly project: Project
  readonly plan: Plan
  /** Whether it begins with what makes the ledger; default true. Without, it is for reading. */
  readonly ledger?: boolean
}

/**
 * The plan as SQL for psql: exactly the statements of an online run, each revision in a transaction with its ledger
 * rows, after a guard that stops unless the ledger is at the start of the script.
 */
export async function* offlineScript({
  project,
  plan,
  ledger = true,
}: ScriptRequest): AsyncGenerator<string> {
  const { env } = project
  await expectDowngrades(plan.steps, (file) => loadRevision(file, env.cacheDir))
  yield header(plan, Object.values(env.schemas))
  if (plan.steps.length === 0) return
  yield `${setOwnPath};\n\n`
  // Without notices of what is there already.
  if (ledger) {
    const check = expectNoSavepoints(env.ledgerSchema).map(terminated).join('\n')
    yield `SET client_min_messages TO warning;\n${ledgerDdl(env.ledgerSchema)}\nRESET client_min_messages;\n${check}\n\n`
  }
  const together = env.transaction === 'run'
  if (together) yield 'BEGIN;\n\n'
  const schemas = new Set(plan.steps.map((step) => step.targetSchema))
  for (const step of plan.steps) {
    yield await stepScript(project, step, schemas, together)
    // Only the first step of a schema may have to make it.
    schemas.delete(step.targetSchema)
  }
  yield together ? 'COMMIT;\nRESET search_path;\n' : 'RESET search_path;\n'
}

/** @param own the schemas of the environment's single lines; other projects may have rows in the same ledger */
function header({ applied, direction, steps, target }: Plan, own: readonly string[]): string {
  const schemas = new Set([...own, ...steps.map((step) => step.targetSchema)])
  const from = [...rowsOf(applied, schemas)].join(', ') || 'nothing applied'
  const count = steps.length === 1 ? '1 step' : `${steps.length} steps`
  return [
    `-- just-mig ${toolVersion}: ${direction} to ${target.replaceAll(/[\r\n]+/g, ' ')}, ${count}`,
    `-- starts from: ${from}`,
    '-- run with: psql -X -v ON_ERROR_STOP=1 -f THIS_FILE',
    '',
    '',
  ].join('\n')
}

function* rowsOf(applied: AppliedRows, schemas: ReadonlySet<string>): Generator<string> {
  for (const [schema, ids] of applied)
    if (schemas.has(schema)) yield `${schema.replaceAll(/[\r\n]+/g, ' ')} ${ids.join(' ') || 'base'}`
}

async function stepScript(
  project: Project,
  step: PlanStep,
  missing: ReadonlySet<string>,
  together: boolean,
): Promise<string> {
  const { env } = project
  const parts = [
    `-- ${step.direction} ${step.targetSchema} ${step.revision}: ${step.message}`.replaceAll(/[\r\n]+/g, ' '),
  ]
  for (const loss of step.losses ?? []) parts.push(`-- ${lossComment(loss)}`)
  const write = (sql: string) => void parts.push(terminated(sql))
  const title = parts.length
  if (!together) parts.push('BEGIN;')
  const isTenant = env.lines.some((line) => line.key === step.line && line.tenants !== null)
  const mayMake = isTenant ? makesSchemas(env, step.line) : env.createSchema
  write(guardOf(env.ledgerSchema, step, isTenant && !mayMake && missing.has(step.targetSchema)))
  const role = roleOf(env, step.line, step.targetSchema)
  const creating = creatingStatements(step, mayMake, missing, role)
  if (creating.length > 0) for (const sql of quietly(creating)) write(sql)
  for (const sql of enteringStatements(step, role, 'transaction')) write(sql)
  const body = await loadRevision(step.file, env.cacheDir)
  for (const sql of timeoutStatements(body, 'LOCAL ')) write(sql)
  const guard = guardOf(env.ledgerSchema, step, false)
  const done = partsOf(step)
  const settings = { together, timeouts: body, role, guard, done }
  const { sink, isUnfinished, hasSetSession, sections } = scriptSink(write, step, settings)
  const op = operations(sink, { schema: step.targetSchema, schemas: env.schemas, x: env.x })
  await body[step.direction](op)
  if (isUnfinished()) throw notAwaited(step, 1)
  const checksum = fileChecksum(step.file.path)
  for (const sql of leavingStatements({ role, login: 'none' }, hasSetSession())) write(sql)
  for (const sql of ledgerStatements(env.ledgerSchema, { ...ledgerStepOf(step), checksum, host: null }))
    write(sql)
  if (hasSetSession()) for (const sql of ['RESET ALL', setOwnPath]) write(sql)
  if (!together) parts.push('COMMIT;')
  const before = [
    ...(sections().alone ? [expectNoTransaction(step)] : []),
    ...(sections().any ? [done.begin] : []),
  ]
  parts.splice(title, 0, ...before.map(terminated))
  return `${parts.join('\n')}\n\n`
}

/** Without the notice that what they make is there. */
function quietly(statements: readonly string[]): readonly string[] {
  const level = 'SET LOCAL client_min_messages TO'
  return [`${level} warning`, ...statements, `${level} DEFAULT`]
}

function lossComment({ loss, rows, estimated = false }: StepLoss): string {
  if (rows === undefined) return `loses data: ${loss}`
  return `loses data: ${loss}, ${estimated ? 'about ' : ''}${rows} ${rows === 1 ? 'row' : 'rows'}`
}

/** A statement with its semicolon, on a line of its own where a comment ends the text. */
function terminated(sql: string): string {
  const text = sql.trimEnd()
  if (text.endsWith(';')) return text
  return text.slice(text.lastIndexOf('\n') + 1).includes('--') ? `${text}\n;` : `${text};`
}
