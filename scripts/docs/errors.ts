import { generatedFrom, code as inCode, table } from './markdown.ts'
import { type Message, sourceMessages } from './messages.ts'

/** Codes whose text the reader of the sources cannot find: it comes from another program, or from parts. */
const elsewhere: Readonly<Record<string, string>> = {
  'build-failed':
    'the scripts do not build\nhelp: fix the files, or restore them: git status; npx tsc --noEmit shows more',
  internal: 'an unexpected error: a bug in just-mig, or in code of the project that it ran',
  'unknown-command':
    'there is no command {name}\nhelp: [did you mean {commands}? just --list lists them all | just --list lists them]\n\n{flag} comes before a command\nhelp: flags come after the command: just mig-upgrade …',
  'unreadable-revision': 'the header of a revision file cannot be read\nhelp: write it as the message says',
}

/** Codes of earlier versions, with those that stand for them now. */
const former: Readonly<Record<string, readonly string[]>> = {
  'damaged-checkpoint': [],
  'drizzle-dialect': ['other-database'],
  'flyway-script': ['template-file'],
  'names-cut': ['duplicate-model', 'model-failed'],
  'no-drizzle-project': ['no-migrations', 'bad-journal'],
  'no-flyway-project': ['no-migrations'],
  'no-numbered-files': ['no-migrations'],
  'no-prisma-project': ['no-migrations'],
  'prisma-provider': ['other-database'],
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

/** The page of the texts that `errorTexts` finds. */
export function errorsPage(texts: ReadonlyMap<string, readonly string[]>): string {
  const sections = [...texts]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([code, each]) => `### ${code}\n\n\`\`\`text\n${each.join('\n\n')}\n\`\`\`\n`)
  const replaced = Object.entries(former).map(([code, now]) => [
    inCode(code),
    now.map((each) => `[${each}](#${each})`).join(', ') || 'not reported any more',
  ])
  return `# Errors and warnings

${generatedFrom('the messages in the sources')}

An error is printed as \`error MIG-<code>: what happened\`, often with the place and the state of the database, and with a
\`help:\` line that says what to type next. This page lists every message by its code. Codes are stable. \`{name}\` stands for
a value, \`[a | b]\` for one of several texts, \`[a]\` for an optional one; where a message has several \`help:\` lines, one of
them is printed. See also [exit codes](exit-codes.md) and [Recover](../how-to/recover.md).

${sections.join('\n')}
## Former codes

${table(['code of an earlier version', 'now'], replaced)}
`
}

function textOf({ kind, message, help }: Message): string {
  return [
    `${kind === 'warning' ? 'warning: ' : ''}${message}`,
    ...(help === '' ? [] : alternatives(help).map((text) => `help: ${text}`)),
  ].join('\n')
}

/** The texts that a message is one of: the parts of `[a | [b | c]]`, and the text itself where it is not only a choice. */
function alternatives(text: string): readonly string[] {
  const parts: string[] = []
  let [depth, from] = [0, 1]
  for (const [at, character] of [...text].entries()) {
    if (character === '[') depth += 1
    if (character === ']') depth -= 1
    const isEnd = at === text.length - 1
    if (depth === 0 && !isEnd) return [text]
    if ((character === '|' && depth === 1) || isEnd) {
      parts.push(text.slice(from, at).trim())
      from = at + 1
    }
  }
  return parts.length > 1 ? parts.flatMap(alternatives) : [text]
}
