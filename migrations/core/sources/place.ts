import { readFileSync } from 'node:fs'
import type { ErrorPlace } from '../errors.ts'
import { regexEscape } from '../regex-escape.ts'
import type { ModelStatement } from './model.ts'

/** Where a statement stands, for a person: file and line, and the export that says it. */
export function where(statement: ModelStatement): string {
  const { file, name } = statement
  const line = lineOf(statement)
  const place = line === undefined ? file : `${file}:${line}`
  return name === undefined ? place : `${place} (${name})`
}

/** The line of a statement; in a TypeScript file that of the export, where it is found by its name. */
function lineOf({ file, line, name }: ModelStatement): number | undefined {
  if (line !== undefined || name === undefined) return line
  const [first = ''] = name.split('.')
  const own = name.split('.').at(-1) ?? ''
  const lines = readFileSync(file, 'utf8').split('\n')
  const declares = (word: string) => {
    const quoted = regexEscape(word)
    return lines.findIndex((text) =>
      new RegExp(
        word === 'default' ? '^export default\\b' : `\\b(const|let|var|function)\\s+${quoted}\\b`,
      ).test(text),
    )
  }
  const at = [declares(own), declares(first)].find((found) => found >= 0)
  return at === undefined ? undefined : at + 1
}

/** The place of an error over a statement. */
export function placeOf(statement: ModelStatement): ErrorPlace {
  return { file: statement.file, statement: statement.sql, line: lineOf(statement) }
}

/** The place of what a statement is only an example of. */
export function fileLine(statement: ModelStatement): ErrorPlace {
  return { file: statement.file, line: lineOf(statement) }
}
