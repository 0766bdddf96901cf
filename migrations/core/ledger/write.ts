import { MigError } from '../errors.ts'
import { asText, listOf, type OwnStatement, ownSql, quoteIdent, raw } from '../postgres/index.ts'
import { withoutSecrets } from '../secrets.ts'
import { toolVersion } from '../tool-version.ts'
import { hasObjects } from './record.ts'

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
  return ledgerWrites(ledgerSchema, step).map(asText)
}

/** As {@link ledgerStatements}, for a server that is sent many. */
export function ledgerWrites(ledgerSchema: string, step: LedgerStep): readonly OwnStatement[] {
  const mig = raw(quoteIdent(ledgerSchema))
  const { durationMs } = step
  const duration =
    durationMs === undefined
      ? `extract(epoch FROM clock_timestamp() - transaction_timestamp()) * 1000`
      : String(Math.round(durationMs))
  const logged = [...logValues(step, duration, 'done', null, toolVersion), ...leftValues(step)]
  return [...versionWrites(mig, step), logInsert(mig, [logged], leftColumns)]
}

/**
 * As {@link ledgerWrites}, of consecutive steps on one target schema in one transaction: how long each took is not known,
 * whether there are objects is as after the last, and beside the version of the tool stands that they were a batch.
 */
export function batchWrites(ledgerSchema: string, steps: readonly LedgerStep[]): readonly OwnStatement[] {
  const mig = raw(quoteIdent(ledgerSchema))
  const [first, last] = [steps[0], steps.at(-1)]
  if (first === undefined || last === undefined) return []
  const logged = (step: LedgerStep) => [
    ...logValues(step, 'NULL', 'done', null, `${toolVersion} (batch)`),
    ...leftValues(step),
  ]
  return [
    ...versionWrites(mig, { ...last, before: first.before }),
    ...steps.map((step) => logInsert(mig, [logged(step)], leftColumns)),
  ]
}

function versionWrites(
  mig: OwnStatement,
  { targetSchema, before, after }: Pick<LedgerStep, 'targetSchema' | 'before' | 'after'>,
): readonly OwnStatement[] {
  const gone = before.filter((revision) => !after.includes(revision))
  const come = after.filter((revision) => !before.includes(revision))
  return [
    ...(gone.length === 0
      ? []
      : [
          ownSql`DELETE FROM ${mig}.version WHERE target_schema = ${targetSchema} AND revision IN (${listOf(gone)})`,
        ]),
    ...(come.length === 0
      ? []
      : [
          ownSql`INSERT INTO ${mig}.version (target_schema, revision) VALUES ${listOf(come.map((revision) => row([targetSchema, revision])))}`,
        ]),
  ]
}

const row = (values: readonly Column[]): OwnStatement => ownSql`(${listOf(values)})`

/** The statement that logs a step which failed, or was interrupted, and was rolled back. */
export function failureStatement(
  ledgerSchema: string,
  step: LedgerStep,
  error: MigError,
  durationMs: number,
): string {
  const outcome = error.code === 'interrupted' ? 'interrupted' : 'failed'
  const values = logValues(step, String(Math.round(durationMs)), outcome, failureText(error), toolVersion)
  return asText(logInsert(raw(quoteIdent(ledgerSchema)), [values], ''))
}

/** The longest text of a failure in the log, in characters. */
const longest = 4000

/**
 * A failure as `mig.log` keeps it: what failed, the SQLSTATE, and the names of constraint, table and column; no value
 * of a row, no statement, no password. The log is read by more people than the rows are, and outlives them.
 */
function failureText(error: MigError): string {
  const { code, cause, message } = error
  // A revision's own error can say anything of the rows that it has read.
  const isForeign = code === 'revision-failed' && cause !== undefined && !(cause instanceof MigError)
  const text = isForeign ? foreignText(message, cause) : message
  return withoutSecrets(`${code}: ${[text, ...missingNames(error, text)].join('; ')}`.slice(0, longest))
}

/** The step that failed, and the class of the error instead of its message. */
function foreignText(message: string, cause: unknown): string {
  const failed = ' failed: '
  const step = message.slice(0, message.indexOf(failed) + failed.length)
  return `${step}${cause instanceof Error ? cause.name : typeof cause} (its message is not kept)`
}

function missingNames({ facts }: MigError, text: string): readonly string[] {
  return ['schema', 'table', 'column', 'constraint'].flatMap((name) => {
    const value = facts[name]
    return typeof value === 'string' && !text.includes(`"${value}"`) ? [`${name} ${value}`] : []
  })
}

/** A value of a row, or SQL for it. */
type Column = Parameters<typeof listOf>[0][number]

const leftColumns = ', heads, applied, covered, objects'

function logInsert(mig: OwnStatement, rows: readonly (readonly Column[])[], left: string): OwnStatement {
  return ownSql`INSERT INTO ${mig}.log (host, direction, line, revision, target_schema, duration_ms, checksum, outcome, error, tool_version, step${raw(left)}) VALUES ${listOf(rows.map(row))}`
}

function logValues(
  step: LedgerStep,
  duration: string,
  outcome: string,
  error: string | null,
  by: string,
): readonly Column[] {
  const { host, direction, line, revision, targetSchema, checksum } = step
  return [
    ...[host ?? raw('host(inet_client_addr())'), direction, line, revision, targetSchema, raw(duration)],
    ...[checksum, outcome, error, by, step.step ?? null],
  ]
}

/** What the step leaves: the rows, all that is applied, and whether the target schema has objects. */
function leftValues({ after, digest, covered, targetSchema }: LedgerStep): readonly Column[] {
  const schema = ownSql`to_regnamespace(${quoteIdent(targetSchema)})::oid`
  return [after, digest, covered ?? null, hasObjects(schema)]
}
