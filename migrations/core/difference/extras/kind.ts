import type { Change } from '../../change.ts'
import { quoteIdentAlways, quoteLiteral } from '../../postgres/index.ts'

/** One piece of state that the difference engine does not see. */
export interface Extra {
  readonly kind: string
  readonly key: string
  readonly schema: string
  /** The table, or null where the extra stands alone. */
  readonly relation: string | null
  /** The schema of the table, where that may be another. */
  readonly relationSchema?: string
  readonly name: string
  readonly values: Readonly<Record<string, string | null>>
}

export interface ExtraStatement {
  readonly sql: string
  readonly extra: Extra
  /** What changes, for a person. */
  readonly words: Pick<Change, 'back' | 'detail' | 'verb'>
  readonly lock: 'none' | 'shareUpdateExclusive' | 'accessExclusive'
}

/** How one kind of extra is read, and how it gets from one state to another. */
export interface ExtraKind {
  readonly name: string
  readonly lock: ExtraStatement['lock']
  /**
   * SQL that gives schema, relation, name and values (json) for a server version number.
   * @param inherits whether any table has a parent
   */
  readonly query: (version: number, inherits: boolean) => string
  /** What a person reads of the values: how each is written. */
  readonly shown: Readonly<Record<string, Shown>>
  /** Whether it is an object of its own, which comes and goes; else it says something of another. */
  readonly isObject?: boolean
  /** The statements that lead from one state to the other; those of a list run after the engine's. */
  readonly change: (
    from: Extra | undefined,
    to: Extra | undefined,
    either: Extra,
  ) => readonly string[] | Around
}

/** How a value is written; null for none. */
export type Shown = (value: string | null) => string

export const asIs: Shown = (value) => value ?? 'none'

/** A text of a person: a comment. */
export const inQuotes: Shown = (value) => (value === null ? 'none' : quoteLiteral(value))

/** A letter or word of the catalogs by what it stands for. */
export function worded(words: Readonly<Record<string, string>>, none = 'none'): Shown {
  return (value) => (value === null ? none : (words[value] ?? value))
}

/** Statements that run before and after the engine's. */
export interface Around {
  readonly before: readonly string[]
  readonly after: readonly string[]
}

/** An identifier, always quoted: the writer takes away what is not needed. */
export function quoted(...names: readonly string[]): string {
  return names.map(quoteIdentAlways).join('.')
}

/** COMMENT ON, where the comment is another one. @param from undefined for an object that is new */
export function commentChange(target: string, from: Extra | undefined, to: Extra): readonly string[] {
  const comment = to.values.comment ?? null
  if (comment === (from?.values.comment ?? null)) return []
  return [`COMMENT ON ${target} IS ${comment === null ? 'NULL' : quoteLiteral(comment)}`]
}

/**
 * Drops and makes again what differs in one of `fields`; the comment follows.
 * @param target the object's kind and name
 */
export function recreated(
  target: string,
  from: Extra | undefined,
  to: Extra | undefined,
  fields: readonly string[],
  create: (wanted: Extra) => readonly string[],
): Around {
  const drop = `DROP ${target}`
  // What is only dropped goes last, when nothing needs it any more.
  if (to === undefined) return { before: [], after: from === undefined ? [] : [drop] }
  const isNew = from === undefined || fields.some((field) => from.values[field] !== to.values[field])
  return {
    before: from !== undefined && isNew ? [drop] : [],
    after: [...(isNew ? create(to) : []), ...commentChange(target, isNew ? undefined : from, to)],
  }
}
