import { dedent } from '../text-values.ts'
import {
  areEqual,
  callable,
  dict,
  isTrue,
  itemsOf,
  keyOf,
  list,
  type Py,
  type PyArguments,
  type PyCallable,
  type PyDict,
  type PyList,
  type PySet,
  plain,
  Raised,
  set,
  textOfPy,
  Unfollowed,
} from './objects.ts'

type Body = (given: PyArguments) => Promise<Py> | Py

/** The method of a text, list, dict or set; undefined for one that is not known. */
export function methodOf(value: string | PyList | PyDict | PySet, name: string): PyCallable | undefined {
  const methods: Readonly<Record<string, Body>> =
    typeof value === 'string'
      ? textMethods(value)
      : value.kind === 'list'
        ? listMethods(value)
        : value.kind === 'dict'
          ? dictMethods(value)
          : setMethods(value)
  const body = Object.hasOwn(methods, name) ? methods[name] : undefined
  return body && callable(name, body)
}

const argument = ({ positional, line }: PyArguments, at: number): Py => {
  const value = positional[at]
  if (value === undefined) throw new Unfollowed('a missing argument', line)
  return value
}

function text(given: PyArguments, at: number): string {
  const value = plain(argument(given, at))
  if (value === undefined) throw new Unfollowed('an argument that is no text', given.line)
  return value
}

function textMethods(of: string): Readonly<Record<string, Body>> {
  const trimmed = (ends: 'both' | 'start' | 'end') => (given: PyArguments) => {
    const chars = given.positional.length === 0 ? undefined : new Set(text(given, 0))
    const drops = (char: string | undefined) =>
      char !== undefined && (chars === undefined ? /\s/.test(char) : chars.has(char))
    let [from, to] = [0, of.length]
    if (ends !== 'end') while (from < to && drops(of[from])) from += 1
    if (ends !== 'start') while (to > from && drops(of[to - 1])) to -= 1
    return of.slice(from, to)
  }
  const among = (test: (text: string) => boolean) => (given: PyArguments) => {
    const value = argument(given, 0)
    const options = typeof value === 'object' && value?.kind === 'list' ? value.items : [value]
    return options.some((option) => test(textOfPy(option, given.line)))
  }
  return {
    lower: () => of.toLowerCase(),
    upper: () => of.toUpperCase(),
    strip: trimmed('both'),
    lstrip: trimmed('start'),
    rstrip: trimmed('end'),
    title: () =>
      of.replace(/[A-Za-z]+/g, (word) => (word[0] ?? '').toUpperCase() + word.slice(1).toLowerCase()),
    capitalize: () => of.slice(0, 1).toUpperCase() + of.slice(1).toLowerCase(),
    startswith: among((option) => of.startsWith(option)),
    endswith: among((option) => of.endsWith(option)),
    isdigit: () => /^\d+$/.test(of),
    replace: (given) => {
      if (given.positional.length !== 2) throw new Unfollowed('str.replace', given.line)
      return of.split(text(given, 0)).join(text(given, 1))
    },
    split: (given) => {
      if (given.positional.length > 1 || given.keywords.size > 0)
        throw new Unfollowed('str.split', given.line)
      if (given.positional.length === 0) return list(of.split(/\s+/).filter((part) => part !== ''))
      return list(of.split(text(given, 0)))
    },
    splitlines: () => list(of.replace(/\r?\n$/, '').split(/\r?\n/)),
    join: async (given) =>
      (await itemsOf(argument(given, 0), given.line)).map((item) => textOfPy(item, given.line)).join(of),
    count: (given) => of.split(text(given, 0)).length - 1,
    find: (given) => of.indexOf(text(given, 0)),
    format: (given) => formatted(of, given),
    encode: (given) => {
      throw new Unfollowed('bytes', given.line)
    },
  }
}

/** `str.format` with plain fields. */
function formatted(of: string, given: PyArguments): string {
  let next = 0
  return of.replace(/\{\{|\}\}|\{(\w*)\}|[{}]/g, (match, field: string | undefined) => {
    if (match === '{{' || match === '}}') return match.slice(1)
    if (field === undefined) throw new Unfollowed('str.format', given.line)
    const value = /^\d*$/.test(field)
      ? given.positional[field === '' ? next++ : Number(field)]
      : given.keywords.get(field)
    if (value === undefined) throw new Unfollowed('str.format', given.line)
    return textOfPy(value, given.line)
  })
}

