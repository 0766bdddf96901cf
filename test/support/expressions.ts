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

/**
 * Every regular expression that is written in core and in the scripts, each once: literals, and `new RegExp` of texts and
 * constants, with a name in the place of what is known at run time only.
 */
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

type Node = Readonly<Record<string, unknown>>

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null
}

function* literals(
  node: unknown,
  constants: ReadonlyMap<string, Node> = constantsOf(node),
): Generator<Literal> {
  if (!isNode(node)) return
  if (isNode(node.regex) && typeof node.start === 'number') {
    const { pattern, flags } = node.regex as { readonly pattern: string; readonly flags: string }
    yield { source: pattern, flags, start: node.start }
    return
  }
  if (node.type === 'NewExpression' && isNode(node.callee) && node.callee.name === 'RegExp') {
    const [pattern, flags] = node.arguments as readonly Node[]
    const source = textOf(pattern, constants)
    const start = Number(node.start)
    if (source !== undefined) yield { source, flags: textOf(flags, constants) ?? '', start }
  }
  for (const child of Object.values(node)) yield* literals(child, constants)
}

/** The constants of a module, by name. */
function constantsOf(program: unknown): ReadonlyMap<string, Node> {
  const found = new Map<string, Node>()
  const visit = (node: unknown) => {
    if (!isNode(node)) return
    if (node.type === 'VariableDeclarator' && isNode(node.id) && isNode(node.init))
      found.set(String(node.id.name), node.init)
    for (const child of Object.values(node)) visit(child)
  }
  visit(program)
  return found
}

/** The text that an expression gives; undefined where only the run tells. */
function textOf(node: Node | undefined, constants: ReadonlyMap<string, Node>, depth = 0): string | undefined {
  if (node === undefined || depth > 5) return undefined
  if (typeof node.value === 'string') return node.value
  if (node.type === 'Identifier') return textOf(constants.get(String(node.name)), constants, depth + 1)
  if (node.type !== 'TemplateLiteral') return undefined
  const parts = node.expressions as readonly Node[]
  return (node.quasis as readonly { readonly value: { readonly cooked: string } }[])
    .map(({ value }, at) => {
      const part = parts[at]
      return value.cooked + (part === undefined ? '' : (textOf(part, constants, depth + 1) ?? 'name'))
    })
    .join('')
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
