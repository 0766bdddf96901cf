import { generatedFrom } from './markdown.ts'
import { type Message, sourceMessages } from './messages.ts'

/** Codes whose text the reader of the sources cannot find: it comes from another program, or from parts. */
const elsewhere: Readonly<Record<string, string>> = {
  'build-failed':
    'the scripts do not build\nhelp: fix the files, or put them back: git status; npx tsc --noEmit shows more',
  internal: 'an error that nobody expected: a fault of just-mig, or of code of the project that it ran',
  'unknown-command':
    'there is no command {name}\nhelp: [did you mean {commands}? just --list lists them all | just --list lists them]\n\n{flag} comes before a command\nhelp: flags come after the command: just mig-upgrade …',
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
what state the database is in. Here are all of them by code, with \`{name}\` for what only the run tells, \`[a | b]\` for one
of several texts and \`[a]\` for one that is not always there. Codes are stable. What each ends with:
[exit codes](exit-codes.md). States of a database: [Recover](../how-to/recover.md).

${sections.join('\n')}`
}

function textOf({ kind, message, help }: Message): string {
  return [
    `${kind === 'warning' ? 'warning: ' : ''}${message}`,
    ...(help === '' ? [] : [`help: ${help}`]),
  ].join('\n')
}
