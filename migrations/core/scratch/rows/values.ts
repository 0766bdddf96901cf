import { quoteLiteral } from '../../postgres/index.ts'
import type { TypeShape } from './describe.ts'
import type { Hints } from './literals.ts'

/** What values are chosen by. */
export interface ValueWish {
  readonly types: ReadonlyMap<string, TypeShape>
  /** Literals that checks and new types ask for. */
  readonly hints: Hints
  /** Values with as many digits as the type has place for, so that a narrower type is seen to lose some. */
  readonly rich: boolean
}

/**
 * SQL expressions of different values of a type, the best ones first; none where no value is known.
 * @param typeText the type with its modifier, as format_type writes it
 */
export function candidates(
  type: TypeShape | undefined,
  typeText: string,
  wish: ValueWish,
): readonly string[] {
  if (type === undefined) return []
  const cast = (texts: readonly string[]) => texts.map((text) => `CAST(${quoteLiteral(text)} AS ${typeText})`)
  const inner = (oid: string | null, text: string | null) =>
    candidates(oid === null ? undefined : wish.types.get(oid), text ?? '', wish)
  switch (type.kind) {
    case 'd':
      return inner(type.element, type.elementText)
    case 'e':
      return cast(type.labels)
    case 'c':
      return compositeValues(type, typeText, wish)
    case 'r':
      return rangeValues(type, typeText, inner(type.element, type.elementText), wish)
    case 'm':
      return inner(type.element, type.elementText)
        .slice(0, 3)
        .map((range) => `${type.text}(${range})`)
    case 'b':
      return type.category === 'A'
        ? arrayValues(typeText, inner(type.element, type.elementText))
        : unique(cast(scalarTexts(type, typeText, wish)))
    case 'p':
      return []
  }
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].slice(0, 40)
}

function compositeValues({ attributes }: TypeShape, typeText: string, wish: ValueWish): readonly string[] {
  const columns = attributes.map(({ type, text }) => candidates(wish.types.get(type), text, wish))
  return [0, 1, 2].map((row) => {
    const values = columns.map((values) => (values.length === 0 ? 'NULL' : values[row % values.length]))
    return `CAST(ROW(${values.join(', ')}) AS ${typeText})`
  })
}

function arrayValues(typeText: string, elements: readonly string[]): readonly string[] {
  const empty = `CAST('{}' AS ${typeText})`
  const [first] = elements
  if (first === undefined) return [empty]
  const one = elements.slice(0, 6).map((element) => `CAST(ARRAY[${element}] AS ${typeText})`)
  const two = `CAST(ARRAY[${[first, elements[1] ?? first].join(', ')}] AS ${typeText})`
  return [...one.slice(0, 1), two, ...one.slice(1), empty]
}

/** Ranges of the built-in kinds, none of which overlap; of others, from one value to itself. */
function rangeValues(
  type: TypeShape,
  typeText: string,
  elements: readonly string[],
  { types, hints }: ValueWish,
): readonly string[] {
  const element = type.element === null ? undefined : types.get(type.element)
  const rows = [0, 1, 2, 3, 4, 5]
  const bounds = (text: (at: number) => string) =>
    rows.map((row) => `CAST(${quoteLiteral(`[${text(row * 2)},${text(row * 2 + 1)})`)} AS ${typeText})`)
  const numbers = hints.numbers.map((n) => `CAST('[${n},${n + 1})' AS ${typeText})`)
  if (element?.category === 'N' && element.kind === 'b')
    return [...bounds((at) => String(at * 10 + 1)), ...numbers]
  if (element?.category === 'D' && element.name !== 'interval')
    return bounds((at) => (/^time(tz)?$/.test(element.name) ? `0${at % 10}:00` : `2026-0${1 + (at % 9)}-01`))
  return elements.map((value) => `${type.text}(${value}, ${value}, '[]')`)
}

