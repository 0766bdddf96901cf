import { type Cursor, isWord, Unreadable } from './cursor.ts'
import { readExpression, readExpressionList } from './expressions.ts'
import type { Expression, Handler, Statement, StatementDetail } from './syntax.ts'

type ReadBlock = (at: Cursor) => { readonly body: readonly Statement[] }

/**
 * Statements that have no SQL of their own, for a run that follows them: `try`, `while`, `raise`, `break`, and
 * assignments to items and attributes. The cursor ends behind the statement.
 * @throws Unreadable for any other.
 */
export function readDetail(at: Cursor, readBlock: ReadBlock): StatementDetail {
  if (at.take('while')) {
    const test = readExpression(at)
    const { body } = readBlock(at)
    return { kind: 'while', test, body }
  }
  if (at.take('try')) return readTry(at, readBlock)
  const detail = readSimple(at)
  if (at.peek().type !== 'newline') throw new Unreadable(at.peek().text)
  at.next()
  return detail
}

function readTry(at: Cursor, readBlock: ReadBlock): StatementDetail {
  const { body } = readBlock(at)
  const handlers: Handler[] = []
  while (at.take('except')) {
    const type = isWord(at.peek(), ':') ? undefined : readExpressionList(at)
    const name = at.take('as') ? at.next().text : undefined
    handlers.push({ type, name, body: readBlock(at).body })
  }
  const otherwise = at.take('else') ? readBlock(at).body : []
  const last = at.take('finally') ? readBlock(at).body : []
  return { kind: 'try', body, handlers, otherwise, last }
}

function readSimple(at: Cursor): StatementDetail {
  for (const to of ['break', 'continue'] as const) if (at.take(to)) return { kind: 'jump', to }
  if (at.take('yield'))
    return { kind: 'yield', value: at.peek().type === 'newline' ? undefined : readExpressionList(at) }
  if (at.take('global')) {
    const list = readExpressionList(at)
    const names = (list.kind === 'list' ? list.items : [list]).flatMap((one) =>
      one.kind === 'name' ? [one.name] : [],
    )
    return { kind: 'global', names }
  }
  if (at.take('raise')) {
    const value = at.peek().type === 'newline' ? undefined : readExpression(at)
    if (at.take('from')) readExpression(at)
    return { kind: 'raise', value }
  }
  if (at.take('del')) {
    const list = readExpressionList(at)
    return { kind: 'delete', targets: list.kind === 'list' ? list.items : [list] }
  }
  const first = readExpressionList(at)
  const operator = /^([-+*/%&|^]|\/\/)=$/.exec(at.peek().text)?.[1]
  if (operator !== undefined) {
    at.next()
    return { kind: 'store', targets: [first], operator, value: readExpressionList(at) }
  }
  const targets: Expression[] = []
  let value = first
  while (at.take('=')) {
    targets.push(value)
    value = readExpressionList(at)
  }
  if (targets.length === 0) throw new Unreadable(at.peek().text)
  return { kind: 'store', targets, operator: undefined, value }
}
