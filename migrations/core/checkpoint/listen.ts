import type { QueryResult } from 'pg'
import { MigError } from '../errors.ts'
import { operations, type StatementSink } from '../operations/index.ts'
import { splitStatements } from '../postgres/index.ts'
import type { RevisionFile } from '../revisions/index.ts'
import type { PlanStep, Project } from '../runner/index.ts'
import { loadRevision } from '../runner/run/revision-body.ts'
import { readSource } from '../source-file.ts'
import { clockIn, makesAnExtension, mayVaryRows, rewrittenBy, whyNotKept } from './judge.ts'

/** What the revisions of a history say without a database. */
export interface HeardHistory {
  /** The statements that make extensions, with the step that they are of. */
  readonly extensions: readonly { readonly step: PlanStep; readonly sql: string }[]
  /** Whether the rows may be others the next time by what it makes, also by what it drops again. */
  readonly varies: boolean
  /** What it makes that rows may follow from, and that may go by the hour or the day, which two runs do not show. */
  readonly clock: string | undefined
  /** Words of what writes rows from rows, in lower case; a column among them may not be as its default made it. */
  readonly rewritten: ReadonlySet<string>
}

/** Why a history cannot be kept. */
export interface HeardReason {
  readonly step: PlanStep
  /** Words to follow "it". */
  readonly why: string
}

/**
 * Calls the revisions of steps without a database, to hear what they would run. One that reads what the database answers,
 * looks at anything outside of its file, or does what cannot be told from its schemas afterwards, is the reason not to keep
 * what the history leaves.
 */
export async function listen(
  project: Project,
  steps: readonly PlanStep[],
): Promise<HeardHistory | HeardReason> {
  const schemas = Object.values(project.env.schemas)
  const extensions: { readonly step: PlanStep; readonly sql: string }[] = []
  let varies = false
  const rewritten = new Set<string>()
  let clock: string | undefined
  for (const step of steps) {
    const outside = looksOutside(step.file)
    if (outside !== undefined) return { step, why: outside }
    const heard = await hear(project, step)
    if ('why' in heard) return { step, why: heard.why }
    for (const { text } of heard.statements.flatMap((sql) => splitStatements(sql))) {
      const isExtension = makesAnExtension(text)
      const why = isExtension ? undefined : whyNotKept(text, schemas)
      if (why !== undefined) return { step, why }
      if (isExtension) extensions.push({ step, sql: text })
      varies ||= mayVaryRows(text)
      for (const word of rewrittenBy(text)) rewritten.add(word.toLowerCase())
      const word = clockIn(text)
      if (word !== undefined) clock ??= `${step.revision} makes something with ${word}`
    }
  }
  return { extensions, varies, clock, rewritten }
}

/** Why the file of a revision is not all that it follows from. */
function looksOutside({ format, path }: RevisionFile): string | undefined {
  if (format === 'sql') return undefined
  const text = readSource(path)
  const imported = text
    .split('\n')
    .find((line) => /^\s*(import|export)\b/.test(line) && bringsValues(line.trim()))
  const found = imported ?? outside.find((expression) => expression.test(text))?.exec(text)?.[0]
  return found === undefined ? undefined : `depends on more than its file: ${found.trim()}`
}

/** Whether a line begins an import, or a passing on, of more than types. */
function bringsValues(line: string): boolean {
  if (/^export\s*[{*]/.test(line)) return true
  if (!line.startsWith('import') || /^import\s+type\b/.test(line)) return false
  // What goes on in the next line is not known.
  const names = /^import \{([^{}]*)\}/.exec(line)?.[1]?.split(',')
  return names === undefined || !names.every((name) => /^\s*(type\s|$)/.test(name))
}

/** What tells of other files, of the process, of the time and of chance. */
const outside = [
  /\b(?:import|require|fetch)\s*\(/,
  /\bprocess\s*[.[]|=\s*process\b/,
  /\bglobalThis\b/,
  /\bDate\s*[.(]/,
  /\bnew\s+Date\b/,
  /\bMath\s*\.\s*random\b/,
  /\b(?:crypto|performance|Intl|Temporal)\s*[.[]/,
  /[=(,[]\s*(?:Date|Intl|Temporal|Math|crypto|performance)\b/,
]

class Asked extends Error {}

async function hear(
  project: Project,
  step: PlanStep,
): Promise<{ readonly statements: readonly string[] } | { readonly why: string }> {
  const statements: string[] = []
  const asked: string[] = []
  const ask = (what: string): never => {
    asked.push(what)
    throw new Asked(what)
  }
  const answer = new Proxy({} as QueryResult, {
    // A promise looks for `then` in what it is given.
    get: (_, name) => (name === 'then' || typeof name === 'symbol' ? undefined : ask('an answer')),
  })
  const sink: StatementSink = {
    offline: true,
    execute({ sql }) {
      statements.push(sql)
      return Promise.resolve(answer)
    },
    autocommit: (body) => body(),
    backfill: async () => ask('op.backfill'),
    get client(): never {
      return ask('op.client')
    },
  }
  const { env } = project
  const op = operations(sink, { schema: step.targetSchema, schemas: env.schemas, x: env.x })
  const listening = new Proxy(op, {
    get(target, name) {
      if (name === 'isOffline' || name === 'client') return ask(`op.${name}`)
      return Reflect.get(target, name, target)
    },
  })
  try {
    await (await loadRevision(step.file, env.cacheDir)).upgrade(listening)
  } catch (error) {
    if (!(error instanceof Asked)) return { why: `cannot run without a database: ${textOf(error)}` }
  }
  const [what] = asked
  return what === undefined ? { statements } : { why: `queries the database: it reads ${what}` }
}

function textOf(error: unknown): string {
  return error instanceof MigError || error instanceof Error ? error.message : String(error)
}
