/** A node of a module's syntax tree. */
export type Node = Readonly<Record<string, unknown>>

/** Functions, constants and bound parameters by name: of the statement of a module that is read, and of the module. */
export type Names = readonly ReadonlyMap<string, Node>[]

/** The arguments of a call by the parameters that they are given to, each with the names that it is written with. */
export function boundBy(made: Node, call: Node, names: Names): ReadonlyMap<string, Node> {
  const args = listOf(call.arguments)
  const bound = listOf(made.params).flatMap((param, at) => {
    const to = param.type === 'AssignmentPattern' && isNode(param.left) ? param.left : param
    const parts = listOf(to.properties).map(({ key }) => nameOf(key))
    if (parts.length === 0) return [[nameOf(to), withNames(args[at], names)] as const]
    return parts.map((part) => [part, fieldOf(args[at], part, names)] as const)
  })
  return new Map(bound.flatMap(([name, node]) => (node === undefined ? [] : [[name, node] as const])))
}

/** A node that is read with other names than those of where it is found. */
function withNames(node: Node | undefined, names: Names): Node | undefined {
  return node === undefined ? undefined : { type: given, node, names }
}

const given = 'Given'
export const bare = (node: Node | undefined): Node | undefined =>
  node?.type === given ? bare(node.node as Node) : node

export const isFunction = (node: Node): boolean => /Function/.test(String(node.type))
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null
export const listOf = (value: unknown): readonly Node[] => (Array.isArray(value) ? value.filter(isNode) : [])
export const nameOf = (node: unknown): string =>
  isNode(node) && typeof node.name === 'string' ? node.name : ''
export const isNamed = (node: unknown, name: string): boolean => nameOf(node) === name
export const isCode = (node: Node | undefined): boolean =>
  typeof node?.value === 'string' && /^[a-z]+(?:-[a-z]+)*$/.test(node.value)

export function* nodesIn(node: unknown): Generator<Node> {
  if (!isNode(node)) return
  if (typeof node.type === 'string') yield node
  for (const child of Object.values(node)) yield* nodesIn(child)
}

export function namesIn(node: unknown): ReadonlyMap<string, Node> {
  return new Map([...nodesIn(node)].flatMap(declaredBy))
}

export const exported = (statement: Node): Node =>
  isNode(statement.declaration) ? statement.declaration : statement

export function declaredBy(node: Node): readonly (readonly [string, Node])[] {
  if (node.type === 'VariableDeclaration') return listOf(node.declarations).flatMap(declaredBy)
  if (node.type === 'VariableDeclarator' && isNode(node.init)) return [[nameOf(node.id), node.init]]
  if (node.type === 'AssignmentPattern' && isNode(node.right)) return [[nameOf(node.left), node.right]]
  return node.type === 'FunctionDeclaration' ? [[nameOf(node.id), node]] : []
}

export const found = (names: Names, name: string): Node | undefined =>
  names.find((each) => each.has(name))?.get(name)

/** Whether an argument is a code: written there or where it is given, or a constant that no target such as `base` could be. */
export function isGivenCode(node: Node | undefined, names: Names): boolean {
  const at = node?.type === 'Identifier' ? found(names, nameOf(node)) : undefined
  if (isCode(bare(at?.type === given ? at : node))) return true
  return codesIn(node, names).some((code) => code.includes('-'))
}