function listMethods({ items, isTuple }: PyList): Readonly<Record<string, Body>> {
  const at = (given: PyArguments) => {
    const found = items.findIndex((item) => areEqual(item, argument(given, 0), given.line))
    if (found < 0) throw new Raised('ValueError', 'not in list')
    return found
  }
  const reading: Readonly<Record<string, Body>> = {
    index: at,
    count: (given) => items.filter((item) => areEqual(item, argument(given, 0), given.line)).length,
    copy: () => list(items),
  }
  if (isTuple) return reading
  return {
    ...reading,
    append: (given) => {
      items.push(argument(given, 0))
      return null
    },
    extend: async (given) => {
      items.push(...(await itemsOf(argument(given, 0), given.line)))
      return null
    },
    insert: (given) => {
      items.splice(Number(argument(given, 0)), 0, argument(given, 1))
      return null
    },
    remove: (given) => {
      items.splice(at(given), 1)
      return null
    },
    pop: (given) => {
      const index = given.positional.length === 0 ? items.length - 1 : Number(argument(given, 0))
      const [removed] = items.splice(index, 1)
      if (removed === undefined) throw new Raised('IndexError', 'pop from empty list')
      return removed
    },
    reverse: () => {
      items.reverse()
      return null
    },
    clear: () => {
      items.length = 0
      return null
    },
  }
}

function dictMethods(of: PyDict): Readonly<Record<string, Body>> {
  const { entries } = of
  const values = () => [...entries.values()]
  return {
    keys: () => list(values().map(([key]) => key)),
    values: () => list(values().map(([, value]) => value)),
    items: () => list(values().map(([key, value]) => list([key, value], true))),
    copy: () => ({ kind: 'dict', entries: new Map(entries) }),
    get: (given) => entries.get(keyOf(argument(given, 0), given.line))?.[1] ?? given.positional[1] ?? null,
    setdefault: (given) => {
      const key = keyOf(argument(given, 0), given.line)
      const found = entries.get(key)
      if (found !== undefined) return found[1]
      const value = given.positional[1] ?? null
      entries.set(key, [argument(given, 0), value])
      return value
    },
    pop: (given) => {
      const key = keyOf(argument(given, 0), given.line)
      const found = entries.get(key)?.[1] ?? given.positional[1]
      if (found === undefined) throw new Raised('KeyError', argument(given, 0))
      entries.delete(key)
      return found
    },
    update: (given) => {
      for (const other of given.positional) {
        if (typeof other !== 'object' || other?.kind !== 'dict')
          throw new Unfollowed('dict.update', given.line)
        for (const [key, entry] of other.entries) entries.set(key, entry)
      }
      for (const [name, value] of given.keywords) entries.set(keyOf(name, given.line), [name, value])
      return null
    },
  }
}

function setMethods(of: PySet): Readonly<Record<string, Body>> {
  const { entries } = of
  const other = async (given: PyArguments) => set(await itemsOf(argument(given, 0), given.line), given.line)
  return {
    add: (given) => {
      entries.set(keyOf(argument(given, 0), given.line), argument(given, 0))
      return null
    },
    discard: (given) => {
      entries.delete(keyOf(argument(given, 0), given.line))
      return null
    },
    update: async (given) => {
      for (const [key, item] of (await other(given)).entries) entries.set(key, item)
      return null
    },
    union: async (given) => joined(of, await other(given), '|'),
    intersection: async (given) => joined(of, await other(given), '&'),
    difference: async (given) => joined(of, await other(given), '-'),
    issubset: async (given) => {
      const all = (await other(given)).entries
      return [...entries.keys()].every((key) => all.has(key))
    },
    issuperset: async (given) => [...(await other(given)).entries.keys()].every((key) => entries.has(key)),
    copy: () => ({ kind: 'set', entries: new Map(entries) }),
  }
}

/** `left | right`, `left & right` and `left - right` of sets. */
export function joined(left: PySet, right: PySet, operator: '|' | '&' | '-'): PySet {
  if (operator === '|') return { kind: 'set', entries: new Map([...left.entries, ...right.entries]) }
  const kept = [...left.entries].filter(([key]) => right.entries.has(key) === (operator === '&'))
  return { kind: 'set', entries: new Map(kept) }
}

