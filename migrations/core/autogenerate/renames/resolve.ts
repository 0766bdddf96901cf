import {
  containerOf,
  idKey,
  type NamedObject,
  namedId,
  namedKindWord,
  type Rename,
} from '../../difference/index.ts'
import { nearestFew } from '../../environment/index.ts'
import { MigError } from '../../errors.ts'
import { nameText, readName, type WrittenName } from '../questions/names.ts'

/** What has names in the database, and in the models. */
export interface NamedSides {
  readonly source: readonly NamedObject[]
  readonly wanted: readonly NamedObject[]
}

/**
 * The renames that a person gave, by the old name. Whatever else changes, both ends must exist: the old name in the
 * database, the new one in the models.
 * @param given old name → new name, as `--rename` takes them
 * @throws MigError `not-a-rename` for an end that does not exist, or a new name that is taken; `bad-flag`
 */
export function resolvedRenames(
  given: Readonly<Record<string, string>>,
  sides: NamedSides,
): readonly Rename[] {
  const wishes = Object.entries(given).map(([old, next]) => ({
    old,
    next,
    from: readName(old),
    to: readName(next),
  }))
  // What holds others first, so that their new names are known.
  const sorted = wishes.toSorted((a, b) => a.from.parts.length - b.from.parts.length)
  const found: Rename[] = []
  for (const wish of sorted) found.push(resolved(wish, sides, found))
  for (const rename of found) expectFree(rename, found, sides)
  return found
}

interface Wish {
  readonly old: string
  readonly next: string
  readonly from: WrittenName
  readonly to: WrittenName
}

function resolved(wish: Wish, sides: NamedSides, earlier: readonly Rename[]): Rename {
  const olds = named(wish, sides.source, earlier)
  const pairs = olds.flatMap((from): readonly Rename[] => {
    const to = target(from, wish.to, sides.wanted, earlier)
    return to === undefined ? [] : [{ from, to }]
  })
  const [only, ...others] = pairs
  if (only === undefined) throw noTarget(wish, olds, sides.wanted, earlier)
  if (others.length === 0) return only
  const options = pairs.map(
    ({ from }) => `--rename '${namedKindWord(from.kind)} ${nameText(from)}=${wish.next}'`,
  )
  throw new MigError('not-a-rename', `${wish.old} names several objects`, {
    help: `say which: ${options.join(' or ')}`,
  })
}

/** The objects of the database that an old name may mean. What holds it may have its new name already. */
function named(
  { old, from }: Wish,
  source: readonly NamedObject[],
  earlier: readonly Rename[],
): readonly NamedObject[] {
  const [schema = '', second = '', third] = from.parts
  if (from.parts.length < 2 || from.parts.length > 3) {
    throw new MigError('not-a-rename', `${old} needs its schema or table`, {
      help: 'write schema.table=name or schema.table.column=name',
    })
  }
  const isKind = ({ kind }: NamedObject) => from.kind === undefined || kind === from.kind
  if (third === undefined) {
    const siblings = source.filter(
      (object) => object.schema === schema && object.parent === null && isKind(object),
    )
    const found = siblings.filter(
      (object) => object.name === second && (from.args === undefined || sameArgs(object.args, from.args)),
    )
    if (found.length === 0)
      throw unknownName(wordsOf(from, 'table or other object'), schema, second, siblings)
    return found
  }
  const holder = earlier.find(
    ({ to }) => to.parent === null && to.schema === schema && to.name === second,
  )?.from
  const [within, name] = [holder?.schema ?? schema, holder?.name ?? second]
  const siblings = source.filter(
    (object) => object.schema === within && object.parent?.name === name && isKind(object),
  )
  const found = siblings.filter((object) => object.name === third)
  if (found.length > 0) return found
  const holders = source.filter((object) => object.schema === within && object.parent === null)
  if (!holders.some((object) => object.name === name))
    throw unknownName('table or type', within, name, holders)
  const isEnum = siblings.some(({ kind }) => kind === 'value')
  throw unknownName(wordsOf(from, isEnum ? 'value' : 'column'), `${within}.${name}`, third, siblings)
}