/** Numbers of whole values, small ones first: a sequence that begins again meets them. */
const small = ['1', '2', '3', '4', '5', '7', '10', '0', '100', '-1', '1000']

function scalarTexts(type: TypeShape, typeText: string, { hints, rich }: ValueWish): readonly string[] {
  const { name, category } = type
  const numbers = hints.numbers.map(String)
  switch (name) {
    case 'int2':
      return [...small, ...numbers.filter((n) => Math.abs(Number(n)) < 32_768)]
    case 'int4':
      return [...(rich ? ['1', '2', '16777219'] : []), ...small, ...numbers].filter(
        (n) => Math.abs(Number(n)) < 2 ** 31,
      )
    case 'int8':
      return [...(rich ? ['1', '2', '9007199254740993'] : []), ...small, ...numbers]
    case 'numeric':
    case 'money':
      return [...(rich ? richNumbers(typeText) : []), ...small, ...numbers, '0.5']
    case 'float4':
    case 'float8':
      return [
        ...(rich ? ['1.5', '2.25', name === 'float8' ? '3.123456789012' : '3.12345'] : []),
        ...small,
        ...numbers,
      ]
    case 'bool':
      return ['true', 'false']
    case 'uuid':
      return [
        ...[1, 2, 3, 4, 5].map((n) => `0000000${n}-0000-4000-8000-00000000000${n}`),
        ...hints.texts.filter(isUuid),
      ]
    case 'date':
      return [...days(), ...dates(hints.texts).map((text) => text.slice(0, 10))]
    case 'timestamp':
    case 'timestamptz':
      return [
        ...(rich ? days().map((day, at) => `${day} 0${4 + at}:05:06.78901${at}`) : days()),
        ...days(),
        ...dates(hints.texts),
      ]
    case 'time':
    case 'timetz':
      return rich ? ['04:05:06.789012', '05:06:07.5', '06:07:08'] : ['04:05:06', '05:06:07', '06:07:08']
    case 'interval':
      return [
        '1 day',
        '2 hours',
        '3 mons 4 days 05:06:07',
        '0',
        ...hints.texts.filter((text) => /^-?\d+ \w+$/.test(text)),
      ]
    case 'json':
    case 'jsonb':
      return [...objects(hints.texts), '{"a": 1}', '[1, 2]', '{"b": "c"}', '{}', '[]', '1', '"a"']
    case 'bytea':
      return ['\\x01', '\\x0203', '\\xff', '\\x']
    case 'bit':
    case 'varbit':
      return bits(typeText)
    case 'inet':
    case 'cidr':
      return ['10.0.0.1', '10.0.0.2', '10.1.0.3', '::1']
    case 'macaddr':
    case 'macaddr8':
      return ['08:00:2b:01:02:03', '08:00:2b:01:02:04', '08:00:2b:01:02:05']
    case 'xml':
      return ['<a/>', '<b>c</b>', 'd']
    case 'oid':
    case 'xid8':
      return small.filter((n) => Number(n) >= 0)
    default:
      return otherTexts(category, name, typeText, hints, rich)
  }
}

function otherTexts(
  category: string,
  name: string,
  typeText: string,
  hints: Hints,
  rich: boolean,
): readonly string[] {
  const shapes = geometric[name] ?? other[name]
  if (shapes !== undefined) return shapes
  if (category === 'S' || name === 'citext') return strings(typeText, hints, rich)
  const size = /\((\d+)\)$/.exec(typeText)?.[1]
  if (name === 'vector' || name === 'halfvec')
    return [1, 2, 3].map(
      (n) =>
        `[${Array(Number(size ?? 3))
          .fill(n)
          .join(',')}]`,
    )
  return []
}

