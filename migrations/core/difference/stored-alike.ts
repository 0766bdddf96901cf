/**
 * Whether values of one type are stored as they are in another, so that ALTER COLUMN … TYPE rewrites no table and checks no
 * row (manual, ALTER TABLE, Notes): a text without its limit or with a larger one, and the same of bits and numbers.
 * @param from,to types as `format_type` writes them
 */
export function isStoredAlike(from: string, to: string): boolean {
  const [old, next] = [limited(from), limited(to)]
  if (old === undefined || next === undefined || old.family !== next.family) return false
  if (next.limit === undefined) return true
  return old.limit !== undefined && old.limit <= next.limit && (old.scale ?? 0) === (next.scale ?? 0)
}

interface Limited {
  readonly family: string
  readonly limit?: number
  readonly scale?: number
}

function limited(type: string): Limited | undefined {
  const [, name = '', limit, scale] = /^([a-z ]+?)(?:\((\d+)(?:,(\d+))?\))?$/.exec(type) ?? []
  const family = families.get(name)
  if (family === undefined) return undefined
  return {
    family,
    ...(limit === undefined ? {} : { limit: Number(limit) }),
    ...(scale === undefined ? {} : { scale: Number(scale) }),
  }
}

const families: ReadonlyMap<string, string> = new Map([
  ['text', 'text'],
  ['character varying', 'text'],
  ['bit varying', 'bits'],
  ['numeric', 'numeric'],
])
