import { MigError } from '../errors.ts'

export type Variables = Readonly<Record<string, string | undefined>>

/**
 * The value of the first of these variables that is set. A variable that is set and blank is a secret or a parameter
 * that did not arrive: to pass over it would take another database or another schema in silence.
 * @param names in the order in which they count
 * @throws MigError `empty-variable`, or `code` where one is given
 */
export function setVariable(
  variables: Variables,
  names: readonly string[],
  code = 'empty-variable',
): string | undefined {
  const name = names.find((each) => variables[each] !== undefined)
  if (name === undefined) return undefined
  const value = variables[name] ?? ''
  if (value.trim() !== '') return value
  throw new MigError(code, `${name} is set and empty`, {
    help: `give ${name} a value, or remove it (unset ${name}) to use the next setting that counts`,
    facts: { variable: name },
  })
}

/** What of a value in `.env` dotenv drops: it takes an unquoted `#` as the start of a comment, also inside of a word. */
const cutAtHash = /^[ \t]*(?:export[ \t]+)?([A-Za-z_][\w.-]*)[ \t]*=[ \t]*[^\s'"`#][^#\r\n]*(?<!\s)#/gm

/**
 * Refuses a URL that ends at an unquoted `#`: what is left of it may be a URL of another place, and a part of the
 * password may stand where a host or a port is shown.
 * @param text the text of a `.env` file
 * @param names the variables that hold URLs
 * @throws MigError `bad-database-url` without the value
 */
export function checkHashes(text: string, names: readonly string[], file: string): void {
  for (const { 1: name = '', index } of text.matchAll(cutAtHash)) {
    if (!names.includes(name)) continue
    throw new MigError('bad-database-url', `${name} ends at a #, which begins a comment in .env`, {
      help: 'quote the value ("postgresql://…"), or write # as %23',
      place: { file, line: text.slice(0, index).split('\n').length },
    })
  }
}
