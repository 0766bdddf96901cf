import { catalogName } from '../../postgres/index.ts'

/**
 * What texts say of objects, so far as words tell: SQL, and revisions, which are TypeScript with SQL in it. Names that are
 * not there do no harm, since only what a database has is asked for.
 */
export interface Said {
  /** Names of texts that mention them: `schema.name`, a bare name, and one that is called, as `name(`. */
  readonly mentions: ReadonlyMap<string, readonly Text[]>
  /** What the texts make themselves, as `schema.name` and as a bare name. */
  readonly made: ReadonlySet<string>
  readonly roles: ReadonlySet<string>
}

/** One text with the words in it. */
export interface Text {
  readonly words: ReadonlySet<string>
  /** Whether it takes all columns of something. */
  readonly hasStar: boolean
}

const part = String.raw`(?:"[^"\n]{1,63}"|[\p{L}_][\p{L}\p{N}_$]*)`
const names = new RegExp(String.raw`(${part})(?:\s*\.\s*(${part}))?(\s*\()?`, 'gu')
const made = new RegExp(
  String.raw`\bcreate\s+(?:or\s+replace\s+)?(?:unlogged\s+|foreign\s+|materialized\s+|recursive\s+)*(?:table|view|type|domain|sequence|function|procedure)\s+(?:if\s+not\s+exists\s+)?(${part})(?:\s*\.\s*(${part}))?`,
  'giu',
)
const roles = new RegExp(
  String.raw`\b(?:to|from|authorization|role|user|by)\s+((?:group\s+)?${part}(?:\s*,\s*${part})*)`,
  'giu',
)

/** Reads texts; see {@link Said}. */
export function saidIn(texts: Iterable<string>): Said {
  const mentions = new Map<string, Text[]>()
  const own = new Set<string>()
  const granted = new Set<string>()
  for (const text of texts) {
    const words = new Set<string>()
    const about = new Set<string>()
    for (const [, first = '', second, call] of text.matchAll(names)) {
      const named = [first, ...(second === undefined ? [] : [second])].map(catalogName)
      for (const word of named) words.add(word)
      if (second !== undefined) about.add(named.join('.'))
      for (const word of named) about.add(word)
      if (call !== undefined) about.add(`${named.at(-1)}(`)
    }
    const read = { words, hasStar: /(?:\bselect|\.|,)\s*\*/i.test(text) }
    for (const name of about) {
      const others = mentions.get(name)
      if (others === undefined) mentions.set(name, [read])
      else others.push(read)
    }
    for (const [, first = '', second] of text.matchAll(made)) {
      own.add(catalogName(second ?? first))
      if (second !== undefined) own.add(`${catalogName(first)}.${catalogName(second)}`)
    }
    for (const [, list = ''] of text.matchAll(roles))
      for (const name of list.replace(/^group\s+/i, '').split(',')) granted.add(catalogName(name.trim()))
  }
  return { mentions, made: own, roles: granted }
}
