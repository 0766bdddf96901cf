import { quoteIdent, quoteLiteral } from '../postgres/index.ts'
import { toolVersion } from '../tool-version.ts'
import { hasObjectsSql } from './record.ts'

/** What a step leaves in the ledger. */
export interface LedgerStep {
  readonly direction: 'upgrade' | 'downgrade' | 'stamp'
  readonly line: string
  readonly revision: string
  readonly targetSchema: string
  /** The rows of the target schema before and after. */
  readonly before: readonly string[]
  readonly after: readonly string[]
  /** `digestOf` all that is applied after the step. */
  readonly digest: string
  /** Of a stamp: the revisions that it says are applied. */
  readonly covered?: readonly string[]
  /** SHA-256 of the file, hex; null where the step has no file. */
  readonly checksum: string | null
  /** `user@machine`; null in a script, where it is the client's address. */
  readonly host: string | null
  /** A uuid under which the outcome can be looked up. */
  readonly step?: string
  /** Milliseconds; default: from the start of the transaction. */
  readonly durationMs?: number
}

/**
 * The statements that move a target schema's rows from `before` to `after` and log the step. They are the
 * same online and in a script; the time runs from the start of the transaction.
 */
export function ledgerStatements(ledgerSchema: string, step: LedgerStep): readonly string[] {
  const mig = quoteIdent(ledgerSchema)
  const target = quoteLiteral(step.targetSchema)
  const gone = step.before.filter((revision) => !step.after.includes(revision))
  const come = step.after.filter((revision) => !step.before.includes(revision))
  const statements: string[] = []
  if (gone.length > 0) {
    const list = gone.map(quoteLiteral).join(', ')
    statements.push(`DELETE FROM ${mig}.version WHERE target_schema = ${target} AND revision IN (${list})`)
  }
  if (come.length > 0) {
    const rows = come.map((revision) => `(${target}, ${quoteLiteral(revision)})`).join(', ')
    statements.push(`INSERT INTO ${mig}.version (target_schema, revision) VALUES ${rows}`)
  }
  const duration =
    step.durationMs === undefined
      ? `extract(epoch FROM clock_timestamp() - transaction_timestamp()) * 1000`
      : String(Math.round(step.durationMs))
  statements.push(logStatement(mig, step, duration, 'done', null))
  return statements
}

/** The statement that logs a step which failed, or was interrupted, and was rolled back. */
export function failureStatement(
  ledgerSchema: string,
  step: LedgerStep,
  outcome: 'failed' | 'interrupted',
  error: string,
  durationMs: number,
): string {
  return logStatement(quoteIdent(ledgerSchema), step, String(Math.round(durationMs)), outcome, error)
}

/**
 * The statements that log many steps up at once, as one after the other would, and write the rows that they leave.
 * @param checkpoint what was done in their place; it stands beside the version of the tool
 * @param filled the target schemas that have objects afterwards
 */
export function ledgerStatementsTogether(
  ledgerSchema: string,
  steps: readonly LedgerStep[],
  { checkpoint, filled }: { readonly checkpoint: string; readonly filled: ReadonlySet<string> },
): readonly string[] {
  const mig = quoteIdent(ledgerSchema)
  const last = new Map(steps.map((step) => [step.targetSchema, step]))
  const heads = [...last.values()].flatMap(({ targetSchema, after }) =>
    after.map((revision) => `(${quoteLiteral(targetSchema)}, ${quoteLiteral(revision)})`),
  )
  const by = `${toolVersion} (checkpoint ${checkpoint})`
  const logged = steps.map((step) => {
    const left = [...headValues(step), String(filled.has(step.targetSchema))]
    return [...logValues(step, 'NULL', 'done', null, by), ...left]
  })
  return [
    `INSERT INTO ${mig}.version (target_schema, revision) VALUES ${heads.join(', ')}`,
    logInsert(mig, logged, leftColumns),
  ]
}

function logStatement(
  mig: string,
  step: LedgerStep,
  duration: string,
  outcome: string,
  error: string | null,
): string {
  const values = logValues(step, duration, outcome, error, toolVersion)
  return outcome === 'done'
    ? logInsert(mig, [[...values, ...leftValues(step)]], leftColumns)
    : logInsert(mig, [values], '')
}

const leftColumns = ', heads, applied, covered, objects'

function logInsert(mig: string, rows: readonly (readonly string[])[], left: string): string {
  const values = rows.map((row) => `(${row.join(', ')})`).join(', ')
  return `INSERT INTO ${mig}.log (host, direction, line, revision, target_schema, duration_ms, checksum, outcome, error, tool_version, step${left}) VALUES ${values}`
}

function logValues(
  step: LedgerStep,
  duration: string,
  outcome: string,
  error: string | null,
  by: string,
): readonly string[] {
  const text = (value: string | null) => (value === null ? 'NULL' : quoteLiteral(value))
  const host = step.host === null ? 'host(inet_client_addr())' : quoteLiteral(step.host)
  return [
    host,
    text(step.direction),
    text(step.line),
    text(step.revision),
    text(step.targetSchema),
    duration,
    text(step.checksum),
    text(outcome),
    text(error),
    text(by),
    text(step.step ?? null),
  ]
}

/** What the step leaves: the rows, all that is applied, and whether the target schema has objects. */
function leftValues(step: LedgerStep): readonly string[] {
  const schema = `to_regnamespace(${quoteLiteral(quoteIdent(step.targetSchema))})::oid`
  return [...headValues(step), hasObjectsSql(schema)]
}

function headValues({ after, digest, covered }: LedgerStep): readonly string[] {
  const list = (ids: readonly string[]) => `ARRAY[${ids.map(quoteLiteral).join(', ')}]::text[]`
  return [list(after), quoteLiteral(digest), covered === undefined ? 'NULL' : list(covered)]
}
