import { wordsOf } from '../postgres/sql/words.ts'
import { routineFacts } from '../postgres/statement/index.ts'
import { Reader } from '../postgres/statement/reader.ts'

/**
 * Why a statement cannot be told from what it leaves in the schemas of a project, as words to follow "it": it asks the
 * database, or changes something that is not in these schemas. Undefined for one that can. What is not known is refused.
 * @param schemas the schemas that its revisions make
 */
export function whyNotKept(sql: string, schemas: readonly string[]): string | undefined {
  const reader = new Reader(sql)
  const words = wordsOf(sql)
  const moment = words.find(({ text }) => moments.test(text))
  if (moment !== undefined) return `queries the database: ${moment.text}`
  const [first = '', second = ''] = words.map(({ lower }) => lower)
  const elsewhere = `${first.toUpperCase()} ${second.toUpperCase()} changes more than its schemas`
  switch (first) {
    case 'create':
      return createsOwn(reader, schemas) ? whyNotSame(selectOfCreate(sql)) : elsewhere
    case 'alter':
      return reader.takes('alter') && (takesKind(reader) || reader.takes('default', 'privileges'))
        ? undefined
        : elsewhere
    case 'drop':
      return reader.takes('drop') && takesKind(reader) ? undefined : elsewhere
    case 'comment':
      return reader.takes('comment', 'on') && takesNamed(reader, schemas) ? undefined : elsewhere
    case 'grant':
    case 'revoke':
      reader.until((each) => each.sees('on') || each.sees('to') || each.sees('from'))
      return reader.takes('on') && takesNamed(reader, schemas) ? undefined : elsewhere
    case 'insert':
    case 'update':
    case 'delete':
    case 'merge':
    case 'truncate':
    case 'with':
      return whyNotSame(sql)
    case 'select':
      reader.takes('select')
      reader.takes('pg_catalog', '.')
      return reader.sees('setval', '(') ? whyNotSame(sql) : 'queries the database: SELECT'
    case 'set':
    case 'reset':
      return reader.takes(first, 'session', 'authorization') || /^(role|session)$/.test(second)
        ? `changes its role: ${first.toUpperCase()} ${second.toUpperCase()}`
        : undefined
    case 'refresh':
    case 'analyze':
    case 'lock':
      return undefined
    case 'do':
    case 'call':
    case 'copy':
    case 'execute':
    case 'explain':
      return `queries the database: ${first.toUpperCase()}`
    default:
      return elsewhere
  }
}

/** Whether rows may be others each time because of what a statement makes or alters: a default, a function, a cast. */
export function mayVaryRows(sql: string): boolean {
  const reader = new Reader(sql)
  if (!reader.sees('create') && !reader.sees('alter')) return false
  return routineFacts(sql) !== undefined || whyNotSame(sql) !== undefined
}

/**
 * The word by which what a statement makes or alters may give rows that go by the hour or the day, or by few outcomes of chance.
 * A time as it is, and a random id, are another value in each run, and are seen by that.
 */
export function clockIn(sql: string): string | undefined {
  const reader = new Reader(sql)
  if (!reader.takes('create') && !reader.takes('alter')) return undefined
  if (reader.sees('policy')) return undefined
  return clocks.exec(sql.replace(plainUses, ' '))?.[0].trim()
}

/**
 * The words of a statement that writes computed values or changes a default, or makes a routine that may: a column that they
 * name may have another value than its default gives. With `*` it may be any column.
 */
export function rewrittenBy(sql: string): readonly string[] {
  const isRoutine = routineFacts(sql) !== undefined
  const first = wordsOf(sql)[0]?.lower ?? ''
  if (first === 'create' && !isRoutine)
    return wordsOf(sql)[1]?.lower !== 'materialized' && selectOfCreate(sql) !== '' ? ['*'] : []
  const computes = isRoutine ? /^/ : computing[first]
  if (computes?.test(sql) !== true) return []
  const words = sql.replace(plainSets, ' ').match(/[\w$\u0080-\uffff]+/g) ?? []
  return unnamedColumns.test(sql) ? [...words, '*'] : words
}

