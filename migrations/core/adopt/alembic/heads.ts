import { basename } from 'node:path'
import { parser } from '@lezer/python'
import { MigError } from '../../errors.ts'
import { readInside } from '../inside.ts'
import { type AlembicFolders, noProject, pythonFiles } from './folders.ts'

type SyntaxNode = ReturnType<typeof parser.parse>['topNode']

/** What the head of a revision file says: nothing of it is run or evaluated. */
export interface RevisionHead {
  readonly revision: string
  readonly parents: readonly string[]
  readonly dependsOn: readonly string[]
  readonly labels: readonly string[]
  readonly message: string
  readonly createdAt: string | undefined
  readonly file: string
}

/**
 * Reads ids and parents of a project's revision files, for where no Python can be run.
 * @throws MigError `bad-alembic-revision` for what is not a plain literal, `outside-folder` for a link to elsewhere,
 *   `no-alembic-project` when no file has a revision
 */
export function readHeads(folders: AlembicFolders, show: (path: string) => string): readonly RevisionHead[] {
  const heads = folders.versions.flatMap(pythonFiles).flatMap((file) => {
    return revisionHead(readInside(folders.given, file), file, show) ?? []
  })
  if (heads.length === 0) throw noProject(folders.versions.map(show).join(', '))
  return heads
}

/** The head of one file; undefined where it sets no `revision`, as a helper module. */
export function revisionHead(
  text: string,
  file: string,
  show: (path: string) => string = (path) => path,
): RevisionHead | undefined {
  const top = parser.parse(text).topNode
  const assigned = new Map<string, SyntaxNode>()
  for (let node = top.firstChild; node !== null; node = node.nextSibling) {
    const [name, value] = [node.firstChild, node.lastChild]
    if (node.name === 'AssignStatement' && name !== null && value !== null)
      assigned.set(text.slice(name.from, name.to), value)
  }
  const texts = (name: string): readonly string[] => {
    const node = assigned.get(name)
    const found = node === undefined ? [] : textsOf(node, text)
    if (found !== undefined) return found
    const line = text.slice(0, node?.from).split('\n').length
    throw new MigError(
      'bad-alembic-revision',
      `${show(file)}:${line} sets ${name} to something other than a string literal`,
      {
        help: `write ${name} as a literal in that file, then run the import again`,
        place: { file, line },
      },
    )
  }
  const [revision] = texts('revision')
  if (revision === undefined) return undefined
  const first = top.firstChild?.firstChild
  const docstring = first?.name === 'String' ? (textOf(first, text) ?? '') : ''
  return {
    revision,
    parents: texts('down_revision'),
    dependsOn: texts('depends_on'),
    labels: texts('branch_labels'),
    message: messageOf(docstring) || messageOfName(file),
    createdAt: createdAt(docstring),
    file,
  }
}

/** `None`, a text, or a tuple, list or set of texts; undefined for anything else. */
function textsOf(node: SyntaxNode, text: string): readonly string[] | undefined {
  if (node.name === 'None') return []
  if (node.name === 'ParenthesizedExpression' && node.firstChild?.nextSibling)
    return textsOf(node.firstChild.nextSibling, text)
  if (/^(Tuple|Array|Set)Expression$/.test(node.name)) {
    const items: string[] = []
    for (let item = node.firstChild; item !== null; item = item.nextSibling) {
      if (/^[()[\]{},]$/.test(item.name) || item.name === 'Comment') continue
      const one = textOf(item, text)
      if (one === undefined) return undefined
      items.push(one)
    }
    return items
  }
  const one = textOf(node, text)
  return one === undefined ? undefined : [one]
}

/** A string without a prefix that changes what it is, and without escapes, which no id has. */
function textOf(node: SyntaxNode, text: string): string | undefined {
  if (node.name !== 'String') return undefined
  const source = text.slice(node.from, node.to)
  const [, prefix, , inner = ''] = /^([rRuU]?)("""|'''|"|')([\s\S]*)\2$/.exec(source) ?? []
  return prefix === undefined || (inner.includes('\\') && !/r/i.test(prefix)) ? undefined : inner
}

/** A file without a docstring has its message in its name. */
export function messageOfName(file: string): string {
  return basename(file, '.py')
    .replace(/^[0-9a-f]{6,}_/, '')
    .replaceAll('_', ' ')
}

/** The docstring of a revision file up to Alembic's own lines, on one line. */
export function messageOf(docstring: string): string {
  const [text = ''] = docstring.split(/^\s*(?:Revision ID|Revises|Create Date):/m)
  const [firstParagraph = ''] = text.trim().split(/\n\s*\n/)
  return firstParagraph.replace(/\s+/g, ' ').trim()
}

/** `Create Date: 2024-01-31 12:00:00.123456` as ISO 8601; a time without a zone counts as UTC. */
export function createdAt(docstring: string): string | undefined {
  const found =
    /^\s*Create Date:\s*(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d(?::\d\d)?)(?:\.\d+)?\s*(Z|[+-]\d\d:?\d\d)?)?/m.exec(
      docstring,
    )
  if (found === null) return undefined
  const [, day, time = '00:00:00', zone = 'Z'] = found
  const at = new Date(
    `${day}T${time}${/^[+-]\d{4}$/.test(zone) ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone}`,
  )
  return Number.isNaN(at.getTime()) ? undefined : `${at.toISOString().slice(0, 19)}Z`
}
