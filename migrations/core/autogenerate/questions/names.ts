import {
  childKinds,
  type NamedKind,
  type NamedObject,
  namedKindWord,
  topKinds,
} from '../../difference/index.ts'
import { MigError } from '../../errors.ts'

/** What `--rename OLD=NEW` names on one side of the equals sign. */
export interface WrittenName {
  /** `type` of `type app.st`; undefined where only the name is given. */
  readonly kind: NamedKind | undefined
  /** `['app', 'profile', 'name']` */
  readonly parts: readonly string[]
  /** The argument types of `app.f(integer)`; undefined without parentheses. */
  readonly args: readonly string[] | undefined
}

const kinds: readonly NamedKind[] = [...topKinds, ...childKinds]
const part = /^(?:"((?:[^"]|"")+)"|([^".()]+))(\.|(?=\()|$)/

/**
 * Reads `app.profile.name`, `type app.st`, `app.f(integer, text)` or `app.st."in progress"`. A name with a dot, an
 * equals sign, a double quote or a parenthesis stands in double quotes, as SQL writes it; letter case counts.
 * @param flag what it is the value of
 * @throws MigError `bad-flag`
 */
export function readName(text: string, flag = 'rename'): WrittenName {
  const kind = kinds.find((each) => text.startsWith(`${namedKindWord(each)} `))
  let rest = kind === undefined ? text : text.slice(namedKindWord(kind).length).trimStart()
  const parts: string[] = []
  while (rest !== '' && !rest.startsWith('(')) {
    const found = part.exec(rest)
    if (found === null) throw badName(text, flag)
    parts.push(found[1]?.replaceAll('""', '"') ?? found[2] ?? '')
    rest = rest.slice(found[0].length)
  }
  const args = /^\((.*)\)$/s.exec(rest)?.[1]
  if (parts.length === 0 || (rest !== '' && args === undefined)) throw badName(text, flag)
  return { kind, parts, args: args === undefined ? undefined : splitArgs(args) }
}

function splitArgs(text: string): readonly string[] {
  return text.trim() === '' ? [] : text.split(/,(?![^(]*\))/).map((each) => each.trim())
}

function badName(text: string, flag: string): MigError {
  return new MigError('bad-flag', `--${flag} cannot read the name ${JSON.stringify(text)}`, {
    help: 'write schema.table, schema.table.column or schema.function(integer), with "double quotes" around a name that contains a dot',
  })
}

/** An object's name as {@link readName} takes it: `app.profile.name`. */
export function nameText({ schema, parent, name, args }: NamedObject): string {
  const path = pathText([schema, ...(parent === null ? [] : [parent.name]), name])
  return args === null ? path : `${path}(${args.join(', ')})`
}

/** The names of a schema, a table and a column as {@link readName} takes them: `app."my.table".id`. */
export function pathText(parts: readonly string[]): string {
  return parts.map(written).join('.')
}

/** A column as `--using` takes it. */
export function columnText(column: {
  readonly schema: string
  readonly table: string
  readonly name: string
}): string {
  return pathText([column.schema, column.table, column.name])
}

/** The new name as `--rename` takes it: alone, or with the schema that the object moves to. */
export function newNameText(from: NamedObject, to: NamedObject): string {
  return from.schema === to.schema ? written(to.name) : `${written(to.schema)}.${written(to.name)}`
}

function written(name: string): string {
  return /[".=()]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name
}