/** The codes that an expression may be. */
export function codesIn(node: Node | undefined, names: Names, depth = 0): readonly string[] {
  const inner = (...nodes: readonly unknown[]) =>
    depth > deepest ? [] : nodes.filter(isNode).flatMap((each) => codesIn(each, names, depth + 1))
  switch (node?.type) {
    case given:
      return codesIn(node.node as Node, node.names as Names, depth)
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
export function fieldOf(node: Node | undefined, name: string, names: Names, depth = 0): Node | undefined {
  if (node === undefined || depth > deepest) return undefined
  const inner = (each: unknown) => (isNode(each) ? fieldOf(each, name, names, depth + 1) : undefined)
  if (node.type === given) return fieldOf(node.node as Node, name, node.names as Names, depth + 1)
  if (node.type === 'Identifier') return inner(found(names, nameOf(node)))
  if (node.type === 'ConditionalExpression') return inner(node.consequent) ?? inner(node.alternate)
  for (const each of listOf(node.properties)) {
    if (isNamed(each.key, name) && isNode(each.value)) return withNames(each.value, names)
    const spread = inner(each.argument)
    if (spread !== undefined) return spread
  }
  return undefined
}

const deepest = 6

/** Functions that write what they are given in another form: the place of that form has the name of what is given. */
const forms = new Set(
  `JSON.stringify Object.keys Object.values Math.round String oneLine maskUrl quoteIdent shellWord shown nameText
  objectName relative basename durationText`.split(/\s+/),
)

/** The text that an expression gives. */
export function textOf(node: unknown, names: Names, depth = 0): string {
  if (!isNode(node)) return ''
  const inner = (each: unknown) => textOf(each, names, depth)
  switch (node.type) {
    case given:
      return textOf(node.node, node.names as Names, depth)
    case 'Literal':
      return node.regex === undefined ? String(node.value) : ''
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
    case 'ObjectExpression': {
      const texts = listOf(node.properties).map(({ value }) => inner(value))
      return texts.every(hasWords) ? oneOf(texts) : ''
    }
    case 'NewExpression':
      return inner(listOf(node.arguments)[0])
    case 'SpreadElement':
    case 'AwaitExpression':
      return inner(node.argument)
    case 'ChainExpression':
    case 'TSAsExpression':
    case 'TSNonNullExpression':
      return inner(node.expression)
    case 'Identifier':
      return nameOf(node) === 'undefined' ? '' : namedText(node, names, depth)
    case 'MemberExpression':
      if (node.computed === true) return inner(node.object)
      return isNamed(node.property, 'length') ? '{count}' : `{${nameOf(node.property)}}`
    case 'CallExpression':
      return calledText(node, names, depth)
    default:
      return '{…}'
  }
}

/** The words that a name stands for, or its place. */
function namedText(node: Node, names: Names, depth: number): string {
  const place = `{${nameOf(node)}}`
  const made = depth < deepest ? found(names, nameOf(node)) : undefined
  if (made === undefined || isFunction(made)) return place
  const text = textOf(made, names, depth + 1)
  return hasWords(text) || (made.type === given && text !== '') ? text : place
}

/** The texts that a function of the module gives, or what a method is called on. */
function calledText(node: Node, names: Names, depth: number): string {
  const { callee } = node
  const called = listOf(node.arguments)
  const isMethod = isNode(callee) && callee.type === 'MemberExpression'
  const name = isMethod ? `${nameOf(callee.object)}.${nameOf(callee.property)}` : nameOf(callee)
  if (forms.has(name)) return textOf(called.at(-1), names, depth)
  if (isMethod) {
    const list = callee.object
    const isJoined = isNamed(callee.property, 'join') && isNode(list) && list.type === 'ArrayExpression'
    if (!isJoined) return textOf(list, names, depth)
    const parts = listOf(list.elements).map((each) => textOf(each, names, depth))
    return parts.join(textOf(called[0], names, depth))
  }
  const made = depth < deepest ? found(names, name) : undefined
  if (made === undefined) return `{${name}}`
  const returned = [...nodesIn(made.body)].flatMap((each) =>
    each.type === 'ReturnStatement' ? [each.argument] : [],
  )
  const isExpression = isNode(made.body) && made.body.type !== 'BlockStatement'
  const inside = [boundBy(made, node, names), namesIn(made), ...names]
  const text = oneOf((isExpression ? [made.body] : returned).map((each) => textOf(each, inside, depth + 1)))
  return hasWords(text) ? text : `{${name}}`
}

export const hasWords = (text: string): boolean => /[a-z] [a-z]/i.test(text)

function oneOf(texts: readonly string[]): string {
  const several = [...new Set(texts)].filter((text) => text !== '')
  const [only = ''] = several
  if (several.length > 1) return `[${several.join(' | ')}]`
  return texts.includes('') && only !== '' && !/^\[[^[\]]*\]$/.test(only) ? `[${only}]` : only
}