/** By first word, what computes values. */
const computing: Readonly<Record<string, RegExp>> = {
  insert: /\b(?:select|update|table|returning)\b|\bvalues\s*\([\s\S]*\b[a-z_]\w*\s*\(/i,
  alter: /\busing\b|\bset\s+default\b/i,
  update: /^/,
  merge: /^/,
  with: /^/,
}

const unnamedColumns = /\binsert\s+into\s+(?:[\w$]+|"[^"]*")(?:\s*\.\s*(?:[\w$]+|"[^"]*"))?\s+(?!\s|\()/i

const clocks =
  /\b(?:current_(?:date|time|timestamp)|localtime(?:stamp)?|(?:now|age|timeofday|random|random_normal|(?:clock|statement|transaction)_timestamp)\s*\()|'\s*(?:now|today|tomorrow|yesterday)\b[^'\n]*'/i

const plainUses =
  /(?:\bdefault|:=|=)\s*(?:(?:now|(?:clock|statement|transaction)_timestamp|random)\s*\(\s*\)|current_timestamp|localtimestamp|md5\s*\(\s*random\s*\(\s*\)\s*::\s*text\s*\))(?=\s*(?:[;,)]|$|(?:not|null|primary|unique|references|end)\b))/gi

const plainSets = new RegExp(`\\bnew\\s*\\.\\s*"?\\w+"?\\s*${plainUses.source}`, 'gi')

/** The statement of an extension that is made as every other time. */
export function makesAnExtension(sql: string): boolean {
  return new Reader(sql).takes('create', 'extension')
}

const kinds: readonly (readonly string[])[] = [
  ...['table', 'index', 'view', 'function', 'procedure', 'routine', 'aggregate', 'type', 'domain'],
  ...['sequence', 'trigger', 'rule', 'policy', 'statistics', 'operator', 'collation'],
]
  .map((word) => [word])
  .concat([
    ['materialized', 'view'],
    ['text', 'search'],
  ])

function takesKind(reader: Reader): boolean {
  return kinds.some((kind) => reader.takes(...kind))
}

function createsOwn(reader: Reader, schemas: readonly string[]): boolean {
  reader.takes('create')
  if (reader.takes('schema')) return takesOwnSchema(reader, schemas)
  reader.takes('or', 'replace')
  for (const word of ['unique', 'unlogged', 'recursive', 'constraint']) reader.takes(word)
  return takesKind(reader)
}

function takesOwnSchema(reader: Reader, schemas: readonly string[]): boolean {
  reader.skipExistence()
  const name = reader.name()
  return name !== undefined && schemas.includes(name) && reader.isAtEnd
}

/** Whether what a GRANT, REVOKE or COMMENT names is in the schemas. */
function takesNamed(reader: Reader, schemas: readonly string[]): boolean {
  if (reader.takes('all')) reader.until((each) => each.sees('schema'))
  if (reader.takes('schema')) {
    do {
      const name = reader.name()
      if (name === undefined || !schemas.includes(name)) return false
    } while (reader.takes(','))
    return true
  }
  // Of a column it has two parts, or three.
  if (reader.takes('column')) {
    const { schema } = reader.schemaName() ?? {}
    return !reader.sees('.') || schemas.includes(schema ?? '')
  }
  const isKind = takesKind(reader)
  if (!isKind && reader.takes('constraint')) {
    reader.name()
    if (!reader.takes('on')) return false
    reader.takes('domain')
  }
  // The name of a trigger, rule or policy comes before that of its table.
  const { schema } = reader.schemaName() ?? {}
  // A kind that is not ours, as DATABASE, has been taken for a name, with another one behind it.
  const isName = isKind || [',', 'to', 'from', 'is'].some((word) => reader.sees(word))
  return isName && (schema === undefined || schemas.includes(schema))
}

/** What a CREATE TABLE … AS or a materialized view selects. */
function selectOfCreate(sql: string): string {
  const reader = new Reader(sql)
  reader.takes('create')
  reader.takes('unlogged')
  if (!reader.takes('table') && !reader.takes('materialized', 'view')) return ''
  reader.until((each) => each.sees('as'))
  return reader.takes('as') ? reader.rest() : ''
}

/** Why rows are not the same whenever and wherever the statement runs; undefined where nothing says so. */
function whyNotSame(sql: string): string | undefined {
  const words = wordsOf(sql)
  for (const [at, { lower, text }] of words.entries()) {
    const isCall = words[at + 1]?.text === '('
    const isOther = (isCall && volatile.has(lower)) || sessions.has(lower) || ofServer.test(lower)
    if (isOther) return `queries the database: ${text} in ${words[0]?.text.toUpperCase()}`
  }
  return undefined
}

/** Functions whose result is another one each time or elsewhere (manual, chapter 9). */
const volatile = new Set(
  `now clock_timestamp statement_timestamp transaction_timestamp timeofday random random_normal gen_random_uuid
   gen_random_bytes gen_salt array_shuffle array_sample age uuidv4 uuidv7 uuid_generate_v1 uuid_generate_v1mc uuid_generate_v4 version current_setting set_config
   current_database current_schema current_schemas inet_client_addr inet_server_addr nanoid`.split(/\s+/),
)

const sessions = new Set(
  `current_date current_time current_timestamp localtime localtimestamp current_user current_role session_user user
   current_catalog system_user information_schema`.split(/\s+/),
)

/** Strings that a cast to a date or a time takes for a moment (manual, 8.5.1.4), with a time or an offset beside. */
const moments = /^(?:e?'|\$\w*\$)[\s\d:.+-]*(?:now|today|tomorrow|yesterday)(?:[\s\d:.+-][\s\w:.+-]*)?['$]/i

const ofServer = /^"?(pg|txid)_(?!catalog)/
