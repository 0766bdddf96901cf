import { MigError } from '../../errors.ts'
import { withoutSecrets } from '../../secrets.ts'

/** The longest text of a failure in the log, in characters. */
const longest = 4000

/**
 * A failure as `mig.log` keeps it: what failed, the SQLSTATE, and the names of constraint, table and column; no value
 * of a row, no statement, no password. The log is read by more people than the rows are, and outlives them.
 */
export function failureText(error: MigError): string {
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
