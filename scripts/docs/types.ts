import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Comment, parseSync, type TSPropertySignature, type TSSignature, type TSType } from 'oxc-parser'

/** A property of a type, with what its docstring says. */
export interface Field {
  readonly name: string
  readonly optional: boolean
  /** As it is written, without `readonly`. */
  readonly type: string
  readonly text: string
  /** Of an object, or of a list of objects. */
  readonly fields: readonly Field[]
}

/** An interface, a variant of a union of objects, or an alias. */
export interface DescribedType {
  readonly name: string
  readonly text: string
  readonly fields: readonly Field[]
  /** Types whose fields it has besides. */
  readonly also: readonly string[]
  /** Of an alias of something else than objects. */
  readonly alias?: string
}

/** A file of TypeScript as syntax, with a way to its docstrings. */
interface Source {
  readonly text: string
  readonly comments: readonly Comment[]
}

/**
 * The types that files declare, with their docstrings. A union of objects comes as its variants, by the literal of
 * their `event`.
 */
export function describedTypes(root: string, files: readonly string[]): readonly DescribedType[] {
  return files.flatMap((file) => {
    const text = readFileSync(join(root, file), 'utf8')
    const { program, comments } = parseSync(file, text)
    const source = { text, comments }
    return program.body.flatMap((statement) => {
      const node = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement
      if (node?.type === 'TSInterfaceDeclaration') {
        const also = node.extends.map(({ expression }) => text.slice(expression.start, expression.end))
        const name = node.id.name
        return [
          { name, text: docBefore(source, statement.start), fields: fieldsOf(source, node.body.body), also },
        ]
      }
      if (node?.type !== 'TSTypeAliasDeclaration') return []
      const variants =
        node.typeAnnotation.type === 'TSUnionType' ? node.typeAnnotation.types : [node.typeAnnotation]
      const described = variants.flatMap((variant) => variantOf(source, variant))
      if (described.length === variants.length) return described
      const alias = typeText(source, node.typeAnnotation)
      return [{ name: node.id.name, text: docBefore(source, statement.start), fields: [], also: [], alias }]
    })
  })
}

function variantOf(source: Source, type: TSType): readonly DescribedType[] {
  const inner = type.type === 'TSParenthesizedType' ? type.typeAnnotation : type
  const parts = inner.type === 'TSIntersectionType' ? inner.types : [inner]
  const fields = parts.flatMap((part) =>
    part.type === 'TSTypeLiteral' ? fieldsOf(source, part.members) : [],
  )
  const also = parts.flatMap((part) =>
    part.type === 'TSTypeReference' ? [source.text.slice(part.start, part.end)] : [],
  )
  const event = fields.find(({ name }) => name === 'event')?.type
  if (event === undefined) return []
  return [{ name: event.replaceAll("'", ''), text: docBefore(source, type.start), fields, also }]
}

function fieldsOf(source: Source, members: readonly TSSignature[]): readonly Field[] {
  return members.flatMap((member) => {
    if (member.type === 'TSMethodSignature' && member.key.type === 'Identifier') {
      const params = member.params.map(({ start, end }) =>
        source.text.slice(start, end).replace(/\??:[\s\S]*$/, ''),
      )
      const name = `${member.key.name}(${params.join(', ')})`
      return [{ name, optional: false, type: '', text: docBefore(source, member.start), fields: [] }]
    }
    if (member.type !== 'TSPropertySignature' || member.key.type !== 'Identifier') return []
    return [fieldOf(source, member, member.key.name)]
  })
}

function fieldOf(source: Source, member: TSPropertySignature, name: string): Field {
  const type = member.typeAnnotation?.typeAnnotation
  const mayBeAbsent =
    type?.type === 'TSUnionType' && type.types.some((each) => each.type === 'TSUndefinedKeyword')
  return {
    ...{ name, optional: member.optional || mayBeAbsent, text: docBefore(source, member.start) },
    type: type === undefined ? 'unknown' : typeText(source, type),
    fields: type === undefined ? [] : nestedFields(source, type),
  }
}

function nestedFields(source: Source, type: TSType): readonly Field[] {
  if (type.type === 'TSTypeLiteral') return fieldsOf(source, type.members)
  if (type.type === 'TSTypeOperator') return nestedFields(source, type.typeAnnotation)
  if (type.type === 'TSArrayType') return nestedFields(source, type.elementType)
  if (type.type === 'TSUnionType') return type.types.flatMap((each) => nestedFields(source, each))
  return []
}

/** A type as it is written, on one line, without what only the compiler reads; objects with fields as `object`. */
function typeText(source: Source, type: TSType): string {
  if (type.type === 'TSTypeLiteral') return 'object'
  if (type.type === 'TSTypeOperator') return typeText(source, type.typeAnnotation)
  if (type.type === 'TSParenthesizedType') return `(${typeText(source, type.typeAnnotation)})`
  if (type.type === 'TSArrayType') return `${typeText(source, type.elementType)}[]`
  if (type.type === 'TSUnionType')
    return type.types
      .map((each) => typeText(source, each))
      .filter((each) => each !== 'undefined')
      .join(' | ')
  return source.text
    .slice(type.start, type.end)
    .replace(/\breadonly /g, '')
    .replace(/\s+/g, ' ')
}

/** The docstring before a place, as one paragraph. */
function docBefore({ text, comments }: Source, start: number): string {
  const comment = comments.findLast(({ end }) => end <= start)
  if (comment?.type !== 'Block' || !comment.value.startsWith('*')) return ''
  if (!/^[\s|(]*$/.test(text.slice(comment.end, start))) return ''
  return asParagraph(comment.value)
}

/** What stands between the marks of a docstring, in one line. */
export function asParagraph(comment: string): string {
  const lines = comment.split('\n').map((line) => line.trim().replace(/^\*/, ''))
  return lines.join(' ').replace(/\s+/g, ' ').trim()
}
