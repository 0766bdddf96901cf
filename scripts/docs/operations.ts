import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type BindingPattern, parseSync } from 'oxc-parser'
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
          ? node.declarations.flatMap(({ id }) => directiveOf(id))
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

/** The parameters of directives that are alike for several kinds (drop-and-rename.ts). */
const alikeParams: Readonly<Record<string, readonly string[]>> = {
  DropObject: ['name', 'options?'],
  DropOnTable: ['name', 'table', 'options?'],
  RenameObject: ['name', 'newName'],
  RenameOnTable: ['name', 'table', 'newName'],
}

/** A directive by its declaration, `createTable: Directive<[table: …, spec: …]>`. */
function directiveOf(
  id: BindingPattern,
): readonly { readonly name: string; readonly params: readonly string[] }[] {
  const type = id.type === 'Identifier' ? id.typeAnnotation?.typeAnnotation : undefined
  if (id.type !== 'Identifier' || type?.type !== 'TSTypeReference') return []
  const alike = type.typeName.type === 'Identifier' ? alikeParams[type.typeName.name] : undefined
  if (alike !== undefined) return [{ name: id.name, params: alike }]
  const [tuple] = type.typeArguments?.params ?? []
  if (tuple?.type !== 'TSTupleType') return []
  const params = tuple.elementTypes.flatMap((each) =>
    each.type === 'TSNamedTupleMember' ? [`${each.label.name}${each.optional ? '?' : ''}`] : [],
  )
  return [{ name: id.name, params }]
}
