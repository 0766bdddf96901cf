import { MigError } from '../../errors.ts'
import type { ImportedRevision, ScratchState } from '../history.ts'
import { moduleScope } from '../python/module-scope.ts'
import type { Modules, Scope } from '../python/scope.ts'
import { readPython } from '../python/statements.ts'
import { namesSet, type Statement } from '../python/syntax.ts'
import type { Value } from '../python/values.ts'
import { convertBody } from './body.ts'
import { followed } from './follow/revision.ts'
import type { NamingConvention } from './naming.ts'

/**
 * Reads one revision file of Alembic without running it; undefined when it has no `revision`, as a helper module.
 * `modules` are the modules of the project that it may import, `naming` names its constraints that have no name;
 * `place` is where the file stands, and the folder whose files it may read.
 * @throws MigError `bad-python`, or `bad-alembic-revision` for metadata that is no plain literal.
 */
export function readAlembicRevision(
  text: string,
  file: string,
  modules: Modules = () => undefined,
  naming: NamingConvention = new Map(),
  place?: { readonly path: string; readonly readable: string },
): ImportedRevision | undefined {
  const python = readPython(text, file)
  const scope = moduleScope(python.statements, {
    name: '',
    home: '',
    modules,
    ...(place === undefined ? {} : { file: place.path }),
  })
  const revision = scope.values.get('revision')
  if (revision === undefined) return undefined
  if (revision.kind !== 'text') throw badMetadata(file, 'revision', revision)
  const source = { lines: text.split(/\r?\n/), naming }
  const statementsOf = (name: string): readonly Statement[] => {
    const found = python.statements.findLast((statement) => namesSet(statement).includes(name))
    if (found === undefined) return []
    return found.kind === 'function' ? found.body : [found]
  }
  const body = (name: string) => convertBody(statementsOf(name), scope, source)
  const reading = { file, naming, readable: place?.readable }
  const follow = (database: ScratchState) => followed(statementsOf('upgrade'), scope, reading, database)
  const parents = idList(scope, 'down_revision', file)
  const [onlyParent = null] = parents
  return {
    revision: revision.text,
    downRevision: parents.length > 1 ? parents : onlyParent,
    dependsOn: idList(scope, 'depends_on', file),
    branchLabels: idList(scope, 'branch_labels', file),
    message: messageOf(python.docstring),
    createdAt: createdAt(python.docstring),
    source: file,
    upgrade: body('upgrade'),
    downgrade: body('downgrade'),
    follow,
  }
}

function idList(scope: Scope, name: string, file: string): readonly string[] {
  const value = scope.values.get(name)
  if (value === undefined || (value.kind === 'constant' && value.value === null)) return []
  const items = value.kind === 'list' ? value.items : [value]
  return items.map((item) => {
    if (item.kind === 'text') return item.text
    throw badMetadata(file, name, item)
  })
}

function badMetadata(file: string, name: string, value: Value): MigError {
  return new MigError('bad-alembic-revision', `${file}:${value.line} sets ${name} to what is no plain text`, {
    help: `write ${name} as a literal in that file, then run the import again`,
    place: { file, line: value.line },
  })
}

/** The docstring up to Alembic's own lines, on one line. */
function messageOf(docstring: string): string {
  const [text = ''] = docstring.split(/^\s*(?:Revision ID|Revises|Create Date):/m)
  const [firstParagraph = ''] = text.trim().split(/\n\s*\n/)
  return firstParagraph.replace(/\s+/g, ' ').trim()
}

/** `Create Date: 2024-01-31 12:00:00.123456` as ISO 8601; a time without a zone counts as UTC. */
function createdAt(docstring: string): string | undefined {
  const found =
    /^\s*Create Date:\s*(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d(?::\d\d)?)(?:\.\d+)?\s*(Z|[+-]\d\d:?\d\d)?)?/m.exec(
      docstring,
    )
  if (found === null) return undefined
  const [, day = '', time = '00:00:00', zone = 'Z'] = found
  const at = new Date(
    `${day}T${time}${/^[+-]\d{4}$/.test(zone) ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone}`,
  )
  return Number.isNaN(at.getTime()) ? undefined : `${at.toISOString().slice(0, 19)}Z`
}
