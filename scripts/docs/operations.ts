import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseSync, type TSType, type VariableDeclarator } from 'oxc-parser'
import { code, table } from './markdown.ts'
import { asParagraph, describedTypes } from './types.ts'

const folder = 'migrations/core/operations'
const begin = '<!-- generated: npm run docs:reference -->'
const end = '<!-- end -->'

/** The page of operations: its text, with the lists of what `op` has written again from the sources. */
export function operationsPage(root: string): string {
  const page = readFileSync(join(root, 'docs/reference/operations.md'), 'utf8')
  const [before = ''] = page.split(begin)
  const after = page.slice(page.indexOf(end) + end.length)
  return `${before}${begin}\n\n${lists(root)}\n\n${end}${after}`
}

function lists(root: string): string {
  const base = describedTypes(root, [`${folder}/operations.ts`]).find(({ name }) => name === 'BaseOperations')
  const files = readdirSync(join(root, folder, 'directives')).filter((name) => name !== 'all.ts')
  const directives = files.flatMap((name) => functionsOf(root, `${folder}/directives/${name}`))
  const safe = readdirSync(join(root, folder, 'safe')).flatMap((name) =>
    functionsOf(root, `${folder}/safe/${name}`),
  )
  const forms = ['addForeignKey', 'addCheck', 'setNotNull', 'createIndex', 'changeType']
  return [
    '## Every revision',
    table(
      ['op.', 'meaning'],
      (base?.fields ?? []).map(({ name, text }) => [code(name), text]),
    ),
    '## Directives',
    table(
      ['op.', 'meaning'],
      directives.map(({ usage, text }) => [code(usage), text]),
    ),
    '## Forms for a busy table',
    table(
      ['op.safe.', 'meaning'],
      safe.filter(({ name }) => forms.includes(name)).map(({ usage, text }) => [code(usage), text]),
    ),
  ].join('\n\n')
}

/** The functions that a file exports: how each is called from a revision, and its docstring. */
function functionsOf(root: string, file: string) {
  const alike = alikeParams(root)
  const text = readFileSync(join(root, file), 'utf8')
  const { program, comments } = parseSync(file, text)
  return program.body.flatMap((statement) => {
    if (statement.type !== 'ExportNamedDeclaration') return []
    const node = statement.declaration
    const comment = comments.findLast((each) => each.end <= statement.start)
    const isNear = comment !== undefined && /^\s*$/.test(text.slice(comment.end, statement.start))
    const doc = isNear && comment.value.startsWith('*') ? comment.value : ''
    const described = asParagraph(doc)
    const found =
      node?.type === 'FunctionDeclaration'
        ? [{ name: node.id?.name ?? '', params: node.params.slice(1).map((each) => nameAt(text, each)) }]
        : node?.type === 'VariableDeclaration'
          ? node.declarations.flatMap((each) => directiveOf(each, alike))
          : []
    return found.map(({ name, params }) => ({
      ...{ name, text: described },
      usage: `${name}(${params.join(', ')})`,
    }))
  })
}

/** A parameter's name, without its type and default. */
const nameAt = (text: string, { start, end }: { readonly start: number; readonly end: number }): string =>
  text
    .slice(start, end)
    .replace(/[:=][\s\S]*$/, '')
    .trim()

/** The parameters of a directive by its type, `Directive<[table: …, spec: …]>`, or one of the same arguments and `options?`. */
function paramsOf(type: TSType | undefined): readonly string[] | undefined {
  if (type?.type !== 'TSTypeReference' || type.typeName.type !== 'Identifier') return undefined
  const [tuple] = type.typeArguments?.params ?? []
  if (tuple?.type !== 'TSTupleType') return undefined
  const params = tuple.elementTypes.flatMap((each) =>
    each.type === 'TSNamedTupleMember' ? [`${each.label.name}${each.optional ? '?' : ''}`] : [],
  )
  return type.typeName.name === 'Restored' ? [...params, 'options?'] : params
}

/** The parameters of directives that a function makes for several kinds, by its name with a capital: `DropObject`. */
function alikeParams(root: string): ReadonlyMap<string, readonly string[]> {
  const file = `${folder}/drop-and-rename.ts`
  const { program } = parseSync(file, readFileSync(join(root, file), 'utf8'))
  const found = program.body.flatMap((node) =>
    node.type === 'TSTypeAliasDeclaration'
      ? [[node.id.name, paramsOf(node.typeAnnotation) ?? []] as const]
      : [],
  )
  return new Map(found)
}

/** A directive by its declaration: its type, or the function that makes it. */
function directiveOf(
  { id, init }: VariableDeclarator,
  alike: ReadonlyMap<string, readonly string[]>,
): readonly { readonly name: string; readonly params: readonly string[] }[] {
  if (id.type !== 'Identifier') return []
  const made = init?.type === 'CallExpression' && init.callee.type === 'Identifier' ? init.callee.name : ''
  const params =
    paramsOf(id.typeAnnotation?.typeAnnotation) ??
    alike.get(`${made.slice(0, 1).toUpperCase()}${made.slice(1)}`)
  return params === undefined ? [] : [{ name: id.name, params }]
}
