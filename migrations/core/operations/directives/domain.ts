import { quoteIdent } from '../../postgres/sql/quote.ts'
import { type Collation, type ColumnType, collateSql, commentSql, typeSql } from '../clauses/common.ts'
import {
  type Directive,
  type DirectiveStatement,
  required,
  restored,
  statements,
  words,
} from '../directive.ts'
import { dropObject, renameObject } from '../drop-and-rename.ts'
import { type NameScope, nameSql, type ObjectName } from '../names.ts'

export interface DomainCheck {
  readonly name?: string
  /** The condition on VALUE, as SQL. */
  readonly check: string
  /** ALTER DOMAIN only: leave the values that are stored unchecked. */
  readonly notValid?: boolean
}

export interface DomainSpec {
  readonly type: ColumnType
  readonly collation?: Collation
  readonly default?: string
  readonly nullable?: boolean
  readonly checks?: readonly DomainCheck[]
  readonly comment?: string
}

/** What ALTER DOMAIN can change; null takes a property away. */
export interface DomainState {
  readonly default?: string | null
  readonly nullable?: boolean
  readonly comment?: string | null
}

export interface DomainChanges extends DomainState {
  readonly addCheck?: { readonly name: string } & DomainCheck
  readonly dropCheck?: string
  readonly validateCheck?: string
  /** What the changed properties are now, and the check that is dropped, for the reverse. */
  readonly existing?: DomainState & { readonly check?: DomainCheck }
}

/** CREATE DOMAIN. Reverse: DROP DOMAIN. */
export const createDomain: Directive<[name: ObjectName, spec: DomainSpec]> = {
  forward: (scope, name, spec) =>
    statements(
      words(
        `CREATE DOMAIN ${nameSql(scope, name)} AS ${typeSql(scope, spec.type)}`,
        collateSql(spec.collation),
        spec.default !== undefined && `DEFAULT ${spec.default}`,
        spec.nullable === false && 'NOT NULL',
        ...(spec.checks ?? []).map(checkSql),
      ),
      commentSql(`DOMAIN ${nameSql(scope, name)}`, spec.comment),
    ),
  reverse: (scope, name) => dropDomain.forward(scope, name),
}

/** DROP DOMAIN. Reverse: CREATE DOMAIN from `existing`. */
export const dropDomain = dropObject<DomainSpec>('DOMAIN', 'dropDomain', createDomain.forward)

/** ALTER DOMAIN … RENAME TO. Reverse: rename back. */
export const renameDomain = renameObject('DOMAIN')

/** ALTER DOMAIN. Reverse: each change back to `existing`. */
export const alterDomain: Directive<[name: ObjectName, changes: DomainChanges]> = {
  forward: (scope, name, changes) => [
    ...statements(
      changes.dropCheck === undefined ? undefined : dropCheckSql(scope, name, changes.dropCheck),
      changes.addCheck === undefined ? undefined : addCheckSql(scope, name, changes.addCheck),
      changes.validateCheck === undefined
        ? undefined
        : `ALTER DOMAIN ${nameSql(scope, name)} VALIDATE CONSTRAINT ${quoteIdent(changes.validateCheck)}`,
    ),
    ...changed(scope, name, changes),
  ],
  reverse: (scope, name, { addCheck, dropCheck, validateCheck: _validated, existing, ...state }) => {
    const { check, ...before } = { nullable: !state.nullable, ...existing }
    const dropped = () => required(check, 'alterDomain', 'existing.check')
    return [
      ...changed(scope, name, restored(state, before, 'alterDomain')),
      ...statements(
        addCheck === undefined ? undefined : dropCheckSql(scope, name, addCheck.name),
        dropCheck === undefined ? undefined : addCheckSql(scope, name, { ...dropped(), name: dropCheck }),
      ),
    ]
  },
}

function changed(scope: NameScope, name: ObjectName, to: DomainState): readonly DirectiveStatement[] {
  const domain = nameSql(scope, name)
  return statements(
    to.default === null ? `ALTER DOMAIN ${domain} DROP DEFAULT` : undefined,
    typeof to.default === 'string' ? `ALTER DOMAIN ${domain} SET DEFAULT ${to.default}` : undefined,
    to.nullable === undefined ? undefined : `ALTER DOMAIN ${domain} ${to.nullable ? 'DROP' : 'SET'} NOT NULL`,
    commentSql(`DOMAIN ${domain}`, to.comment),
  )
}

function addCheckSql(scope: NameScope, name: ObjectName, check: DomainCheck): string {
  return words(`ALTER DOMAIN ${nameSql(scope, name)} ADD`, checkSql(check), check.notValid && 'NOT VALID')
}

function dropCheckSql(scope: NameScope, name: ObjectName, check: string): string {
  return `ALTER DOMAIN ${nameSql(scope, name)} DROP CONSTRAINT ${quoteIdent(check)}`
}

function checkSql({ name, check }: DomainCheck): string {
  return words(name !== undefined && `CONSTRAINT ${quoteIdent(name)}`, `CHECK (${check})`)
}
