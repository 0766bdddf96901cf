import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseSync } from 'oxc-parser'
import {
  bare,
  boundBy,
  codesIn,
  declaredBy,
  exported,
  fieldOf,
  found,
  hasWords,
  isCode,
  isFunction,
  isGivenCode,
  isNamed,
  listOf,
  type Names,
  type Node,
  nameOf,
  namesIn,
  nodesIn,
  textOf,
} from './source-text.ts'

/**
 * What an error or a warning says, with `{name}` for what only the run tells, `[a | b]` where it says one of several, and
 * `[a]` where it says something or nothing.
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
  const programs = files.map((path) => parseSync(path, readFileSync(path, 'utf8')).program as unknown as Node)
  const shared = new Map(programs.flatMap(exportedTexts))
  const all = programs.flatMap((program) => messagesOf(program, shared))
  const order = ({ codes, message, help }: Message) => [...codes, message, help].join('\0')
  return [...new Map(all.map((message) => [order(message), message])).entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, message]) => message)
}

/** The texts that a module exports as constants. */
function exportedTexts(program: Node): readonly (readonly [string, Node])[] {
  const statements = listOf(program.body).filter(({ type }) => type === 'ExportNamedDeclaration')
  return statements
    .flatMap((statement) => declaredBy(exported(statement)))
    .filter(([, { value }]) => typeof value === 'string')
}

function messagesOf(program: Node, shared: ReadonlyMap<string, Node>): readonly Message[] {
  const statements = listOf(program.body)
  const imported = statements
    .flatMap(({ specifiers }) => listOf(specifiers).map(({ local }) => nameOf(local)))
    .flatMap((name) => [shared.get(name) ?? []].flat().map((text) => [name, text] as const))
  const own = new Map([...imported, ...statements.flatMap((statement) => declaredBy(exported(statement)))])
  const functions = new Map([...namesIn(program)].filter(([, made]) => isFunction(made)))
  const nodes = statements.flatMap((statement) => {
    const names = [namesIn(statement), own, functions]
    return [...nodesIn(statement)].map((node) => ({ node, names }))
  })
  const calls = nodes.flatMap(({ node, names }) => saidInWordsOf(node, names) ?? [])
  // Where another call gives no words, what the function says by itself is one more text.
  const wordless = new Set(calls.flatMap(({ made, texts }) => (texts.length === 0 ? [made] : [])))
  const told = new Set(
    calls.flatMap(({ made, texts }) => (wordless.has(made) ? [] : texts.map(({ by }) => by))),
  )
  return [
    ...calls.flatMap(({ texts }) => texts.map(({ said }) => said)),
    ...nodes.flatMap(({ node, names }) => (told.has(node) ? [] : (saidBy(node, names) ?? []))),
  ]
}

/** What a function of the module says in words that a call gives it, with the nodes of the function that say it. */
interface SaidInWords {
  readonly made: Node
  readonly texts: readonly { readonly by: Node; readonly said: Message }[]
}

function saidInWordsOf(call: Node, names: Names): SaidInWords | undefined {
  const made = call.type === 'CallExpression' ? found(names, nameOf(call.callee)) : undefined
  if (made === undefined || !isFunction(made)) return undefined
  const words = listOf(call.arguments)
    .flatMap((each) => [each, ...listOf(each.properties).map(({ value }) => value)])
    .map((each) => textOf(each, names))
    .filter(hasWords)
  if (words.length === 0) return { made, texts: [] }
  const inside = [boundBy(made, call, names), namesIn(made), ...names]
  const texts = [...nodesIn(made.body)].flatMap((by) => {
    const said = by.type === 'CallExpression' ? undefined : saidBy(by, inside)
    const isWorded = words.some((text) => said?.message.includes(text) || said?.help.includes(text))
    return said !== undefined && isWorded ? [{ by, said }] : []
  })
  return { made, texts }
}

function saidBy(node: Node, names: Names): Message | undefined {
  const [first, second, third] = listOf(node.arguments)
  const said = (kind: Kind, code: Node | undefined, message: Node | undefined, help: Node | undefined) => ({
    kind,
    codes: codesIn(code, names),
    message: textOf(message, names),
    help: help === undefined ? '' : textOf(help, names),
  })
  if (node.type === 'NewExpression' && isNamed(node.callee, 'MigError'))
    return said('error', first, second, fieldOf(third, 'help', names))
  if (node.type === 'CallExpression' && isGivenCode(first, names)) return saidByCall(node, names)
  const message = fieldOf(node, 'message', names)
  const [event, code] = [fieldOf(node, 'event', names), fieldOf(node, 'code', names)]
  const isWarning = event === undefined ? isCode(bare(code)) : bare(event)?.value === 'warning'
  if (node.type !== 'ObjectExpression' || message === undefined || !isWarning) return undefined
  return said('warning', code, message, fieldOf(node, 'help', names))
}

/** What a function of the module says of the code that it is given. */
function saidByCall(call: Node, names: Names): Message | undefined {
  const made = found(names, nameOf(call.callee))
  if (made === undefined || !isFunction(made)) return undefined
  const codes = codesIn(listOf(call.arguments)[0], names)
  const inside = [boundBy(made, call, names), namesIn(made), ...names]
  for (const node of nodesIn(made.body)) {
    // A function that calls itself says nothing more by it.
    if (isNamed(node.callee, nameOf(call.callee))) continue
    const said = saidBy(node, inside)
    if (said?.codes.some((code) => codes.includes(code))) return said
  }
  return undefined
}
