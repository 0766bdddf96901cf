import { splitStatements } from '../postgres/index.ts'
import type { ModelStatement } from './model.ts'

/** The statements of a text, with the line of each. */
export function sqlStatements(text: string, file: string): readonly ModelStatement[] {
  let line = 1
  let counted = 0
  return splitStatements(text).map(({ text: sql, start }) => {
    // From where the statement before stands, since a dump may have tens of thousands.
    line += text.slice(counted, start).split('\n').length - 1
    counted = start
    return { sql, file, line }
  })
}
