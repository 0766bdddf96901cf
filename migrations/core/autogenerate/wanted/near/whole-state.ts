import {
  type Fingerprint,
  type FingerprintObject,
  fingerprintHash,
} from '../../../postgres/fingerprint/index.ts'
import { type Dependency, dependantsOf, partKey } from './dependants.ts'
import type { KeptState } from './kept-state.ts'
import type { NearModels } from './models.ts'

type Objects = KeptState['objects']

/** The objects of some schemas; undefined where one is not known. */
export function objectsOf(all: readonly Fingerprint[], schemas: readonly string[]): Objects | undefined {
  if (all.some(({ unknown }) => unknown.length > 0)) return undefined
  return new Map(
    all.flatMap(({ objects }) => [...objects].filter(([, { schema }]) => schemas.includes(schema))),
  )
}

/**
 * The state that models make as a whole, by what a part of them makes, and a part of the models of a known state.
 * @returns undefined where the part is not as in the whole
 */
export function wholeState(
  kept: KeptState,
  { files, touched }: Pick<KeptState, 'files'> & Pick<NearModels, 'touched'>,
  { old, next, dependencies }: Parts,
): KeptState | undefined {
  const left = outsideOf(kept.objects, old)
  if (left === undefined || reaches(kept, old, next, left, touched)) return undefined
  if (meetsOthers(left, old, next)) return undefined
  return {
    ...{ files, database: kept.database },
    objects: new Map([...left, ...next]),
    dependencies: [...dependenciesOf(left, kept.dependencies), ...dependenciesOf(next, dependencies)],
  }
}

/** What a part of the models of a known state makes, and what the part of the models does, with the dependencies there. */
interface Parts extends Pick<KeptState, 'dependencies'> {
  readonly old: Objects
  readonly next: Objects
}

/** What a whole has beside a part of it; undefined where the part has anything that is not the same in the whole. */
function outsideOf(whole: Objects, part: Objects): Objects | undefined {
  const same = new Map([...whole].filter(([identity]) => part.has(identity)))
  if (same.size !== part.size || fingerprintHash(same) !== fingerprintHash(part)) return undefined
  return new Map([...whole].filter(([identity]) => !part.has(identity)))
}

/**
 * Whether the difference between two parts reaches anything that is left out of them: by a name that models touch, by what
 * PostgreSQL knows to depend on what differs, or because tables or types of the parts are not there with all that others can
 * depend on.
 */
function reaches(
  { dependencies }: KeptState,
  from: Objects,
  to: Objects,
  left: Objects,
  touched: ReadonlySet<string>,
): boolean {
  const differing = [...from, ...to].filter(([identity]) => !isSame(from.get(identity), to.get(identity)))
  const { whole, parts } = dependantsOf(
    dependencies,
    differing.map(([, object]) => holderOf(object)),
  )
  const there = new Set(
    [...from.values()].flatMap((each) => (each.kind === 'schema' ? [] : [holderOf(each)])),
  )
  return [...left.values()].some((object) => {
    const { schema, name, parent = name } = object
    const holder = holderOf(object)
    if ([schema, '?'].some((each) => touched.has(`${each}.${parent}`.toLowerCase()))) return true
    return whole.has(holder) || parts.has(partKey(holder, name)) || (isNeeded(object) && there.has(holder))
  })
}

function isSame(one: FingerprintObject | undefined, other: FingerprintObject | undefined): boolean {
  return JSON.stringify(one?.definition) === JSON.stringify(other?.definition)
}

/** What an object is of: its table or type, or itself. */
function holderOf({ schema, name, parent = name }: FingerprintObject): string {
  return `${schema}.${parent}`
}

/** The dependencies of some objects. */
function dependenciesOf(objects: Objects, all: readonly Dependency[]): readonly Dependency[] {
  const own = new Set(
    [...objects.values()].map((each) =>
      // The sequence of a column is a relation all the same.
      each.parent === undefined || each.kind === 'sequence'
        ? `${each.schema}.${each.name}`
        : partKey(holderOf(each), each.name),
    ),
  )
  return all.filter(([dependent, part]) => own.has(part === null ? dependent : partKey(dependent, part)))
}

/** Whether it is of a table or a type in a way that others can depend on, or copy. */
function isNeeded({ kind, definition: { definition } }: FingerprintObject): boolean {
  if (kind === 'constraint') return typeof definition !== 'string' || !definition.startsWith('FOREIGN KEY')
  return kind === 'column' || kind === 'attribute'
}

/**
 * Whether what is new in a part has a name that is taken by what is left out, which PostgreSQL would have refused or changed there,
 * or what is gone had one that another has with a number for that.
 */
function meetsOthers(left: Objects, from: Objects, to: Objects): boolean {
  const others = [...left.values()].flatMap(namesOf)
  const taken = new Set(others)
  const numbered = new Set(others.map((name) => name.replace(/(?<!\d)\d+$/, '')))
  const gone = namesApart(from, to)
  return (
    namesApart(to, from).some((name) => taken.has(name)) ||
    gone.some((name) => numbered.has(name)) ||
    // To make room for a number PostgreSQL cuts more off.
    (gone.some(isLong) && others.some((name) => isLong(name) && /\d$/.test(name)))
  )
}

/** Whether PostgreSQL may have cut it (63 bytes, fewer where a character would be parted). */
function isLong(name: string): boolean {
  return Buffer.byteLength(name) > 60
}

/** The names of what one has and the other has not. */
function namesApart(one: Objects, other: Objects): readonly string[] {
  return [...one].flatMap(([identity, object]) => (other.has(identity) ? [] : namesOf(object)))
}

const named: ReadonlySet<string> = new Set(['index', 'constraint', 'sequence'])

/** A part of a table has no name of its own in its schema, but for what is a relation. */
function namesOf({ kind, schema, name, parent }: FingerprintObject): readonly string[] {
  return parent === undefined || named.has(kind) ? [`${schema}.${name}`] : []
}
