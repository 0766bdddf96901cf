import type { Value } from '../values.ts'

/** A value while Python is followed step by step: what the language has, and terms of SQLAlchemy, which stand for themselves. */
export type Py = string | number | boolean | null | PyList | PyDict | PySet | PyCallable | PyObject | PyTerm

export interface PyList {
  readonly kind: 'list'
  readonly items: Py[]
  readonly isTuple: boolean
}

export interface PyDict {
  readonly kind: 'dict'
  /** By `keyOf` the key. */
  readonly entries: Map<string, readonly [Py, Py]>
  /** What a missing key gets, in a `defaultdict`. */
  readonly missing?: () => Promise<Py>
}

export interface PySet {
  readonly kind: 'set'
  readonly entries: Map<string, Py>
}

export interface PyCallable {
  readonly kind: 'callable'
  readonly name: string
  call(given: PyArguments): Promise<Py>
}

/** Something with attributes: a connection, an inspector, a row, a class of the project. */
export interface PyObject {
  readonly kind: 'object'
  readonly type: string
  /** Undefined for an attribute that it does not have. */
  get(name: string): Promise<Py | undefined>
  /** What a loop over it gives. */
  items?(): Promise<readonly Py[]>
  /** `key in object`, where that is not a question for its items. */
  has?(key: Py): boolean
  /** `object[key]` */
  item?(key: Py): Promise<Py | undefined>
  call?(given: PyArguments): Promise<Py>
  /** `with object as value:`, for a function behind `contextlib.contextmanager`. */
  around?(body: (value: Py) => Promise<void>): Promise<void>
  set?(name: string, value: Py): void
  /** `object / value` */
  divided?(by: Py, line: number): Py
  /** Of a Python enumeration. */
  readonly enumeration?: { readonly name: string; readonly members: readonly string[] }
  /** What `str(object)` gives, where that is an expression of SQLAlchemy. */
  readonly text?: Py
  /** Of a path: itself as a text. */
  readonly path?: string
  readonly truth?: boolean
  /** What it is in an expression of SQLAlchemy. */
  readonly term?: Value
}

export interface PyTerm {
  readonly kind: 'term'
  readonly value: Value
}

export interface PyArguments {
  readonly positional: readonly Py[]
  readonly keywords: ReadonlyMap<string, Py>
  readonly line: number
}

/** What cannot be followed; the revision stays as it was converted without a run. */
export class Unfollowed extends Error {
  readonly reason: string
  readonly line: number
  /** True once the reason names the module that the line is in. */
  readonly isPlaced: boolean

  constructor(reason: string, line: number, isPlaced = false) {
    super(reason)
    this.reason = reason
    this.line = line
    this.isPlaced = isPlaced
  }
}

/** An exception of Python, which `except` may catch. */
export class Raised extends Error {
  readonly type: string
  readonly value: Py

  constructor(type: string, value: Py = null) {
    super(`${type}: ${String(value)}`)
    this.type = type
    this.value = value
  }
}

export function list(items: readonly Py[], isTuple = false): PyList {
  return { kind: 'list', items: [...items], isTuple }
}

export function dict(entries: readonly (readonly [Py, Py])[], line = 0): PyDict {
  return { kind: 'dict', entries: new Map(entries.map((entry) => [keyOf(entry[0], line), entry] as const)) }
}

export function set(items: readonly Py[], line = 0): PySet {
  return { kind: 'set', entries: new Map(items.map((item) => [keyOf(item, line), item] as const)) }
}

export function callable(name: string, call: (given: PyArguments) => Promise<Py> | Py): PyCallable {
  return { kind: 'callable', name, call: async (given) => call(given) }
}

/** Two keys are the same in a dict when these texts are. */
export function keyOf(value: Py, line: number): string {
  if (typeof value === 'string') return `s${value}`
  if (typeof value === 'number' || typeof value === 'boolean') return `n${Number(value)}`
  if (value === null) return 'None'
  if (value.kind === 'term') {
    const { value: term } = value
    if (term.kind === 'text') return `s${term.text}`
    if (term.kind === 'path') return `p${term.path}`
  }
  if (value.kind === 'list' && value.isTuple)
    return `t${JSON.stringify(value.items.map((item) => keyOf(item, line)))}`
  throw new Unfollowed('a key of a dict or set', line)
}

export function isTrue(value: Py, line: number): boolean {
  if (value === null) return false
  if (typeof value !== 'object') return Boolean(value)
  if (value.kind === 'list') return value.items.length > 0
  if (value.kind === 'dict' || value.kind === 'set') return value.entries.size > 0
  if (value.kind === 'callable') return true
  if (value.kind === 'object') return value.truth ?? true
  if (value.value.kind === 'text') return value.value.text !== ''
  if (value.value.kind === 'path') return true
  throw new Unfollowed('whether an expression of SQLAlchemy is true', line)
}

