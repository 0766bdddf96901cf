import { errorCodes } from '../../migrations/core/error-codes.ts'
import { code, generatedFrom, table } from './markdown.ts'

/** The page of errors, from their table. */
export function errorsPage(): string {
  const rows = Object.entries(errorCodes)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { cause, todo }]) => [code(name), cause, todo])
  return `# Errors and warnings

${generatedFrom('migrations/core/error-codes.ts')}

Every error is \`error MIG-<code>: what happened\`, with a \`help:\` line that says what to type next; often also where, and
what state the database is in. Codes are stable. What each ends with: [exit codes](exit-codes.md). States of a database:
[Recover](../how-to/recover.md).

${table(['code', 'what happened', 'what to do'], rows)}
`
}
