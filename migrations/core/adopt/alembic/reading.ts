import type { Given, Value } from '../python/values.ts'

/** A statement that has no SQL that can be known from the file. */
export class Unconverted extends Error {
  readonly reason: string
  readonly line: number

  constructor(reason: string, line: number) {
    super(reason)
    this.reason = reason
    this.line = line
  }
}

/**
 * The arguments of a call by name, positional ones through `names`.
 * @throws Unconverted for an argument that the call is not known to take.
 */
export interface Arguments {
  readonly line: number
  /** The positional arguments after the named ones. */
  readonly rest: readonly Value[]
  /** The value as it is; undefined when not given. */
  value(name: string): Value | undefined
  /** The value; undefined when not given or None. */
  given(name: string): Value | undefined
  text(name: string): string
  optionalText(name: string): string | undefined
  /** `true` or `false`; undefined when not given or None. */
  flag(name: string): boolean | undefined
  /** A list of texts; a single text counts as a list of one. */
  texts(name: string): readonly string[]
}

/** Arguments that mean something to another database only. */
const otherDialects = /^(mysql|mariadb|sqlite|mssql|oracle)_/

/** Reads the arguments of a call; `names` are those that may also be positional, in order. */
export function argumentsOf(call: Given, names: readonly string[], known: readonly string[] = []): Arguments {
  const values = new Map(call.keywords)
  for (const [at, name] of names.entries()) {
    const value = call.positional[at]
    if (value !== undefined) values.set(name, value)
  }
  for (const name of values.keys()) {
    if (!names.includes(name) && !known.includes(name) && !otherDialects.test(name))
      throw new Unconverted(`the argument ${name}=`, call.line)
  }
  const given = (name: string) => {
    const value = values.get(name)
    return value?.kind === 'constant' && value.value === null ? undefined : value
  }
  const optionalText = (name: string) => {
    const value = given(name)
    return value === undefined ? undefined : textOf(value)
  }
  return {
    line: call.line,
    rest: call.positional.slice(names.length),
    value: (name) => values.get(name),
    given,
    optionalText,
    text(name) {
      const text = optionalText(name)
      if (text === undefined) throw new Unconverted(`no ${name}`, call.line)
      return text
    },
    flag(name) {
      const value = given(name)
      if (value === undefined) return undefined
      if (value.kind === 'constant' && value.value !== null) return value.value
      throw unknownValue(value)
    },
    texts(name) {
      const value = given(name)
      return value === undefined ? [] : listOf(value).map(textOf)
    },
  }
}

/** @throws Unconverted when the value is no text. */
export function textOf(value: Value): string {
  if (value.kind === 'text') return value.text
  throw unknownValue(value)
}

/** The items of a list, or the value alone. */
export function listOf(value: Value): readonly Value[] {
  if (value.kind === 'list') return value.items
  if (value.kind === 'opaque') throw unknownValue(value)
  return [value]
}

/** The entries of a dict with text keys. */
export function entriesOf(value: Value): readonly (readonly [string, Value])[] {
  if (value.kind !== 'dict') throw unknownValue(value)
  return value.entries.map(([key, item]) => [textOf(key), item] as const)
}

/** The error for a value that only Python knows, or that has no meaning where it stands. */
export function unknownValue(value: Value): Unconverted {
  return new Unconverted(valueName(value), value.line)
}

function valueName(value: Value): string {
  switch (value.kind) {
    case 'opaque':
      return value.why
    case 'call':
      return `${value.path.replace(/^(\.|builtins\.)/, '')}(…)`
    case 'method':
      return `.${value.name}(…)`
    case 'path':
      return value.path
    default:
      return `a ${value.kind} where something else is expected`
  }
}
