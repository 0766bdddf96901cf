/** Something with data in it that a revision's upgrade or downgrade takes away. */
export interface Loss {
  /**
   * `table`: a table with all that it holds; `column`: a column with its values; `rows`: rows of a table that stays;
   * `values`: values of a column that stays.
   */
  readonly kind: 'table' | 'column' | 'rows' | 'values'
  /** Unquoted parts: schema and table, then the column. Without the schema in a tenant line. */
  readonly name: readonly string[]
  readonly reason?: string
}

/** What the header of a revision says that each side loses. */
export interface AnnouncedLosses {
  readonly upgrade: readonly Loss[]
  readonly downgrade: readonly Loss[]
}

/** A loss of one side. */
export interface SideLoss {
  readonly side: keyof AnnouncedLosses
  readonly loss: Loss
}

const words: Readonly<Record<Loss['kind'], string>> = {
  table: 'table',
  column: 'column',
  rows: 'rows of table',
  values: 'values of column',
}

const isAboutColumn = (kind: Loss['kind']): boolean => kind === 'column' || kind === 'values'

/** A loss as a person reads it, and as it stands in a header: `values of column app.t.c (its new type is shorter)`. */
export function lossText({ kind, name, reason }: Loss): string {
  const text = `${words[kind]} ${name.map(namePart).join('.')}`
  return reason === undefined ? text : `${text} (${reason})`
}

/** The line of a header that announces a loss: `Upgrade loses: table app.p`. */
export function lossLine(side: keyof AnnouncedLosses, loss: Loss): string {
  return `${side === 'upgrade' ? 'Upgrade' : 'Downgrade'} loses: ${lossText(loss)}`
}

/** A revision's text without the lines that announce a loss; line ends become LF. */
export function withoutLossLines(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replace(/^[ \t]*(?:--|\*|\/\/)[ \t]*(?:Upgrade|Downgrade) loses: .*\n/gm, '')
}

const quotedPart = /^(?:[uU]&)?"(?:[^"]|"")+"/
const plainPart = /^[\p{L}_][\p{L}\p{N}_$]*/u

/** Reads what {@link lossText} writes; undefined for any other text. */
export function parseLoss(text: string): Loss | undefined {
  const [, word = '', rest = ''] = /^(table|column|rows of table|values of column)\s+(.*)$/i.exec(text) ?? []
  const kind = (['table', 'column', 'rows', 'values'] as const).find(
    (each) => words[each] === word.toLowerCase(),
  )
  if (kind === undefined) return undefined
  const { name, end } = parseName(rest)
  const most = isAboutColumn(kind) ? 3 : 2
  if (name.length < most - 1 || name.length > most) return undefined
  const after = rest.slice(end).trim()
  if (after === '') return { kind, name }
  const reason = /^\((.+)\)$/.exec(after)?.[1]?.trim()
  return reason === undefined ? undefined : { kind, name, reason }
}

/** The name at the start of a text, by PostgreSQL's rules (manual, section 4.1.1): no parts where there is none. */
function parseName(text: string): { readonly name: readonly string[]; readonly end: number } {
  const name: string[] = []
  let end = 0
  for (;;) {
    const part = quotedPart.exec(text.slice(end))?.[0] ?? plainPart.exec(text.slice(end))?.[0]
    if (part === undefined) return { name: [], end }
    name.push(part.includes('"') ? unquoted(part) : part.toLowerCase())
    end += part.length
    if (text[end] !== '.') return { name, end }
    end += 1
  }
}

/** What would break a line, or the reading of it. */
const unprintable = /[\p{Cc}\u2028\u2029\u200E\u200F\u202A-\u202E\u2066-\u2069\uFEFF]/u

/** One part of a name as an SQL identifier, on one line: with Unicode escapes (manual, section 4.1.2.3) if need be. */
function namePart(part: string): string {
  if (/^[a-z_][a-z0-9_]*$/.test(part)) return part
  const quoted = part.replaceAll('"', '""')
  if (!unprintable.test(part)) return `"${quoted}"`
  const escaped = quoted
    .replaceAll('\\', '\\\\')
    .replace(new RegExp(unprintable, 'gu'), (char) => `\\${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
  return `U&"${escaped}"`
}

function unquoted(part: string): string {
  const inner = part.slice(part.indexOf('"') + 1, -1).replaceAll('""', '"')
  if (part.startsWith('"')) return inner
  return inner.replace(/\\(?:\\|([\da-fA-F]{4}))/g, (_, code: string | undefined) =>
    code === undefined ? '\\' : String.fromCharCode(Number.parseInt(code, 16)),
  )
}

/**
 * A loss with its schema: a name in a tenant line, or one that a person wrote without, is of the line's own schema.
 * @param schema the target schema, unquoted
 */
export function qualifiedLoss(loss: Loss, schema: string): Loss {
  const most = isAboutColumn(loss.kind) ? 3 : 2
  return loss.name.length === most ? loss : { ...loss, name: [schema, ...loss.name] }
}

/**
 * Whether an announcement speaks of what has happened: of the same thing, or of the table or column that it is in. Both
 * with their schema. A table or column that is dropped and made again, empty, is announced as the whole.
 */
export function announces(announced: Loss, happened: Loss): boolean {
  const isSame =
    announced.name.length <= happened.name.length &&
    announced.name.every((part, at) => part === happened.name[at])
  if (!isSame) return false
  if (announced.name.length < happened.name.length) return true
  return announced.kind === happened.kind || announced.kind === 'table' || announced.kind === 'column'
}
