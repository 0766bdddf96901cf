import { generatedFrom } from './markdown.ts'
import { type Message, sourceMessages } from './messages.ts'

/** Codes whose text the reader of the sources cannot find: it comes from another program, or from parts. */
const elsewhere: Readonly<Record<string, string>> = {
  'build-failed': 'the scripts do not build',
  cycle: 'revisions reach themselves along downRevision',
  'dependency-cycle': 'revisions reach themselves through dependsOn',
  'empty-variable': 'a variable is set and empty\nhelp: unset it, or give it a value',
  internal: 'an error that nobody expected: a fault of just-mig, or of code of the project that it ran',
  'no-server':
    'no server answers at the database URL\nhelp: start it, or fix DATABASE_URL; the embedded server: just db-start',
  'other-database': 'the history of Alembic is for another database than PostgreSQL',
  'privileges-passed-over': 'models have owners or privileges, which are compared with --privileges only',
  'rows-in-models':
    'models describe tables, so the rows are not used\nhelp: write the rows into a revision: just mig-revision "…"',
  'temporary-in-models':
    'a temporary object belongs to a session, not to a schema\nhelp: take the statement out of the models, or TEMPORARY out of it',
  'unknown-command': 'there is no command of that name\nhelp: just --list',
  'unreadable-revision': 'the head of a revision file cannot be read\nhelp: write it as the message says',
}

/** Each code with the texts that are written for it. */
export function errorTexts(repository: string): ReadonlyMap<string, readonly string[]> {
  const found = sourceMessages(repository).flatMap((message) =>
    message.codes.map((code) => [code, textOf(message)] as const),
  )
  const said = Object.entries(elsewhere).map(([code, text]) => [code, text] as const)
  const texts = new Map<string, readonly string[]>()
  for (const [code, text] of [...said, ...found]) texts.set(code, [...(texts.get(code) ?? []), text])
  return texts
}

export function errorsPage(repository: string): string {
  const sections = [...errorTexts(repository)]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([code, texts]) => `### ${code}\n\n\`\`\`text\n${texts.join('\n\n')}\n\`\`\`\n`)
  return `# Errors and warnings

${generatedFrom('the messages in the sources')}

Every error is \`error MIG-<code>: what happened\`, with a \`help:\` line that says what to type next; often also where, and
what state the database is in. Here are all of them by code, with \`{name}\` for what only the run tells and \`[a | b]\` for one
of several texts. Codes are stable. What each ends with: [exit codes](exit-codes.md). States of a database:
[Recover](../how-to/recover.md).

${sections.join('\n')}`
}

function textOf({ kind, message, help }: Message): string {
  return [
    `${kind === 'warning' ? 'warning: ' : ''}${message}`,
    ...(help === '' ? [] : [`help: ${help}`]),
  ].join('\n')
}
