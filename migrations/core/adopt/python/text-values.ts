import type { Value } from './values.ts'

/** `textwrap.dedent`: takes the leading space that all lines share. */
export function dedent(text: string): string {
  const lines = text.split('\n').map((line) => (line.trim() === '' ? '' : line))
  const margins = lines.flatMap((line) => (line === '' ? [] : [/^[ \t]*/.exec(line)?.[0].length ?? 0]))
  const margin = margins.length === 0 ? 0 : Math.min(...margins)
  return lines.map((line) => line.slice(margin)).join('\n')
}

/** `str.format` with fields that are names or numbers. */
export function formatted(
  text: string,
  positional: readonly Value[],
  keywords: ReadonlyMap<string, Value>,
  line: number,
): Value {
  let next = 0
  let whole = true
  const result = text.replace(/\{\{|\}\}|\{(\w*)\}|[{}]/g, (match, field: string | undefined) => {
    if (match === '{{' || match === '}}') return match.slice(1)
    if (field === undefined) whole = false
    const value = /^\d*$/.test(field ?? '')
      ? positional[field ? Number(field) : next++]
      : keywords.get(field ?? '')
    const part = value && plainText(value)
    if (part === undefined) whole = false
    return part ?? ''
  })
  return whole ? { kind: 'text', text: result, line } : { kind: 'opaque', why: 'str.format', line }
}

/** A text, or a number or constant as `str()` gives it. */
export function plainText(value: Value): string | undefined {
  if (value.kind === 'text' || value.kind === 'number') return value.text
  if (value.kind !== 'constant') return undefined
  return value.value === null ? 'None' : value.value ? 'True' : 'False'
}

/** `'… %s' % value`, with `%s` and `%d` only. */
export function percentValue(text: string, right: Value, line: number): Value {
  const given = right.kind === 'list' ? [...right.items] : [right]
  const named = new Map(
    right.kind === 'dict' ? right.entries.map(([key, value]) => [plainText(key), value] as const) : [],
  )
  let whole = true
  const result = text.replace(/%(?:\((\w+)\))?(.)/gs, (_, name: string | undefined, type: string) => {
    if (type === '%') return '%'
    const value = name === undefined ? given.shift() : named.get(name)
    const part = value && plainText(value)
    if (part === undefined || !['s', 'd'].includes(type)) whole = false
    return part ?? ''
  })
  return whole ? { kind: 'text', text: result, line } : { kind: 'opaque', why: 'the operator %', line }
}

export function comparison(operator: string, left: Value, right: Value): boolean | undefined {
  if (operator === 'is' || operator === 'is not') return identity(left, right, operator === 'is')
  const text = plainText(left)
  if (text === undefined) return undefined
  if ((operator === '==' || operator === '!=') && left.kind === right.kind)
    return (text === plainText(right)) === (operator === '==')
  if (operator !== 'in' && operator !== 'not') return undefined
  if (right.kind !== 'list') return undefined
  const items = right.items.map(plainText)
  return items.includes(undefined) ? undefined : items.includes(text) === (operator === 'in')
}

/** `value is None` and the like; other things may be the same or not. */
function identity(left: Value, right: Value, wanted: boolean): boolean | undefined {
  if (left.kind === 'constant' && right.kind === 'constant') return (left.value === right.value) === wanted
  const [value, constant] = right.kind === 'constant' ? [left, right] : [right, left]
  const isPlain = ['text', 'number', 'list', 'dict'].includes(value.kind)
  return constant.kind === 'constant' && isPlain ? !wanted : undefined
}

export function truth(value: Value): boolean | undefined {
  if (value.kind === 'constant') return value.value === true
  if (value.kind === 'text') return value.text !== ''
  if (value.kind === 'list') return value.items.length > 0
  if (value.kind === 'dict') return value.entries.length > 0
  if (value.kind === 'number') return Number(value.text) !== 0
  if (value.kind === 'call' && value.path === 'alembic.op.get_bind') return true
  return undefined
}
