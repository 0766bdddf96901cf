import { readFileSync } from 'node:fs'
import type { Environment } from '../environment/index.ts'
import type { EmitEvent } from '../events.ts'
import { openProject } from '../runner/index.ts'
import { onScratch, type VerifyContext, verifyContext, withoutLacking } from '../verify/context.ts'
import { anyItem, inPieces } from '../wildcard.ts'
import { type Choice, type ChosenRevisions, chosenRevisions } from './chosen.ts'
import { type StatementEffect, statementEffects } from './effects.ts'
import type { Finding } from './finding.ts'
import { applyIgnores } from './ignores.ts'
import { lockFindings } from './lock-rules.ts'
import { type RecordedRun, recordRevisions } from './record.ts'
import { bareName, isAboutLocks, squawkFinding } from './rules.ts'
import { type SquawkViolation, squawk } from './squawk.ts'

export interface LintRequest extends Choice {
  /** A duration in milliseconds as text. */
  readonly durationText: (ms: number) => string
  readonly emit: EmitEvent
}

export interface LintResult {
  readonly findings: readonly Finding[]
  /** Every statement that ran, with the tables that were there before it. */
  readonly effects: readonly StatementEffect[]
  readonly revisions: number
}

/**
 * Runs revisions on a scratch database, and says of the statements that really ran what they would do to a live
 * system: squawk's rules, and the locks as they were measured.
 * @throws MigError as `chosenRevisions` does; `no-scratch`, `no-squawk`, `squawk-failed`, and what a revision throws that does not run
 */
export async function lintProject(env: Environment, request: LintRequest): Promise<LintResult> {
  const { emit, signal } = request
  const project = openProject(env)
  const chosen = await chosenRevisions(project, request)
  if (chosen.ids.size === 0) return { findings: [], effects: [], revisions: 0 }
  const { result: run, context } = await withoutLacking(await verifyContext(project, emit, signal), (each) =>
    onScratch(each, (session) => recordRevisions(session, each.scratch, chosen)),
  )
  const effects = statementEffects(
    run.statements,
    ({ revision }) => run.existing.get(revision) ?? new Map(),
    chosen.sizes,
  )
  const sql = (id: string) =>
    effects.flatMap(({ statement }) => (statement.revision === id ? [statement.sql] : []))
  const statements = new Map([...run.existing.keys()].map((id) => [id, sql(id)]))
  const violations = await squawk(statements, run.major, env.root)
  const findings = [...run.existing.keys()].flatMap((id) =>
    revisionFindings(context, chosen, run, effects, violations, id, request),
  )
  return { findings, effects, revisions: run.existing.size }
}

function revisionFindings(
  { project }: VerifyContext,
  { together }: ChosenRevisions,
  run: RecordedRun,
  effects: readonly StatementEffect[],
  violations: readonly SquawkViolation[],
  id: string,
  { durationText }: LintRequest,
): readonly Finding[] {
  const file = project.files.get(id)
  if (file === undefined) return []
  const source = readFileSync(file.path, 'utf8')
  const ofRevision = effects.filter(({ statement }) => statement.revision === id)
  const made = madeTables(run, effects, together ? undefined : id)
  const found = ofRevision.flatMap((effect, at) => {
    const about = violations.filter(({ revision, statement }) => revision === id && statement === at)
    return statementFindings(effect, about, made, durationText)
  })
  const placed = found.map((finding): Finding => {
    const line = statementLine(source, finding.statement ?? '')
    return { ...finding, place: { file: file.path, line } }
  })
  return applyIgnores(placed, { line: file.line, revision: id, path: file.path }, source)
}

/**
 * What squawk and the measured locks say of one statement. Where both say the same, the measured one stays; where
 * squawk says it twice, the one that names what is done. The other names ignore it too.
 */
function statementFindings(
  effect: StatementEffect,
  violations: readonly SquawkViolation[],
  made: ReadonlySet<string>,
  durationText: (ms: number) => string,
): readonly Finding[] {
  const { line, revision, sql } = effect.statement
  const said = violations.flatMap((violation) => squawkFinding(violation, effect, made) ?? [])
  const aboutLocks = said.filter(({ rule }) => isAboutLocks(rule))
  const measured = lockFindings(effect, durationText).map((finding) => ({ ...finding, line, revision }))
  const chief = aboutLocks.find(({ rule }) => rule !== 'constraint-missing-not-valid') ?? aboutLocks[0]
  const locks = measured.length > 0 || chief === undefined ? measured : [chief]
  return [
    ...locks.map((finding) => {
      const also = aboutLocks.flatMap(({ rule }) => (rule === finding.rule ? [] : [rule]))
      return { ...finding, statement: sql, ...(also.length === 0 ? {} : { also }) }
    }),
    ...said.filter(({ rule }) => !isAboutLocks(rule)),
  ]
}

/** Bare names of tables that were locked and were not there before the run. */
function madeTables(
  { existing }: RecordedRun,
  effects: readonly StatementEffect[],
  revision: string | undefined,
): ReadonlySet<string> {
  const names = effects.flatMap(({ statement }) => {
    if (revision !== undefined && statement.revision !== revision) return []
    const known = existing.get(statement.revision)
    return statement.held.flatMap(({ oid, name }) => (known?.has(oid) ? [] : [bareName(name)]))
  })
  const old = [...existing.values()].flatMap((tables) => [...tables.values()].map(bareName))
  return new Set(revision === undefined ? names.filter((name) => !old.includes(name)) : names)
}

/**
 * The line of a file on which a statement begins, 1-based, by the statement's first line; undefined for what a directive
 * has made. In a template what stands in `${…}` is any text.
 */
export function statementLine(source: string, sql: string): number | undefined {
  const first = sql
    .split('\n')
    .find((text) => text.trim() !== '')
    ?.trim()
  if (first === undefined) return undefined
  const lines = source.split('\n')
  const exact = lines.findIndex((text) => text.includes(first))
  const at = exact === -1 ? lines.findIndex((text) => text.includes('${') && isMadeBy(text, first)) : exact
  return at === -1 ? undefined : at + 1
}

/** Could the line of a template have given this text? The template may begin or end on it. */
function isMadeBy(line: string, text: string): boolean {
  return line.split('`').some((piece) => {
    const parts = piece.trim().split(/\$\{[^}]{0,2000}\}/)
    // A line of names alone would fit anything.
    if (!/\w\w/.test(parts.join(''))) return false
    const pieces = parts.map((part, at) => [...part, ...(at < parts.length - 1 ? [anyItem] : [])])
    return inPieces(pieces)([...text])
  })
}
