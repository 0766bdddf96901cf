import { MigError } from '../../errors.ts'
import { reservedNames } from '../graph/invalid.ts'
import { isInScope, isLine, locate, scopeOf } from '../graph/names.ts'
import { asList, type RevisionIndex, type RevisionNode } from '../graph/nodes.ts'
import { parseTarget, type SymbolContext, targetNodes } from './target-syntax.ts'

/** What a new revision should stand on, as the user asked. */
export interface NewRevisionRequest {
  /** The schema key that gets the revision. */
  readonly line: string
  /** A target, or several to merge; default `head`; `base` for a new base. */
  readonly head?: string | readonly string[]
  /** Allow a parent that is not a head: the new revision forks from it. */
  readonly splice?: boolean
  readonly labels?: readonly string[]
  /** Ids, prefixes or labels, of any line. */
  readonly dependsOn?: readonly string[]
  readonly revId?: string
}

/** The edges of a new revision, as its file will say them. */
export interface NewRevision {
  readonly downRevision: string | readonly string[] | null
  /** Full ids; a label stays a label, as in Alembic. */
  readonly dependsOn: readonly string[]
  readonly branchLabels: readonly string[]
}

/**
 * Resolves what a new revision stands on, by the rules of `alembic revision`.
 * @throws MigError `not-a-head` without `splice`, `duplicate-heads`, `duplicate-revision`, `duplicate-branch-label`,
 *   `invalid-name`, `multiple-heads`, `crosses-lines`,
 *   `cant-locate`, `ambiguous-prefix`, `prefix-too-short`, `not-branch-member`, `outside-filter`
 */
export function newRevisionEdges(index: RevisionIndex, request: NewRevisionRequest): NewRevision {
  const { line, revId } = request
  if (revId !== undefined) checkNewId(index, revId)
  const branchLabels = asList(request.labels)
  for (const label of branchLabels) checkNewLabel(index, label, line)
  const lines = isLine(index, line) || line === '' ? [line] : []
  const parents = parentsFor(index, asList(request.head ?? 'head'), request.splice ?? false, lines)
  const anyLine = scopeOf(index, undefined)
  const dependsOn = asList(request.dependsOn).map((name) =>
    index.byLabel.has(name) ? name : locate(index, anyLine, name).id,
  )
  const ids = parents.map((node) => node.id)
  return { downRevision: ids.length > 1 ? ids : (ids[0] ?? null), dependsOn, branchLabels }
}

/**
 * The parents that targets stand for, checked to be heads.
 * @param lines the schema keys to look in; undefined for all
 * @throws MigError `not-a-head`, `duplicate-heads`, `crosses-lines`,
 *   `cant-locate`, `ambiguous-prefix`, `prefix-too-short`, `not-branch-member`, `outside-filter`
 */
export function parentsFor(
  index: RevisionIndex,
  targets: readonly string[],
  splice: boolean,
  lines: readonly string[] | undefined,
): readonly RevisionNode[] {
  const around: SymbolContext = { index, scope: scopeOf(index, lines), rows: [] }
  const parents = targets.flatMap((text) => parentNodes(around, text))
  const twice = parents.find((node, at) => parents.indexOf(node) !== at)
  if (twice !== undefined) {
    throw new MigError('duplicate-heads', `revision ${twice.id} is named twice`, {
      help: 'name each parent once',
    })
  }
  const inner = splice ? undefined : parents.find((node) => node.children.length > 0)
  if (inner !== undefined) throw notAHead(inner)
  const [first] = parents
  const other = parents.find((node) => node.line !== first?.line)
  if (first !== undefined && other !== undefined) {
    throw new MigError(
      'crosses-lines',
      `${first.id} is in line ${first.line} and ${other.id} in line ${other.line}: a merge stays inside a line`,
      { help: 'merge each line by itself; across lines, name the other revision with --depends-on' },
    )
  }
  return parents
}

function parentNodes(around: SymbolContext, text: string): readonly RevisionNode[] {
  const target = parseTarget(around.index, text)
  if (target.branch !== undefined && !isInScope(target.branch, around.scope)) throw parentElsewhere(text)
  if (target.symbol === '') {
    throw new MigError('cant-locate', `'${text}' is relative to nothing`, {
      help: 'name the parent revision',
    })
  }
  return targetNodes(around, target) ?? []
}

function parentElsewhere(text: string): MigError {
  return new MigError(
    'crosses-lines',
    `'${text}' is in another line, and a parent must be in the line of its child`,
    { help: 'across lines, name the other revision with --depends-on', facts: { target: text } },
  )
}

function notAHead(node: RevisionNode): MigError {
  const next = node.children.map((child) => child.id).join(', ')
  return new MigError('not-a-head', `revision ${node.id} is not a head: ${next} follows it`, {
    help: 'to fork from it, add --splice; list the heads: just mig-heads',
    facts: { revision: node.id, children: node.children.map((child) => child.id) },
  })
}

function checkNewId(index: RevisionIndex, id: string): void {
  if (!isNewId(id)) {
    throw new MigError('invalid-name', `'${id}' cannot be a revision id`, {
      help: 'use letters, digits and underscores, 4 or more',
    })
  }
  const taken = index.byId.get(id) ?? index.byLabel.get(id)
  if (taken !== undefined) {
    throw new MigError('duplicate-revision', `'${id}' names revision ${taken.id} already`, {
      help: `choose another --rev-id; what it is: just mig-show ${id}`,
    })
  }
}

function checkNewLabel(index: RevisionIndex, label: string, line: string): void {
  if (!isNewLabel(label)) {
    throw new MigError('invalid-name', `'${label}' cannot be a branch label`, {
      help: 'use letters, digits, hyphens and underscores',
    })
  }
  const taken = index.byLabel.get(label) ?? index.byId.get(label)
  if (taken === undefined && (!isLine(index, label) || label === line)) return
  const message =
    taken === undefined
      ? `branch label '${label}' is the schema key of another line`
      : `branch label '${label}' names revision ${taken.id} already`
  throw new MigError('duplicate-branch-label', message, { help: 'choose another --label' })
}

/** Whether a text can be the id of a new revision, and part of a file name: ASCII letters, digits, `_` and `.`. */
export function isNewId(id: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9_.]*$/.test(id) && !reservedNames.includes(id)
}

/** Whether a text can be the branch label of a new revision: what targets can name, without control characters. */
export function isNewLabel(label: string): boolean {
  return label !== '' && !/[@+:\s\p{Cc}]/u.test(label) && !reservedNames.includes(label)
}
