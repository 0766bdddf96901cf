import { isName, wordsOf } from '../../postgres/sql/words.ts'

/**
 * What a statement needs of the runner: `plain` runs in any transaction, `transaction` would end ours,
 * `refused` has no place in a revision, and the others run in no transaction. Names are SQL as written.
 */
export type StatementKind =
  | { readonly kind: 'plain' }
  | { readonly kind: 'transaction' | 'refused'; readonly what: string }
  | { readonly kind: 'alone' }
  | { readonly kind: 'create-index'; readonly index: string | null; readonly table: string }
  | { readonly kind: 'drop-index'; readonly index: string }
  | { readonly kind: 'reindex'; readonly what: string; readonly name: string | null }
  | { readonly kind: 'detach'; readonly table: string; readonly partition: string }

const plain: StatementKind = { kind: 'plain' }
const headLength = 64

/** Without one of these a statement is plain; most are told by that alone. */
const telling =
  /\b(?:begin|commit|end|abort|rollback|start|prepare|vacuum|reindex|database|tablespace|system|concurrently)\b/i

/** The kind of one statement, from its first words (manual, part VI, "SQL Commands"). */
export function statementKind(sql: string): StatementKind {
  if (!telling.test(sql)) return plain
  const tokens = wordsOf(sql, headLength).map(({ text }) => text)
  const words = tokens.map((token) => token.toUpperCase())
  const [first = '', second = ''] = words
  switch (first) {
    case 'BEGIN':
    case 'COMMIT':
    case 'END':
    case 'ABORT':
      return { kind: 'transaction', what: first }
    case 'ROLLBACK':
      return words.slice(1, 3).includes('TO') ? plain : { kind: 'transaction', what: first }
    case 'START':
      return second === 'TRANSACTION' ? { kind: 'transaction', what: 'START TRANSACTION' } : plain
    case 'PREPARE':
      return second === 'TRANSACTION' ? { kind: 'transaction', what: 'PREPARE TRANSACTION' } : plain
    case 'VACUUM':
      return { kind: 'alone' }
    case 'REINDEX':
      return reindexKind(tokens, words)
    case 'CREATE':
    case 'DROP':
      if (second === 'DATABASE' || second === 'TABLESPACE')
        return { kind: 'refused', what: `${first} ${second}` }
      return first === 'CREATE' ? createKind(tokens, words) : dropKind(tokens, words)
    case 'ALTER':
      return alterKind(tokens, words, second)
    default:
      return plain
  }
}

function createKind(tokens: readonly string[], words: readonly string[]): StatementKind {
  const at = words.indexOf('INDEX')
  if (at < 1 || at > 2 || words[at + 1] !== 'CONCURRENTLY') return plain
  const from = words[at + 2] === 'IF' ? at + 5 : at + 2
  const named = words[from] !== 'ON'
  const index = named ? nameAt(tokens, from) : null
  const on = words.indexOf('ON', from)
  const table = nameAt(tokens, words[on + 1] === 'ONLY' ? on + 2 : on + 1)
  return on === -1 || table === null ? { kind: 'alone' } : { kind: 'create-index', index, table }
}

function dropKind(tokens: readonly string[], words: readonly string[]): StatementKind {
  if (words[1] !== 'INDEX' || words[2] !== 'CONCURRENTLY') return plain
  const index = nameAt(tokens, words[3] === 'IF' ? 5 : 3)
  return index === null ? { kind: 'alone' } : { kind: 'drop-index', index }
}

function alterKind(tokens: readonly string[], words: readonly string[], second: string): StatementKind {
  if (second === 'SYSTEM') return { kind: 'refused', what: 'ALTER SYSTEM' }
  const detach = words.indexOf('DETACH')
  if (second !== 'TABLE' || detach === -1 || words[detach + 1] !== 'PARTITION') return plain
  if (!words.slice(detach).includes('CONCURRENTLY')) return plain
  const table = nameAt(tokens, words[2] === 'IF' ? 4 : 2)
  const partition = nameAt(tokens, detach + 2)
  return table === null || partition === null ? { kind: 'alone' } : { kind: 'detach', table, partition }
}

/** REINDEX SCHEMA, DATABASE and SYSTEM run in no transaction even without CONCURRENTLY. */
function reindexKind(tokens: readonly string[], words: readonly string[]): StatementKind {
  const at = words.findIndex((word) => ['INDEX', 'TABLE', 'SCHEMA', 'DATABASE', 'SYSTEM'].includes(word))
  const what = words[at] ?? ''
  if (!words.includes('CONCURRENTLY') && (what === 'INDEX' || what === 'TABLE')) return plain
  const name = nameAt(tokens, words[at + 1] === 'CONCURRENTLY' ? at + 2 : at + 1)
  return { kind: 'reindex', what, name }
}

/** The name, perhaps with its schema, that starts at a token. */
function nameAt(tokens: readonly string[], at: number): string | null {
  if (!isName(tokens[at])) return null
  let name = tokens[at] ?? ''
  for (let next = at + 1; tokens[next] === '.' && isName(tokens[next + 1]); next += 2)
    name += `.${tokens[next + 1]}`
  return name
}
