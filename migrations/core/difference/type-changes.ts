/** What a type change may do to the values of rows: nothing, fail on some, or keep less of them than there was. */
export type CastRisk = 'none' | 'fails' | 'loses'

/** A type in parts. */
export interface TypeParts {
  /** `character varying`, `timestamp without time zone` */
  readonly name: string
  /** `10, 2` of `numeric(10,2)` */
  readonly sizes: readonly number[]
  readonly arrays: string
}

/** Reads a type as format_type writes it. */
export function typeOf(text: string): TypeParts {
  const arrays = /(?:\[\])*$/.exec(text)?.[0] ?? ''
  const scalar = text.slice(0, text.length - arrays.length)
  const sizes = /\(([-\d,]+)\)/.exec(scalar)?.[1]?.split(',').map(Number) ?? []
  return { name: scalar.replace(/\([-\d,]+\)/, ''), sizes, arrays }
}

const integers = ['smallint', 'integer', 'bigint']
const numbers = [...integers, 'numeric', 'real', 'double precision']
const strings = ['text', 'character varying', 'character', 'name']
const days = ['date', 'timestamp without time zone', 'timestamp with time zone']

/** Kinds of types with an implicit or assignment cast from each to each (pg_cast). */
const families: readonly (readonly string[])[] = [
  numbers,
  days,
  ['json', 'jsonb'],
  ['inet', 'cidr'],
  ['bit', 'bit varying'],
]

/**
 * Whether PostgreSQL casts by itself when a value is assigned (manual, CREATE CAST): then USING is not needed, and without
 * it a text that is too long is an error, where an explicit cast cuts it off in silence. False where that is not known.
 */
export function isAssignable(from: string, to: string): boolean {
  const [old, wanted] = [typeOf(from), typeOf(to)]
  if (old.arrays !== wanted.arrays) return false
  const isBuiltIn = !/[."]/.test(old.name + wanted.name)
  if (old.name === wanted.name || (strings.includes(wanted.name) && isBuiltIn)) return true
  return families.some((family) => family.includes(old.name) && family.includes(wanted.name))
}

/** What a cast from one type to another may do to rows. Where nothing is known of the types, it may fail. */
export function castRisk(from: string, to: string): CastRisk {
  const [old, wanted] = [typeOf(from), typeOf(to)]
  if (wanted.arrays === '' && isUnlimited(wanted)) return 'none'
  if (old.arrays !== wanted.arrays) return 'fails'
  if (numbers.includes(old.name) && numbers.includes(wanted.name)) return numberRisk(old, wanted)
  if (strings.includes(old.name) && wanted.name === 'name') return 'loses'
  if (strings.includes(old.name) && strings.includes(wanted.name)) return lengthRisk(old, wanted)
  if (days.includes(old.name) && days.includes(wanted.name)) return dayRisk(old, wanted)
  if (old.name === wanted.name) return sizeRisk(old, wanted)
  const change = `${old.name} → ${wanted.name}`
  if (harmless.has(change)) return 'none'
  return lossy.has(change) ? 'loses' : 'fails'
}

/**
 * Whether texts are read as values of a built-in type that writes them in one form only, so that `01` comes back as `1`.
 * json and xml keep their texts.
 */
export function readsTexts(from: string, to: string): boolean {
  const [old, wanted] = [typeOf(from), typeOf(to)]
  if (!strings.includes(old.name) || (old.arrays !== '' && wanted.arrays === '')) return false
  const keepsText = [...strings, 'json', 'xml'].includes(wanted.name) && old.arrays === wanted.arrays
  return !keepsText && !/[."]/.test(wanted.name)
}

const harmless: ReadonlySet<string> = new Set([
  'json → jsonb',
  'jsonb → json',
  'cidr → inet',
  'boolean → integer',
  'time without time zone → interval',
])

/** Casts that PostgreSQL refuses for no value, and that several values make one of. */
const lossy: ReadonlySet<string> = new Set([
  'integer → boolean',
  'inet → cidr',
  'timestamp without time zone → time without time zone',
  'timestamp with time zone → time without time zone',
  'timestamp with time zone → time with time zone',
  'time with time zone → time without time zone',
  'interval → time without time zone',
])

function isUnlimited({ name, sizes }: TypeParts): boolean {
  return name === 'text' || (name === 'character varying' && sizes.length === 0)
}

/** varchar and char refuse what is too long, bits too; what has a precision is rounded to it. */
function sizeRisk(old: TypeParts, wanted: TypeParts): CastRisk {
  if (wanted.sizes.length === 0) return 'none'
  const isNarrower =
    old.sizes.length === 0 || wanted.sizes.some((size, index) => size < (old.sizes[index] ?? 0))
  if (!isNarrower) return 'none'
  return wanted.name.startsWith('bit') ? 'fails' : 'loses'
}

function lengthRisk(old: TypeParts, wanted: TypeParts): CastRisk {
  const [length] = wanted.sizes
  if (isUnlimited(wanted) || length === undefined) return 'none'
  return (old.sizes[0] ?? Number.POSITIVE_INFINITY) > length ? 'fails' : 'none'
}

function dayRisk(old: TypeParts, wanted: TypeParts): CastRisk {
  if (wanted.name === 'date') return old.name === 'date' ? 'none' : 'loses'
  if (old.name === 'date') return 'none'
  return (wanted.sizes[0] ?? 6) < (old.sizes[0] ?? 6) ? 'loses' : 'none'
}

const integerDigits = [5, 10, 19]
/** Digits that every whole number of so many has a place for. */
const floatDigits: Readonly<Record<string, number>> = { real: 7, 'double precision': 15 }

function numberRisk(old: TypeParts, wanted: TypeParts): CastRisk {
  const [from, to] = [integers.indexOf(old.name), integers.indexOf(wanted.name)]
  const digits = integerDigits[from]
  if (digits !== undefined) {
    if (to >= 0) return from <= to ? 'none' : 'fails'
    if (wanted.name === 'numeric') return wholeDigits(wanted) < digits ? 'fails' : 'none'
    return digits > (floatDigits[wanted.name] ?? 0) ? 'loses' : 'none'
  }
  if (wanted.name === 'numeric') {
    // A float becomes a numeric of 6 or 15 digits.
    if (wanted.sizes.length === 0) return old.name === 'numeric' ? 'none' : 'loses'
    if (old.name !== 'numeric' || (old.sizes[1] ?? Number.POSITIVE_INFINITY) > (wanted.sizes[1] ?? 0))
      return 'loses'
    return wholeDigits(old) > wholeDigits(wanted) ? 'fails' : 'none'
  }
  if (old.name === wanted.name || (old.name === 'real' && wanted.name === 'double precision')) return 'none'
  if (to >= 0 && old.name === 'numeric' && old.sizes.length > 0 && (old.sizes[1] ?? 0) === 0) {
    return wholeDigits(old) < (integerDigits[to] ?? 0) ? 'none' : 'fails'
  }
  return 'loses'
}

function wholeDigits({ sizes: [precision, scale] }: TypeParts): number {
  return precision === undefined ? Number.POSITIVE_INFINITY : precision - (scale ?? 0)
}
