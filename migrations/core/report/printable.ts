import { styleMark } from './style.ts'

/** Control characters but tab and line feed, and those that reorder text (Unicode TR36, 3.1): `\x1b`, `\u202e`. */
const unsafe = /[^\P{Cc}\t\n]|[\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu

/** The longest text of somebody else's that is shown whole, in characters. */
const longest = 20_000

/**
 * `text` with its control characters visible, so that text out of a file or a database cannot move the cursor, set a
 * title or hide what stands beside it. Line feeds and tabs stay.
 */
export function visible(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(unsafe, (character) => {
    const code = character.codePointAt(0) ?? 0
    return code < 0x80
      ? `\\x${code.toString(16).padStart(2, '0')}`
      : `\\u${code.toString(16).padStart(4, '0')}`
  })
}

/** `text` cut to a size that a person reads, with what is left out counted. */
export function cutToSize(text: string, size = longest): string {
  return text.length <= size ? text : `${text.slice(0, size)}… (${text.length - size} more characters)`
}

/** `text` with its further lines indented, so that none looks like a line of ours. */
export function indentedRest(text: string, by = '  '): string {
  return text.replaceAll('\n', `\n${by}`)
}

/**
 * What a stream is given: our own colours, everything else visible, and no line that a CI server takes for a command.
 * GitHub's runner trims a line and looks for `::` at its start, and for `##[` anywhere (ActionCommand.cs); Azure
 * looks for `##vso[`, TeamCity for `##teamcity[`.
 */
export function printable(text: string): string {
  // Only a colour of ours has the mark, which is drawn again by every process.
  return text
    .split(styleMark)
    .map((part, at) => (at === 0 ? visible(part) : ownColour(part)))
    .join('')
    .split('\n')
    .map(withoutCommands)
    .join('\n')
}

function ownColour(part: string): string {
  const code = /^\d{1,2}m/.exec(part)?.[0] ?? ''
  return (code === '' ? '' : `\u001b[${code}`) + visible(part.slice(code.length))
}

function withoutCommands(line: string): string {
  const start = line.trimStart()
  const isCommand = start.startsWith('::') && start.indexOf('::', 2) !== -1
  const quoted = isCommand ? line.replace('::', '> ::') : line
  return quoted.replace(/##(?=(?:vso|teamcity)?\[)/g, '# #')
}
