import { quoteIdentAlways } from '../../postgres/index.ts'
/** One piece of state that the difference engine does not see. */
export interface Extra {
  readonly kind: string
  readonly key: string
  readonly schema: string
  /** The table, or null where the extra stands alone. */
  readonly relation: string | null
  readonly name: string
  readonly values: Readonly<Record<string, string | null>>
}

export interface ExtraStatement {
  readonly sql: string
  readonly extra: Extra
  readonly lock: 'none' | 'shareUpdateExclusive' | 'accessExclusive'
}

/** How one kind of extra is read, and how it gets from one state to another. */
export interface ExtraKind {
  readonly name: string
  readonly lock: ExtraStatement['lock']
  /** SQL that gives schema, relation, name and values (json) for a server version number. */
  readonly query: (version: number) => string
  readonly change: (
    from: Extra | undefined,
    to: Extra | undefined,
  ) => { readonly before: readonly string[]; readonly after: readonly string[] }
}

/** An identifier, always quoted: the writer takes away what is not needed. */
export function quoted(...names: readonly string[]): string {
  return names.map(quoteIdentAlways).join('.')
}