/** Functions of Python's own that need nothing but their arguments. */
export const builtinFunctions: Readonly<Record<string, Body>> = {
  print: () => null,
  str: (given) => {
    const [value = ''] = given.positional
    if (typeof value === 'object' && value?.kind === 'object' && value.text !== undefined) return value.text
    return textOfPy(value, given.line)
  },
  int: (given) => {
    const number = Number(argument(given, 0))
    if (!Number.isFinite(number)) throw new Unfollowed('int', given.line)
    return Math.trunc(number)
  },
  bool: (given) => given.positional.length > 0 && isTrue(argument(given, 0), given.line),
  len: async (given) => {
    const value = argument(given, 0)
    return typeof value === 'string' ? [...value].length : (await itemsOf(value, given.line)).length
  },
  list: async (given) =>
    list(given.positional.length === 0 ? [] : await itemsOf(argument(given, 0), given.line)),
  tuple: async (given) =>
    list(given.positional.length === 0 ? [] : await itemsOf(argument(given, 0), given.line), true),
  set: async (given) =>
    set(given.positional.length === 0 ? [] : await itemsOf(argument(given, 0), given.line), given.line),
  frozenset: async (given) =>
    set(given.positional.length === 0 ? [] : await itemsOf(argument(given, 0), given.line), given.line),
  dict: async (given) => {
    const pairs: (readonly [Py, Py])[] = []
    for (const first of given.positional) {
      if (typeof first === 'object' && first?.kind === 'dict') pairs.push(...first.entries.values())
      else
        for (const pair of await itemsOf(first, given.line)) {
          const [key, value] = await itemsOf(pair, given.line)
          if (key === undefined || value === undefined) throw new Unfollowed('dict', given.line)
          pairs.push([key, value])
        }
    }
    return dict([...pairs, ...given.keywords], given.line)
  },
  enumerate: async (given) => {
    const from = given.positional[1] ?? given.keywords.get('start') ?? 0
    const items = await itemsOf(argument(given, 0), given.line)
    return list(items.map((item, at) => list([Number(from) + at, item], true)))
  },
  zip: async (given) => {
    const lists = await Promise.all(given.positional.map((one) => itemsOf(one, given.line)))
    const length = Math.min(...lists.map((one) => one.length))
    return list(
      Array.from({ length }, (_, at) =>
        list(
          lists.map((one) => one[at] ?? null),
          true,
        ),
      ),
    )
  },
  range: (given) => {
    const numbers = given.positional.map(Number)
    const [from, to, step] =
      numbers.length === 1 ? [0, numbers[0] ?? 0, 1] : [numbers[0] ?? 0, numbers[1] ?? 0, numbers[2] ?? 1]
    if (step <= 0 || (to - from) / step > 10_000) throw new Unfollowed('a long range', given.line)
    return list(
      Array.from({ length: Math.max(0, Math.ceil((to - from) / step)) }, (_, at) => from + at * step),
    )
  },
  any: async (given) =>
    (await itemsOf(argument(given, 0), given.line)).some((item) => isTrue(item, given.line)),
  all: async (given) =>
    (await itemsOf(argument(given, 0), given.line)).every((item) => isTrue(item, given.line)),
  sorted: async (given) => {
    if (given.keywords.size > 0) throw new Unfollowed('sorted with a key', given.line)
    const items = await itemsOf(argument(given, 0), given.line)
    const texts = items.map(plain)
    if (texts.every((item) => item !== undefined))
      return list([...texts].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)))
    if (items.every((item) => typeof item === 'number'))
      return list([...items].sort((a, b) => Number(a) - Number(b)))
    throw new Unfollowed('sorted', given.line)
  },
  reversed: async (given) => list([...(await itemsOf(argument(given, 0), given.line))].reverse()),
  /** A generator is a list here, of which its first item is taken. */
  next: (given) => {
    const generator = argument(given, 0)
    if (typeof generator !== 'object' || generator?.kind !== 'list') throw new Unfollowed('next', given.line)
    const value = generator.items.shift() ?? given.positional[1]
    if (value === undefined) throw new Raised('StopIteration')
    return value
  },
  min: async (given) => extreme(given, -1),
  max: async (given) => extreme(given, 1),
}

async function extreme(given: PyArguments, sign: 1 | -1): Promise<Py> {
  const items =
    given.positional.length === 1 ? await itemsOf(argument(given, 0), given.line) : given.positional
  const numbers = items.map((item) => (typeof item === 'number' ? item : Number.NaN))
  if (numbers.length === 0 || numbers.some(Number.isNaN)) throw new Unfollowed('min or max', given.line)
  return sign * Math.max(...numbers.map((number) => sign * number))
}

/** Functions of the standard library that only change texts. */
export const libraryFunctions: Readonly<Record<string, Body>> = {
  'textwrap.dedent': (given) => dedent(text(given, 0)),
  'inspect.cleandoc': (given) => dedent(text(given, 0)).trim(),
  'collections.defaultdict': (given) => {
    const [factory = null] = given.positional
    const name =
      typeof factory === 'object' && factory?.kind === 'term' && factory.value.kind === 'path'
        ? factory.value.path.replace(/^builtins\./, '')
        : undefined
    const made = (): Promise<Py> | Py => {
      const empty = { positional: [], keywords: new Map(), line: given.line }
      if (typeof factory === 'object' && factory?.kind === 'callable') return factory.call(empty)
      const body =
        name !== undefined && /^(list|dict|set|str)$/.test(name) ? builtinFunctions[name] : undefined
      if (body === undefined) throw new Unfollowed('collections.defaultdict', given.line)
      return body(empty)
    }
    return { kind: 'dict', entries: new Map(), missing: async () => made() }
  },
  'collections.OrderedDict': async (given) => builtinFunctions.dict?.(given) ?? null,
}
