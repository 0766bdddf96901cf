import { quoteIdent } from '../../postgres/sql/quote.ts'
import { commentSql } from '../clauses/common.ts'
import { type SequenceOptions, sequenceOptionWords } from '../clauses/sequence-options.ts'
import {
  commentedBefore,
  type Directive,
  type DirectiveStatement,
  restored,
  statements,
  words,
} from '../directive.ts'
import { dropObject, renameObject } from '../drop-and-rename.ts'
import { type NameScope, nameSql, type ObjectName } from '../names.ts'

export interface SequenceSpec extends SequenceOptions {
  readonly as?: 'smallint' | 'integer' | 'bigint'
  /** The column that it goes away with; null for none. */
  readonly ownedBy?: { readonly table: ObjectName; readonly column: string } | null
  readonly comment?: string
}

export interface CreateSequenceSpec extends SequenceSpec {
  readonly ifNotExists?: boolean
}

export interface SequenceChanges extends SequenceSpec {
  /** The next value; `true` for the start value. */
  readonly restart?: number | bigint | true
  /** What the changed options are now, for the reverse. The position of a restarted sequence does not come back. */
  readonly existing?: SequenceSpec
}

/** CREATE SEQUENCE. Reverse: DROP SEQUENCE. */
export const createSequence: Directive<[name: ObjectName, spec?: CreateSequenceSpec]> = {
  forward: (scope, name, spec = {}) =>
    statements(
      words(
        'CREATE SEQUENCE',
        spec.ifNotExists && 'IF NOT EXISTS',
        nameSql(scope, name),
        specSql(scope, spec),
      ),
      commentSql(`SEQUENCE ${nameSql(scope, name)}`, spec.comment),
    ),
  reverse: (scope, name) => dropSequence.forward(scope, name),
}

/** DROP SEQUENCE. Reverse: CREATE SEQUENCE from `existing`. */
export const dropSequence = dropObject<SequenceSpec>('SEQUENCE', 'dropSequence', createSequence.forward)

/** ALTER SEQUENCE … RENAME TO. Reverse: rename back. */
export const renameSequence = renameObject('SEQUENCE')

/** ALTER SEQUENCE. Reverse: ALTER SEQUENCE with the `existing` options. */
export const alterSequence: Directive<[name: ObjectName, changes: SequenceChanges]> = {
  forward: (scope, name, changes) => {
    const { restart } = changes
    const options = words(
      specSql(scope, changes),
      restart !== undefined && (restart === true ? 'RESTART' : `RESTART WITH ${restart}`),
    )
    return altered(scope, name, changes, options)
  },
  reverse: (scope, name, changes) => {
    const { existing, restart: _restart, comment: _comment, ...options } = changes
    const before = commentedBefore(changes, 'alterSequence')
    restored(options, existing, 'alterSequence')
    return altered(scope, name, before, specSql(scope, before))
  },
}

function altered(
  scope: NameScope,
  name: ObjectName,
  { comment }: { readonly comment?: string | null },
  options: string,
): readonly DirectiveStatement[] {
  return statements(
    options === '' ? undefined : `ALTER SEQUENCE ${nameSql(scope, name)} ${options}`,
    commentSql(`SEQUENCE ${nameSql(scope, name)}`, comment),
  )
}

function specSql(scope: NameScope, spec: Omit<SequenceSpec, 'comment'>): string {
  const { ownedBy } = spec
  return words(
    spec.as && `AS ${spec.as}`,
    ...sequenceOptionWords(spec),
    ownedBy === null && 'OWNED BY NONE',
    ownedBy !== undefined &&
      ownedBy !== null &&
      `OWNED BY ${nameSql(scope, ownedBy.table)}.${quoteIdent(ownedBy.column)}`,
  )
}
