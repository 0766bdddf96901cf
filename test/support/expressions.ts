import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { parseSync } from 'oxc-parser'
import { repository } from './recipes.ts'

/** A regular expression of the source, and where it stands. */
export interface Expression {
  readonly place: string
  readonly source: string
  readonly flags: string
}

/** Every regular expression that is written as a literal in core and in the scripts, each once. */
export function sourceExpressions(): readonly Expression[] {
  const found = new Map<string, Expression>()
  for (const folder of ['migrations/core', 'scripts']) {
    for (const name of readdirSync(join(repository, folder), { recursive: true, encoding: 'utf8' })) {
      if (!/\.m?[tj]s$/.test(name)) continue
      const path = join(repository, folder, name)
      const text = readFileSync(path, 'utf8')
      for (const { source, flags, start } of literals(parseSync(path, text).program)) {
        const line = text.slice(0, start).split('\n').length
        const place = `${relative(repository, path)}:${line}`
        if (!found.has(`/${source}/${flags}`)) found.set(`/${source}/${flags}`, { place, source, flags })
      }
    }
  }
  return [...found.values()]
}

interface Literal {
  readonly source: string
  readonly flags: string
  readonly start: number
}

function* literals(node: unknown): Generator<Literal> {
  if (typeof node !== 'object' || node === null) return
  if ('regex' in node && 'start' in node && typeof node.start === 'number') {
    const { pattern, flags } = node.regex as { readonly pattern: string; readonly flags: string }
    yield { source: pattern, flags, start: node.start }
    return
  }
  for (const child of Object.values(node)) yield* literals(child)
}

/**
 * Texts to repeat that an expression may stumble over: its own words and characters, examples of its classes, and
 * pairs of them.
 */
export function pumps(source: string): readonly string[] {
  const words = source.match(/[A-Za-z_]{2,}(?: [A-Z]+)*/g) ?? []
  const marks = source.match(/[^\w\s\\()[\]{}|^$+*?.]/g) ?? []
  const escaped = [...source.matchAll(/\\([^\w])/g)].map(([, mark = '']) => mark)
  const single = [...new Set(['a', 'A', '0', ' ', '\n', ...marks, ...escaped])]
  const pairs = single.flatMap((one) => single.map((other) => one + other))
  return [...new Set([...single, ...words, ...words.map((word) => `${word} `), ...pairs])].slice(0, 150)
}
