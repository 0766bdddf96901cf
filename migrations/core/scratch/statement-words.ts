import type { Word } from '../postgres/sql/words.ts'

/** What CREATE, ALTER and DROP call a role. */
export const roleWords = new Set(['role', 'user', 'group'])

/** Whether a statement begins with these words. */
export function begins(words: readonly Word[], ...first: readonly (string | ReadonlySet<string>)[]): boolean {
  return first.every((word, at) => {
    const found = words[at]?.lower ?? ''
    return typeof word === 'string' ? found === word : word.has(found)
  })
}

/** Whether a statement makes, alters or drops a role, and no user mapping. */
export function isRoleStatement(words: readonly Word[]): boolean {
  return begins(words, new Set(['create', 'alter', 'drop']), roleWords) && words[2]?.lower !== 'mapping'
}

/** The place after IF EXISTS or IF NOT EXISTS, where a statement has it. */
export function afterExists(words: readonly Word[], at: number): number {
  if (words[at]?.lower !== 'if') return at
  return words[at + 1]?.lower === 'not' ? at + 3 : at + 2
}

/** The names from a place on, with commas between them. */
export function namesAt(words: readonly Word[], from: number): readonly string[] {
  return spotsAt(words, from).map((word) => nameOf(word) ?? '')
}

/** The words of the names from a place on, with commas between them. */
export function spotsAt(words: readonly Word[], from: number): readonly Word[] {
  const spots: Word[] = []
  for (let at = from; at < words.length; at += 2) {
    const word = words[words[at]?.lower === 'group' && nameOf(words[at + 1]) !== undefined ? ++at : at]
    if (word === undefined || nameOf(word) === undefined) break
    spots.push(word)
    if (words[at + 1]?.text !== ',') break
  }
  return spots
}

/** The name that a word is, as the catalog has it; undefined for what is not a name. */
export function nameOf(word: Word | undefined): string | undefined {
  if (word === undefined) return undefined
  if (word.kind === 'word') return word.lower
  return word.kind === 'quoted' && word.text.startsWith('"')
    ? word.text.slice(1, -1).replaceAll('""', '"')
    : undefined
}

/** Names that stand for no role by themselves. */
export const noRole = new Set(['public', 'none', 'default', 'current_user', 'current_role', 'session_user'])
