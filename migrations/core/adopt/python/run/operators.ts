import { joined } from './methods.ts'
import {
  areEqual,
  dict,
  itemsOf,
  keyOf,
  list,
  type Py,
  plain,
  textOfPy,
  toValue,
  Unfollowed,
} from './objects.ts'

/** `left operator right` */
export async function applied(operator: string, left: Py, right: Py, line: number): Promise<Py> {
  if (operator === 'in' || operator === 'not') return (await isIn(left, right, line)) === (operator === 'in')
  if (operator === 'is' || operator === 'is not') return isSame(left, right, line) === (operator === 'is')
  if (isExpression(left) || isExpression(right)) {
    const [of, other] = [toValue(left, line), toValue(right, line)]
    if (!['==', '!=', '<', '>', '<=', '>=', '&', '|', '+', '-'].includes(operator))
      throw new Unfollowed(`the operator ${operator}`, line)
    return {
      kind: 'term',
      value: { kind: 'method', of, name: operator, positional: [other], keywords: new Map(), line },
    }
  }
  if (operator === '/' && typeof left === 'object' && left?.kind === 'object' && left.divided !== undefined)
    return left.divided(right, line)
  if (operator === '==') return areEqual(left, right, line)
  if (operator === '!=') return !areEqual(left, right, line)
  if (
    operator === '%' &&
    left === '%s' &&
    typeof right === 'object' &&
    right?.kind === 'object' &&
    right.text
  )
    return right.text
  if (operator === '%' && plain(left) !== undefined) return percent(plain(left) ?? '', right, line)
  const [one, two] = [plain(left), plain(right)]
  if (one !== undefined && two !== undefined) {
    if (operator === '+') return one + two
    if (operator === '<') return one < two
    if (operator === '>') return one > two
  }
  if (typeof left === 'number' && typeof right === 'number') return arithmetic(operator, left, right, line)
  if (typeof left === 'object' && typeof right === 'object' && left !== null && right !== null) {
    if (operator === '+' && left.kind === 'list' && right.kind === 'list')
      return list([...left.items, ...right.items], left.isTuple)
    if (
      left.kind === 'set' &&
      right.kind === 'set' &&
      (operator === '|' || operator === '&' || operator === '-')
    )
      return joined(left, right, operator)
    if (left.kind === 'dict' && right.kind === 'dict' && operator === '|')
      return dict([...left.entries.values(), ...right.entries.values()], line)
  }
  throw new Unfollowed(`the operator ${operator}`, line)
}

function arithmetic(operator: string, left: number, right: number, line: number): Py {
  const results: Readonly<Record<string, () => Py>> = {
    '+': () => left + right,
    '-': () => left - right,
    '*': () => left * right,
    '<': () => left < right,
    '>': () => left > right,
    '<=': () => left <= right,
    '>=': () => left >= right,
    '**': () => left ** right,
    '//': () => Math.floor(left / right),
  }
  const result = results[operator]?.()
  if (result === undefined || (typeof result === 'number' && !Number.isFinite(result)))
    throw new Unfollowed(`the operator ${operator}`, line)
  return result
}

/** An expression of SQLAlchemy that takes operators: a column, a function. */
function isExpression(value: Py): boolean {
  return (
    typeof value === 'object' &&
    value?.kind === 'term' &&
    (value.value.kind === 'method' || (value.value.kind === 'call' && value.value.type === undefined))
  )
}

function isSame(left: Py, right: Py, line: number): boolean {
  const simple = (value: Py) => value === null || typeof value === 'boolean'
  if (simple(left) || simple(right)) return left === right
  if (typeof left === 'object' && typeof right === 'object') return left === right
  throw new Unfollowed('the operator is', line)
}

async function isIn(value: Py, among: Py, line: number): Promise<boolean> {
  const text = plain(among)
  if (text !== undefined) return text.includes(textOfPy(value, line))
  if (typeof among === 'object' && among !== null) {
    if (among.kind === 'dict' || among.kind === 'set') return among.entries.has(keyOf(value, line))
    if (among.kind === 'object' && among.has !== undefined) return among.has(value)
    const items = await itemsOf(among, line)
    return items.some((item) => areEqual(value, item, line))
  }
  throw new Unfollowed('the operator in', line)
}

/** `'… %s' % value`, with `%s` and `%d` only. */
function percent(text: string, right: Py, line: number): string {
  const given = typeof right === 'object' && right?.kind === 'list' ? [...right.items] : [right]
  return text.replace(/%(?:\((\w+)\))?(.)/gs, (_, name: string | undefined, type: string) => {
    if (type === '%') return '%'
    const byName = typeof right === 'object' && right?.kind === 'dict' ? right.entries : undefined
    const value = name === undefined ? given.shift() : byName?.get(keyOf(name, line))?.[1]
    if (value === undefined || !['s', 'd'].includes(type)) throw new Unfollowed('the operator %', line)
    return textOfPy(value, line)
  })
}