/** `str(value)` */
export function textOfPy(value: Py, line: number): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number') return String(value)
  if (value === null) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (value.kind === 'term' && value.value.kind === 'text') return value.value.text
  if (value.kind === 'object' && value.path !== undefined) return value.path
  throw new Unfollowed('the text of a value', line)
}

/** The text of a value that is one; undefined for any other. */
export function plain(value: Py | undefined): string | undefined {
  if (typeof value === 'string') return value
  if (typeof value === 'object' && value?.kind === 'term' && value.value.kind === 'text')
    return value.value.text
  return undefined
}

/** `left == right`, for what can be compared without SQLAlchemy. */
export function areEqual(left: Py, right: Py, line: number): boolean {
  for (const value of [left, right])
    if (typeof value === 'object' && value?.kind === 'term' && value.value.kind === 'opaque')
      throw new Unfollowed(value.value.why, line)
  const texts = [plain(left), plain(right)]
  if (texts[0] !== undefined || texts[1] !== undefined) return texts[0] === texts[1]
  if (left === null || right === null) return left === right
  if (typeof left !== 'object' || typeof right !== 'object')
    return typeof left !== 'object' && typeof right !== 'object' && Number(left) === Number(right)
  if (left.kind === 'list' && right.kind === 'list')
    return (
      left.isTuple === right.isTuple &&
      left.items.length === right.items.length &&
      left.items.every((item, at) => areEqual(item, right.items[at] ?? null, line))
    )
  if (left.kind === 'set' && right.kind === 'set')
    return (
      left.entries.size === right.entries.size &&
      [...left.entries.keys()].every((key) => right.entries.has(key))
    )
  if (left.kind === 'dict' && right.kind === 'dict')
    return (
      left.entries.size === right.entries.size &&
      [...left.entries].every(([key, [, value]]) => {
        const other = right.entries.get(key)
        return other !== undefined && areEqual(value, other[1], line)
      })
    )
  if (
    left.kind === 'term' &&
    right.kind === 'term' &&
    left.value.kind === 'path' &&
    right.value.kind === 'path'
  )
    return left.value.path === right.value.path
  if (left.kind !== right.kind) return false
  if (left.kind === 'object' || left.kind === 'callable') return left === right
  throw new Unfollowed('a comparison of values', line)
}

/** What a loop over a value gives. */
export async function itemsOf(value: Py, line: number): Promise<readonly Py[]> {
  if (typeof value === 'string') return [...value]
  if (typeof value === 'object' && value !== null) {
    if (value.kind === 'list') return [...value.items]
    if (value.kind === 'dict') return [...value.entries.values()].map(([key]) => key)
    if (value.kind === 'set') return [...value.entries.values()]
    if (value.kind === 'object' && value.items !== undefined) return value.items()
  }
  throw new Unfollowed('a loop over a value', line)
}

/** A value as the reader of files has it, for what makes SQL of it. */
export function toValue(value: Py, line: number): Value {
  if (typeof value === 'string') return { kind: 'text', text: value, line }
  if (typeof value === 'number') return { kind: 'number', text: String(value), line }
  if (value === null || typeof value === 'boolean') return { kind: 'constant', value, line }
  switch (value.kind) {
    case 'term':
      return value.value
    case 'list':
      return { kind: 'list', items: value.items.map((item) => toValue(item, line)), line }
    case 'set':
      return { kind: 'list', items: [...value.entries.values()].map((item) => toValue(item, line)), line }
    case 'dict': {
      const entries = [...value.entries.values()].map(
        ([key, item]) => [toValue(key, line), toValue(item, line)] as const,
      )
      return { kind: 'dict', entries, line }
    }
    case 'object':
      return value.term ?? { kind: 'opaque', why: `a ${value.type}`, line }
    default:
      return { kind: 'opaque', why: `the function ${value.name}`, line }
  }
}

/** A value of the reader of files as one that can be followed. @throws Unfollowed for what only Python knows. */
export function fromValue(value: Value): Py {
  switch (value.kind) {
    case 'text':
      return value.exact ? { kind: 'term', value } : value.text
    case 'number':
      return numberOf(value.text, value.line)
    case 'constant':
      return value.value
    case 'list':
      return list(value.items.map(fromValue))
    case 'dict':
      return dict(
        value.entries.map(([key, item]) => [fromValue(key), fromValue(item)] as const),
        value.line,
      )
    case 'opaque':
      throw new Unfollowed(value.why, value.line)
    default:
      return { kind: 'term', value }
  }
}

export function numberOf(text: string, line: number): number {
  const number = Number(text.replace(/^(\d+)[jJ]$/, 'NaN'))
  if (Number.isFinite(number) && (!Number.isInteger(number) || Number.isSafeInteger(number))) return number
  throw new Unfollowed(`the number ${text}`, line)
}