/** Strings that fit and differ; a value that is too long for `varchar(n)` would be cut, and two become one. */
function strings(typeText: string, { texts, numbers }: Hints, rich: boolean): readonly string[] {
  const size = Number(/\((\d+)\)$/.exec(typeText)?.[1] ?? '1000')
  const fits = (text: string) => text.length <= size
  const whole = numbers.filter((n) => Number.isInteger(n)).map(String)
  const plain = rich ? ['ab', 'B c', 'dé', 'a', 'b', 'c', '1', '2', '3'] : ['1', '2', '3', 'a', 'b', 'c', 'd']
  return [...plain, ...texts, ...whole, 'a@example.com', 'abc', 'ABC', ''].filter(fits)
}

/** Digits as the type has place for: a value that a cast to whole numbers rounds. */
function richNumbers(typeText: string): readonly string[] {
  const [, precision, scale] = /\((\d+),(-?\d+)\)$/.exec(typeText) ?? []
  const places = scale === undefined ? 6 : Number(scale)
  if (places <= 0) return ['1', '2', '3']
  if (precision !== undefined && Number(precision) <= places)
    return [1, 2, 3].map((n) => `0.${'0'.repeat(places - 1)}${n}`)
  return [1, 2, 3].map((n) => `${n}.${'123456'.slice(0, places - 1)}${n}`)
}

function days(): readonly string[] {
  return ['2026-01-02', '2026-02-03', '2026-03-04', '1999-12-31']
}

function dates(texts: readonly string[]): readonly string[] {
  return texts
    .filter((text) => /^\d{4}-\d\d-\d\d/.test(text) && !Number.isNaN(Date.parse(text.slice(0, 10))))
    .flatMap((text) => {
      const at = Date.parse(text.slice(0, 10))
      return [text, ...[1, -1].map((day) => new Date(at + day * 86_400_000).toISOString().slice(0, 10))]
    })
}

function objects(texts: readonly string[]): readonly string[] {
  const keys = texts.filter((text) => /^\w{1,40}$/.test(text))
  return keys.length === 0 ? [] : [JSON.stringify(Object.fromEntries(keys.map((key) => [key, 'x'])))]
}

function bits(typeText: string): readonly string[] {
  const size = Number(/\((\d+)\)$/.exec(typeText)?.[1] ?? '1')
  return [1, 2, 3].map((n) => n.toString(2).padStart(size, '0').slice(-size))
}

function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)
}

const geometric: Readonly<Record<string, readonly string[]>> = {
  point: ['(1,2)', '(3,4)', '(5,6)'],
  lseg: ['[(1,2),(3,4)]', '[(5,6),(7,8)]', '[(0,0),(1,1)]'],
  box: ['(2,2),(1,1)', '(4,4),(3,3)', '(6,6),(5,5)'],
  path: ['[(1,2),(3,4)]', '((5,6),(7,8))', '[(0,0),(1,1)]'],
  polygon: ['((1,2),(3,4),(5,0))', '((0,0),(1,1),(1,0))', '((0,0),(2,2),(2,0))'],
  circle: ['<(1,2),3>', '<(10,20),3>', '<(40,50),6>'],
  line: ['{1,2,3}', '{4,5,6}', '{7,8,9}'],
}

const other: Readonly<Record<string, readonly string[]>> = {
  tsvector: ["'a':1", "'b':2", "'c':3"],
  tsquery: ["'a'", "'b'", "'c' & 'd'"],
  pg_lsn: ['0/1', '0/2', '0/3'],
  regclass: ['pg_class', 'pg_type', 'pg_proc'],
  regtype: ['integer', 'text', 'bigint'],
  regproc: ['now', 'pg_backend_pid', 'version'],
  regrole: ['pg_monitor', 'pg_signal_backend', 'pg_read_all_stats'],
  regnamespace: ['pg_catalog', 'public', 'information_schema'],
  hstore: ['a=>1', 'b=>2', 'c=>3'],
  ltree: ['a', 'a.b', 'a.b.c'],
  jsonpath: ['$.a', '$.b', '$.c'],
  xid: ['1', '2', '3'],
  tid: ['(0,1)', '(0,2)', '(0,3)'],
}
