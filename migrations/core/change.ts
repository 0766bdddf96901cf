/** One difference as a person reads it. */
export interface Change {
  readonly verb: 'add' | 'drop' | 'change' | 'rename'
  readonly kind: string
  readonly name: string
  /** The physical schema; undefined for an object of the whole database. */
  readonly schema: string | undefined
  /** `text not null`, `type integer → bigint`, or of a rename `to schema.new_name`. */
  readonly detail: string
  /** The detail of what reverts it, where that is another. */
  readonly back?: string
}

/** A change as one line: `add column rfx_user.profile.preferred_language text not null`. */
export function changeText(change: Change): string {
  return `${change.verb} ${change.kind} ${change.name}${change.detail === '' ? '' : ` ${change.detail}`}`
}

/** What reverts a change: what must be added was dropped. */
export function reversedChange(change: Change): Change {
  if (change.verb === 'rename') {
    return { ...change, name: change.detail.replace(/^to /, ''), detail: `to ${change.name}` }
  }
  const verbs = { add: 'drop', drop: 'add', change: 'change' } as const
  return { ...change, verb: verbs[change.verb], detail: change.back ?? change.detail, back: change.detail }
}
