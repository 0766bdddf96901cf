import { nearest, nearestNames } from '../../environment/nearest.ts'
import { MigError } from '../../errors.ts'
import { reservedNames } from './invalid.ts'
import { idsOf, lineage, type RevisionIndex, type RevisionNode } from './nodes.ts'

const shortestPrefix = 4

/** What stands before the @ of a target: a schema key, or a label, id or prefix and the branch it is on. */
export interface Branch {
  readonly name: string
  readonly has: (node: RevisionNode) => boolean
  /** The labelled revision; none for a schema key. */
  readonly anchor: RevisionNode | undefined
}

/** Which lines a command may touch. */
export interface LineFilter {
  readonly lines: readonly string[]
  readonly has: (node: RevisionNode) => boolean
  /** Whether the command was given fewer lines than there are. */
  readonly filtered: boolean
}

/**
 * The lines of a request; all of them when it names none. A schema key that has no revisions yet is not a line, and no
 * error; revisions without lines are in every scope.
 */
export function scopeOf(index: RevisionIndex, lines: readonly string[] | undefined): LineFilter {
  const unnamed = index.lines.every((line) => line === '')
  const wanted =
    lines === undefined || unnamed ? index.lines : index.lines.filter((line) => lines.includes(line))
  const filtered = wanted.length < index.lines.length
  const keys = new Set(wanted)
  return { lines: wanted, has: (node) => !filtered || keys.has(node.line), filtered }
}

/** The branch that `name` stands for. @throws MigError `branch-label-unknown`, `ambiguous-prefix` */
export function branchOf(index: RevisionIndex, name: string): Branch {
  if (isLine(index, name)) return { name, has: (node) => node.line === name, anchor: undefined }
  const anchor = find(index, name, undefined)
  if (anchor === undefined) throw unknownBranch(index, name)
  const members = lineage(anchor)
  return { name, has: (node) => members.has(node), anchor }
}

/** Whether the filter leaves anything of a branch. */
export function isInScope({ name, anchor }: Branch, scope: LineFilter): boolean {
  return anchor === undefined ? !scope.filtered || scope.lines.includes(name) : scope.has(anchor)
}

/**
 * Refuses a branch that the filter leaves out: a target on it would mean nothing, and nothing would be said.
 * @throws MigError `outside-filter`
 */
export function checkInScope(branch: Branch | undefined, scope: LineFilter): void {
  if (branch === undefined || isInScope(branch, scope)) return
  throw branch.anchor === undefined ? lineOutside(branch.name, scope) : outsideFilter(branch.anchor, scope)
}

/** Whether a name is the schema key of a line. */
export function isLine(index: RevisionIndex, name: string): boolean {
  return name !== '' && index.lines.includes(name)
}

/**
 * The revision that a label, an id or a unique prefix names. A prefix is matched inside the branch, where one is
 * given, and rather inside the filtered lines than outside.
 * @throws MigError `cant-locate`, `ambiguous-prefix`, `prefix-too-short`, `not-branch-member`, `outside-filter`
 */
export function locate(index: RevisionIndex, scope: LineFilter, name: string, branch?: Branch): RevisionNode {
  const node = find(index, name, branch, scope)
  if (node === undefined) throw unknownName(index, scope, name, branch)
  if (branch !== undefined && !branch.has(node)) throw notBranchMember(node, branch)
  if (!scope.has(node)) throw outsideFilter(node, scope)
  return node
}

function find(
  index: RevisionIndex,
  name: string,
  branch: Branch | undefined,
  scope?: LineFilter,
): RevisionNode | undefined {
  const exact = index.byLabel.get(name) ?? index.byId.get(name)
  if (exact !== undefined || name === '') return exact
  const anywhere = withPrefix(index, name).filter(([, node]) => branch === undefined || branch.has(node))
  const inScope = scope === undefined ? [] : anywhere.filter(([, node]) => scope.has(node))
  const matches = inScope.length > 0 ? inScope : anywhere
  if (matches.length > 1)
    throw ambiguousPrefix(
      name,
      matches.map(([found]) => found),
    )
  if (matches.length === 1 && name.length < shortestPrefix)
    throw shortPrefix(
      name,
      matches.map(([found]) => found),
    )
  return matches[0]?.[1]
}

/** Names longer than three characters are matched by prefix, ids and labels together, as Alembic does. */
function withPrefix(index: RevisionIndex, prefix: string): [string, RevisionNode][] {
  return [...index.byId, ...index.byLabel].filter(
    ([name]) => name.length >= shortestPrefix && name.startsWith(prefix),
  )
}

