import { quoteIdent } from '../../postgres/sql/quote.ts'
import { words } from '../directive.ts'
import { type NameScope, nameSql, type ObjectName } from '../names.ts'
import { type ColumnType, typeSql } from './common.ts'

export interface RoutineArgument {
  readonly type: ColumnType
  readonly name?: string
  readonly mode?: 'in' | 'out' | 'inout' | 'variadic'
  /** An SQL expression. */
  readonly default?: string
}

/** The parameter list of CREATE FUNCTION, without parentheses. */
export function argumentsSql(scope: NameScope, args: readonly RoutineArgument[]): string {
  return args
    .map(({ mode, name, type, default: byDefault }) =>
      words(
        mode?.toUpperCase(),
        name !== undefined && quoteIdent(name),
        typeSql(scope, type),
        byDefault !== undefined && `DEFAULT ${byDefault}`,
      ),
    )
    .join(', ')
}

/** `schema.name(types)`: what tells one overload from another. */
export function routineSql(scope: NameScope, name: ObjectName, args: readonly RoutineArgument[]): string {
  const types = args
    .filter(({ mode }) => mode !== 'out')
    .map(({ mode, type }) => words(mode === 'variadic' && 'VARIADIC', typeSql(scope, type)))
  return `${nameSql(scope, name)}(${types.join(', ')})`
}

/** A text between dollar quotes, `$word$`, whose tag does not occur in it. */
export function dollarQuoted(text: string, word = 'body'): string {
  let tag = `$${word}$`
  for (let n = 1; text.includes(tag); n += 1) tag = `$${word}${n}$`
  return `${tag}${text}${tag}`
}
