import { type ExcludableObject, excludableKinds } from './excludable-kinds.ts'

/** Access methods that a source may be unable to give an index. */
const indexMethods = ['gin', 'gist', 'spgist', 'brin', 'hash', 'hnsw', 'ivfflat']

/** What a source may be silent on: kinds as `excludeKinds` has them, properties of a table, and forms of an index. */
export const silentKinds = [
  ...excludableKinds,
  'forced row security',
  'partitioning',
  'partial index',
  'expression index',
  ...indexMethods.map((method) => `${method} index`),
]

interface Source {
  readonly key?: string | undefined
  readonly silentOn?: readonly string[] | undefined
}

/** Only SQL can say rules, or these; a list that an earlier version wrote has the first alone. */
const unsaidWithRules = ['forced row security', 'partitioning']

/** The kinds that no source of a key can say: objects of these are left alone in its schema. */
export function silentOf(
  { sources }: { readonly sources: readonly Source[] },
  key: string,
): ReadonlySet<string> {
  const ofKey = sources.filter((source) => source.key === undefined || source.key === key)
  const [first, ...others] = ofKey.map(({ silentOn = [] }) =>
    silentOn.includes('rule') ? [...silentOn, ...unsaidWithRules] : silentOn,
  )
  return new Set((first ?? []).filter((kind) => others.every((each) => each.includes(kind))))
}

/** Whether an object is of one of some kinds. */
export function isOfKinds(object: ExcludableObject, kinds: ReadonlySet<string>): boolean {
  // What an index is like is asked only where it counts: its definition is read for that.
  return (
    kinds.has(object.kind) ||
    // Without row security no policy counts: who cannot say one says nothing of the other.
    (kinds.has('policy') && /^(?:forced )?row security$/.test(object.kind)) ||
    (kinds.has('partial index') && object.isPartial === true) ||
    (kinds.has('expression index') && object.hasExpression === true) ||
    (object.kind === 'index' && hasMethod(kinds) && kinds.has(`${object.method} index`))
  )
}

function hasMethod(kinds: ReadonlySet<string>): boolean {
  return indexMethods.some((method) => kinds.has(`${method} index`))
}