/** The error for several heads where the target allows one. */
export function multipleHeads(heads: readonly RevisionNode[], target: string): MigError {
  const ids = idsOf(heads)
  const lines = [...new Set(heads.map((head) => head.line))]
  const facts = { heads: ids, lines, target }
  const [line = '', otherLine] = lines
  if (otherLine !== undefined) {
    const named = heads.map((head) => `${head.id} of ${head.line}`).join(', ')
    return new MigError('multiple-heads', `'${target}' is one revision in each line: ${named}`, {
      help: `name the line, as in ${line}@${target}`,
      facts,
    })
  }
  const where = line === '' ? '' : ` of line ${line}`
  return new MigError('multiple-heads', `'${target}'${where} is ${ids.length} heads: ${ids.join(', ')}`, {
    help: `merge them: just mig-merge "${ids.join(' ')}" "merge", or name one of them, or use heads for all`,
    facts,
  })
}

/** An id that is in a line which the command may not touch. */
export function outsideFilter({ id, line }: RevisionNode, scope: LineFilter): MigError {
  return lineOutside(line, scope, id)
}

function lineOutside(line: string, { lines }: LineFilter, revision?: string): MigError {
  const what = revision === undefined ? `line ${line} is` : `revision ${revision} is in line ${line},`
  return new MigError('outside-filter', `${what} outside the schema filter ${lines.join(',')}`, {
    help: `add the line to the schemas argument: ${[...lines, line].join(',')}`,
    facts: { revision, line, lines },
  })
}

function unknownName(
  index: RevisionIndex,
  scope: LineFilter,
  name: string,
  branch: Branch | undefined,
): MigError {
  if (isLine(index, name)) {
    return new MigError('cant-locate', `'${name}' is a schema key, not a revision`, {
      help: `the target comes before the schemas, as in: head ${name}; or say ${name}@head`,
    })
  }
  const known = [...index.byId.values()].filter((node) => branch?.has(node) ?? scope.has(node))
  const names = [...reservedNames, ...idsOf(known), ...known.flatMap((node) => node.labels)]
  const near = nearestNames(name, names)
  const line =
    near === ''
      ? nearest(
          name,
          index.lines.filter((each) => each !== ''),
        )
      : undefined
  if (line !== undefined) {
    return new MigError('cant-locate', `no revision or label '${name}'; near: the schema key ${line}`, {
      help: `the target comes before the schemas, as in: head ${line}; or say ${line}@head`,
      facts: { name },
    })
  }
  const short = name.length < shortestPrefix ? `; a prefix needs ${shortestPrefix} or more characters` : ''
  const where = branch === undefined ? '' : ` on branch '${branch.name}'`
  return new MigError('cant-locate', `no revision or label '${name}'${where}${short}${near}`, {
    help: `list what there is: ${historyCommand(scope)}`,
    facts: { name },
  })
}

function unknownBranch(index: RevisionIndex, name: string): MigError {
  const names = [...index.lines.filter((line) => line !== ''), ...index.byLabel.keys(), ...index.byId.keys()]
  return new MigError(
    'branch-label-unknown',
    `'${name}' before the @ is not a schema key, branch label or revision${nearestNames(name, names)}`,
    { help: 'list the heads and their labels: just mig-heads', facts: { name } },
  )
}

function ambiguousPrefix(name: string, matches: readonly string[]): MigError {
  const some = matches.slice(0, 8)
  const more = matches.length > some.length ? ` and ${matches.length - some.length} more` : ''
  return new MigError(
    'ambiguous-prefix',
    `'${name}' is the start of ${matches.length} names: ${some.join(', ')}${more}`,
    { help: 'type one of them, or more of its characters', facts: { name, matches } },
  )
}

function shortPrefix(name: string, matches: readonly string[]): MigError {
  return new MigError(
    'prefix-too-short',
    `'${name}' is too short: a prefix needs ${shortestPrefix} or more characters; near: ${matches.join(', ')}`,
    { help: `did you mean ${matches.join(' or ')}?`, facts: { name, matches } },
  )
}

export function notBranchMember(node: RevisionNode, branch: Branch): MigError {
  const where = node.line === '' ? '' : ` (it is in line ${node.line})`
  return new MigError('not-branch-member', `revision ${node.id} is not on branch '${branch.name}'${where}`, {
    help: `see the branches: just mig-history${node.line === '' ? '' : ` ${node.line}`}`,
    facts: { revision: node.id, branch: branch.name },
  })
}

/** The command that lists the revisions of a scope. */
function historyCommand(scope: LineFilter): string {
  const lines = scope.lines.filter((line) => line !== '')
  return scope.filtered && lines.length > 0 ? `just mig-history ${lines.join(',')}` : 'just mig-history'
}
