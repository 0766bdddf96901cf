import { MigError } from '../../errors.ts'
import { readStringToken, stringStart } from './string-token.ts'

/** One token of a Python file (Python Language Reference, chapter 2). */
export interface Token {
  readonly type: 'name' | 'number' | 'string' | 'op' | 'newline' | 'indent' | 'dedent' | 'end'
  /** The source text; for a string the text between its quotes, escapes as they stand. */
  readonly text: string
  /** Lower-case prefix of a string: `r`, `f`, `b`, `rb` … */
  readonly prefix: string
  /** 1-based. */
  readonly line: number
  /** 1-based line of the last character. */
  readonly endLine: number
}

const operators =
  /\*\*=|\/\/=|>>=|<<=|\.\.\.|!=|->|:=|==|<=|>=|\*\*|\/\/|<<|>>|\+=|-=|\*=|\/=|%=|&=|\|=|\^=|@=|[-+*/%@&|^~<>()[\]{},:.;=]/y
const numbers =
  /0[xX][\da-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|(\d[\d_]*\.?[\d_]*|\.\d[\d_]*)([eE][-+]?\d[\d_]*)?[jJ]?/y
const names = /[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}]*/uy

/**
 * Splits Python source into tokens, with indentation as `indent` and `dedent`, and lines joined inside brackets
 * and after a backslash. Comments are left out.
 * @throws MigError `bad-python` for a text that never ends, or a character that Python does not know.
 */
export function pythonTokens(source: string, file: string): readonly Token[] {
  const tokens: Token[] = []
  const indents = [0]
  let at = source.startsWith('\uFEFF') ? 1 : 0
  let line = 1
  let depth = 0
  let lineStart = true
  const add = (type: Token['type'], text: string, endLine = line, prefix = '') => {
    tokens.push({ type, text, prefix, line, endLine })
  }
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at
    return pattern.exec(source)?.[0]
  }
  while (at < source.length) {
    if (lineStart && depth === 0) {
      const space = match(/[ \t\f]*/y) ?? ''
      const next = source[at + space.length]
      if (next !== undefined && next !== '\n' && next !== '\r' && next !== '#') {
        const width = columnOf(space)
        while (width < (indents.at(-1) ?? 0)) {
          indents.pop()
          add('dedent', '')
        }
        if (width > (indents.at(-1) ?? 0)) {
          indents.push(width)
          add('indent', '')
        }
      }
      at += space.length
      lineStart = false
      continue
    }
    const char = source[at] ?? ''
    if (char === '\n') {
      if (depth === 0 && isLineWithTokens(tokens)) add('newline', '')
      lineStart = depth === 0
      line += 1
      at += 1
    } else if (/[ \t\f\r]/.test(char)) at += 1
    else if (char === '#') at += match(/#[^\n]*/y)?.length ?? 1
    else if (char === '\\' && /^\\\r?\n/.test(source.slice(at, at + 3))) {
      at += source[at + 1] === '\r' ? 3 : 2
      line += 1
    } else if (stringStart(source, at)) {
      const text = readStringToken(source, at)
      if (text === undefined) throw badPython('a text that is never closed', file, line)
      const endLine = line + (text.source.match(/\n/g)?.length ?? 0)
      add('string', text.body, endLine, text.prefix)
      line = endLine
      at += text.source.length
    } else {
      const name = match(names)
      const number = name === undefined && /[\d.]/.test(char) ? match(numbers) : undefined
      const word = name ?? number ?? match(operators)
      if (word === undefined || word === '') {
        throw badPython(`a character that Python does not know: ${JSON.stringify(char)}`, file, line)
      }
      if ('([{'.includes(word)) depth += 1
      if (')]}'.includes(word)) depth = Math.max(0, depth - 1)
      add(name !== undefined ? 'name' : number !== undefined && number !== '.' ? 'number' : 'op', word)
      at += word.length
    }
  }
  if (isLineWithTokens(tokens)) add('newline', '')
  for (; indents.length > 1; indents.pop()) add('dedent', '')
  add('end', '')
  return tokens
}

function isLineWithTokens(tokens: readonly Token[]): boolean {
  const last = tokens.at(-1)
  return last !== undefined && !['newline', 'indent', 'dedent'].includes(last.type)
}

/** A tab goes to the next multiple of eight (Language Reference 2.1.8). */
function columnOf(space: string): number {
  let column = 0
  for (const char of space)
    column = char === '\t' ? column - (column % 8) + 8 : char === '\f' ? 0 : column + 1
  return column
}

/** A file that is no Python that this reader knows. */
export function badPython(what: string, file: string, line: number): MigError {
  return new MigError('bad-python', `${file}:${line} has ${what}`, {
    help: 'check that Python itself reads the file: python3 -m py_compile FILE',
    place: { file, line },
  })
}