function wordsOf({ kind }: WrittenName, otherwise: string): string {
  return kind === undefined ? otherwise : namedKindWord(kind)
}

function sameArgs(some: readonly string[] | null, others: readonly string[] | null): boolean {
  return (some ?? []).join() === (others ?? []).join()
}

/** The object of the models that an object of the database becomes, with what holds it under that one's new name. */
function target(
  from: NamedObject,
  written: WrittenName,
  wanted: readonly NamedObject[],
  earlier: readonly Rename[],
): NamedObject | undefined {
  const { schema, parent } = placeIn(from, written, earlier)
  const name = written.parts.at(-1)
  const fitting = wanted.filter(
    (object) =>
      object.kind === from.kind &&
      object.schema === schema &&
      object.parent?.name === parent &&
      object.name === name &&
      (written.args === undefined || sameArgs(object.args, written.args)),
  )
  return fitting.find((object) => sameArgs(object.args, from.args)) ?? fitting[0]
}

/** Where the models have an object under its new name. */
function placeIn(
  from: NamedObject,
  { parts }: WrittenName,
  earlier: readonly Rename[],
): { readonly schema: string; readonly parent: string | undefined } {
  if (from.parent === null) {
    return { schema: parts.length === 2 ? (parts[0] ?? '') : from.schema, parent: undefined }
  }
  const key = idKey(containerOf(from))
  const holder = earlier.find(({ from: old }) => old.parent === null && idKey(namedId(old)) === key)?.to
  return { schema: holder?.schema ?? from.schema, parent: holder?.name ?? from.parent.name }
}

function noTarget(
  { old, next, to }: Wish,
  olds: readonly NamedObject[],
  wanted: readonly NamedObject[],
  earlier: readonly Rename[],
): MigError {
  const [from] = olds
  if (from === undefined)
    return new MigError('not-a-rename', `${old} does not exist`, { help: 'see just mig-check' })
  const { schema, parent } = placeIn(from, to, earlier)
  const siblings = wanted.filter(
    (object) => object.kind === from.kind && object.schema === schema && object.parent?.name === parent,
  )
  const where = parent === undefined ? schema : `${schema}.${parent}`
  const error = unknownName(namedKindWord(from.kind), where, to.parts.at(-1) ?? next, siblings)
  return new MigError('not-a-rename', `in the models ${error.message}`, {
    help: `give the name that the models have: --rename ${old}=…`,
  })
}

function unknownName(kind: string, where: string, name: string, siblings: readonly NamedObject[]): MigError {
  const names = [...new Set(siblings.map((object) => object.name))]
  const near = nearestFew(name, names, 3)
  const shown = (near.length > 0 ? near : names).slice(0, 8)
  const rest =
    shown.length === 0 ? '' : `; it has ${shown.join(', ')}${names.length > shown.length ? ' …' : ''}`
  return new MigError('not-a-rename', `${where} has no ${kind} ${name}${rest}`, {
    help: 'write the name in the database, then the name in the models: --rename schema.table.old=new',
  })
}

/** An object that keeps its name cannot give it away: it would have to go, with its data. */
function expectFree({ from, to }: Rename, all: readonly Rename[], { source }: NamedSides): void {
  const holder = from.parent === null ? undefined : from.parent.name
  const schema = from.parent === null ? to.schema : from.schema
  const occupant = source.find(
    (object) =>
      object.kind === from.kind &&
      object.schema === schema &&
      object.parent?.name === holder &&
      object.name === to.name &&
      sameArgs(object.args, to.args),
  )
  if (occupant === undefined || all.some((rename) => rename.from === occupant)) return
  throw new MigError(
    'not-a-rename',
    `${nameText(from)} cannot become ${nameText(to)}: the database already has ${nameText(occupant)}, which would be dropped`,
    {
      help: `rename that one too (--rename ${nameText(occupant)}=…), or drop it in a revision before this one`,
    },
  )
}
