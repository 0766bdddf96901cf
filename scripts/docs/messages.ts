import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseSync } from 'oxc-parser'

/**
 * What an error or a warning says, with `{name}` for what only the run tells, and `[a | b]` where it says one of several.
 */
export interface Message {
  /** Without the `MIG-` prefix; several where the source chooses among them, none where a function is given it. */
  readonly codes: readonly string[]
  readonly kind: Kind
  readonly message: string
  /** Empty where there is none. */
  readonly help: string
}

type Kind = 'error' | 'warning'
type Node = Readonly<Record<string, unknown>>

/** Functions and constants by name: those of a module, and those inside of the statement of it that is read. */
interface Names {
  readonly own: ReadonlyMap<string, Node>
  readonly local: ReadonlyMap<string, Node>
}

/**
 * Every error and warning that core and the scripts write, by code.
 * @param repository the folder of the checkout
 */
export function sourceMessages(repository: string): readonly Message[] {
  const files = ['migrations/core', 'scripts'].flatMap((folder) =>
    readdirSync(join(repository, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => join(repository, folder, name)),
  )
  const all = files.flatMap((path) =>
    messagesOf(parseSync(path, readFileSync(path, 'utf8')).program as unknown as Node),
  )
  const order = ({ codes, message, help }: Message) => [...codes, message, help].join('\0')
  return [...new Map(all.map((message) => [order(message), message])).entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, message]) => message)
}

function messagesOf(program: Node): readonly Message[] {
  const statements = listOf(program.body)
  const own = new Map(statements.flatMap((statement) => declaredBy(exported(statement))))
  return statements.flatMap((statement) => {
    const names = { own, local: namesIn(statement) }
    return [...nodesIn(statement)].flatMap((node) => saidBy(node, names) ?? [])
  })
}

function saidBy(node: Node, names: Names): Message | undefined {
  const [first, second, third, fourth] = listOf(node.arguments)
  const said = (kind: Kind, code: Node | undefined, message: Node | undefined, help: Node | undefined) => ({
    kind,
    codes: codesIn(code, names),
    message: textOf(message, names),
    help: help === undefined ? '' : textOf(help, names),
  })
  if (node.type === 'NewExpression' && isNamed(node.callee, 'MigError'))
    return said('error', first, second, fieldOf(third, 'help'))
  // A function of the module that is given the code, then the texts or options.
  if (node.type === 'CallExpression' && isGivenCode(first, names) && second !== undefined) {
    const kind = kindGiven(found(names, nameOf(node.callee)))
    const [message, help] = fourth === undefined ? [second, third] : [third, fourth]
    const told = help?.type === 'ObjectExpression' ? fieldOf(help, 'help') : help
    return kind === undefined ? undefined : said(kind, first, message, told)
  }
  const message = fieldOf(node, 'message')
  const [event, code] = [fieldOf(node, 'event'), fieldOf(node, 'code')]
  const isWarning = event === undefined ? isCode(code) : event.value === 'warning'
  if (node.type !== 'ObjectExpression' || message === undefined || !isWarning) return undefined
  return said('warning', code, message, fieldOf(node, 'help'))
}

/** What a function makes of the code that it is given. */
function kindGiven(made: Node | undefined): Kind | undefined {
  if (made === undefined || !/Function/.test(String(made.type))) return undefined
  for (const node of nodesIn(made)) {
    if (node.type === 'NewExpression' && isNamed(node.callee, 'MigError')) return 'error'
    if (node.type === 'Literal' && node.value === 'warning') return 'warning'
  }
  return undefined
}

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null
const listOf = (value: unknown): readonly Node[] => (Array.isArray(value) ? value.filter(isNode) : [])
const nameOf = (node: unknown): string => (isNode(node) && typeof node.name === 'string' ? node.name : '')
const isNamed = (node: unknown, name: string): boolean => nameOf(node) === name
const isCode = (node: Node | undefined): boolean =>
  typeof node?.value === 'string' && /^[a-z]+(?:-[a-z]+)*$/.test(node.value)

function* nodesIn(node: unknown): Generator<Node> {
  if (!isNode(node)) return
  if (typeof node.type === 'string') yield node
  for (const child of Object.values(node)) yield* nodesIn(child)
}

function namesIn(node: unknown): Names['local'] {
  return new Map([...nodesIn(node)].flatMap(declaredBy))
}

const exported = (statement: Node): Node =>
  isNode(statement.declaration) ? statement.declaration : statement

