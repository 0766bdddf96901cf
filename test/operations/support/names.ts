import { qualifiedName, quoteIdent } from '../../../migrations/core/postgres/sql/quote.ts'

/** A way to name things: the plain words of the cases, or the worst that PostgreSQL allows. */
export interface Naming {
  readonly title: string
  readonly name: (word: string) => string
}

export const plain: Naming = { title: 'plain words', name: (word) => word }

const reserved = [
  'select',
  'table',
  'user',
  'order',
  'check',
  'default',
  'column',
  'primary',
  'all',
  'current_user',
]

/** Each gives every word another name, so that two objects of a case never meet. */
export const namings: readonly Naming[] = [
  plain,
  { title: 'double quotes', name: (word) => `"${word}"; DROP TABLE ""x"" --` },
  { title: 'single quotes and backslashes', name: (word) => `'${word}'\\'\\\\$body$%s%I` },
  { title: 'dots and spaces', name: (word) => `${word}. a .b` },
  { title: 'letters beyond ASCII', name: (word) => `ünï码🦜 ${word}` },
  { title: 'template syntax', name: (word) => `\${${word}}\`:${word} $1 ?` },
  {
    title: '63 bytes',
    name: (word) =>
      `${word}${'é'.repeat(40)}`
        .slice(0, word.length + Math.floor((63 - word.length) / 2))
        .concat((63 - word.length) % 2 === 1 ? 'x' : ''),
  },
  { title: 'capitals', name: (word) => word.toUpperCase() },
  { title: 'reserved words', name: (word) => reserved[numberOf(word)] ?? word },
]

const words = ['app', 'agents', 'model', 'teams', 'id', 'team_id', 'status', 'name', 'renamed', 'made']

function numberOf(word: string): number {
  return words.indexOf(word)
}

/** The names of one case: unquoted by `n('agents')`, quoted by `q`, quoted with the schema by `t`. */
export interface Names {
  (word: string): string
  readonly schema: string
  q(word: string): string
  t(word: string): string
}

export function namesOf(naming: Naming, schemaWord = 'app'): Names {
  const schema = naming.name(schemaWord)
  return Object.assign((word: string) => naming.name(word), {
    schema,
    q: (word: string) => quoteIdent(naming.name(word)),
    t: (word: string) => qualifiedName(schema, naming.name(word)),
  })
}