function declaredBy(node: Node): readonly (readonly [string, Node])[] {
  if (node.type === 'VariableDeclaration') return listOf(node.declarations).flatMap(declaredBy)
  if (node.type === 'VariableDeclarator' && isNode(node.init)) return [[nameOf(node.id), node.init]]
  return node.type === 'FunctionDeclaration' ? [[nameOf(node.id), node]] : []
}

const found = ({ own, local }: Names, name: string): Node | undefined => local.get(name) ?? own.get(name)

/** Whether an argument is a code: written there, or a constant that no target such as `base` could be. */
const isGivenCode = (node: Node | undefined, names: Names): boolean =>
  isCode(node) || codesIn(node, names).some((code) => code.includes('-'))

/** The codes that an expression may be. */
function codesIn(node: Node | undefined, names: Names): readonly string[] {
  const inner = (...nodes: readonly unknown[]) => nodes.filter(isNode).flatMap((each) => codesIn(each, names))
  switch (node?.type) {
    case 'Literal':
      return isCode(node) ? [String(node.value)] : []
    case 'ConditionalExpression':
      return inner(node.consequent, node.alternate)
    case 'ObjectExpression':
      return inner(...listOf(node.properties).map(({ value }) => value))
    case 'TSAsExpression':
      return inner(node.expression)
    case 'LogicalExpression':
      return inner(node.left, node.right)
    case 'MemberExpression':
      return node.computed === true ? inner(node.object) : []
    case 'Identifier':
      return inner(found(names, nameOf(node)))
    default:
      return []
  }
}

/** The value of an object's property, also of one that is spread into it. */
function fieldOf(node: Node | undefined, name: string): Node | undefined {
  if (node?.type === 'ConditionalExpression')
    return [node.consequent, node.alternate]
      .filter(isNode)
      .map((each) => fieldOf(each, name))
      .find(isNode)
  for (const each of listOf(node?.properties)) {
    if (isNamed(each.key, name) && isNode(each.value)) return each.value
    const spread = isNode(each.argument) ? fieldOf(each.argument, name) : undefined
    if (spread !== undefined) return spread
  }
  return undefined
}

const deepest = 4

/** The text that an expression gives. */
function textOf(node: unknown, names: Names, depth = 0): string {
  if (!isNode(node)) return ''
  const inner = (each: unknown) => textOf(each, names, depth)
  switch (node.type) {
    case 'Literal':
      return String(node.value)
    case 'TemplateLiteral': {
      const parts = listOf(node.expressions)
      const between = node.quasis as readonly { readonly value: { readonly cooked: string } }[]
      return between.map(({ value }, at) => value.cooked + inner(parts[at])).join('')
    }
    case 'BinaryExpression':
      return node.operator === '+' ? inner(node.left) + inner(node.right) : inner(node.left)
    case 'LogicalExpression':
      return oneOf([inner(node.left), inner(node.right)])
    case 'ConditionalExpression':
      return oneOf([inner(node.consequent), inner(node.alternate)])
    case 'ArrayExpression':
      return listOf(node.elements).map(inner).join('; ')
    case 'SpreadElement':
      return inner(node.argument)
    case 'Identifier': {
      const made = depth < deepest ? found(names, nameOf(node)) : undefined
      const text =
        made === undefined || /Function/.test(String(made.type)) ? '' : textOf(made, names, depth + 1)
      return hasWords(text) ? text : `{${nameOf(node)}}`
    }
    case 'MemberExpression':
      return node.computed === true ? inner(node.object) : `{${nameOf(node.property)}}`
    case 'CallExpression':
      return calledText(node, names, depth)
    default:
      return '{…}'
  }
}

/** The texts that a function of the module gives, or what a method is called on. */
function calledText(node: Node, names: Names, depth: number): string {
  const { callee } = node
  if (isNode(callee) && callee.type === 'MemberExpression') return textOf(callee.object, names, depth)
  const made = depth < deepest ? found(names, nameOf(callee)) : undefined
  const given = [...nodesIn(made?.body)].flatMap((each) =>
    each.type === 'ReturnStatement' ? [each.argument] : [],
  )
  const isExpression = isNode(made?.body) && made.body.type !== 'BlockStatement'
  const inside = { own: names.own, local: namesIn(made) }
  const text = oneOf((isExpression ? [made.body] : given).map((each) => textOf(each, inside, depth + 1)))
  return hasWords(text) ? text : `{${nameOf(callee)}}`
}

const hasWords = (text: string): boolean => /[a-z] [a-z]/i.test(text)

function oneOf(texts: readonly string[]): string {
  const several = [...new Set(texts)]
  return several.length > 1 ? `[${several.join(' | ')}]` : (several[0] ?? '')
}
