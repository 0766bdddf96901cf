/** A revision that was read from another tool, before it is a file of ours. */
export interface ImportedRevision {
  readonly revision: string
  readonly downRevision: string | readonly string[] | null
  readonly dependsOn: readonly string[]
  readonly branchLabels: readonly string[]
  readonly message: string
  /** ISO 8601; undefined where the tool does not say. */
  readonly createdAt: string | undefined
  /** The file that it was read from, as messages name it. */
  readonly source: string
  readonly upgrade: readonly BodyPart[]
  /** Null where the other tool has no way back. */
  readonly downgrade: readonly BodyPart[] | null
  /** The upgrade found by following it on a scratch database, for one that could not be converted as it stands. */
  readonly follow?: (database: ScratchState) => Promise<Followed>
  /** What else the head of its file says. */
  readonly note?: string
  /** Why nothing takes it back: it is part of what the live database had. */
  readonly irreversible?: string
}

/** What following a body came to: all of it, or the place that stopped it. */
export type Followed =
  | {
      readonly kind: 'parts'
      readonly parts: readonly BodyPart[]
      /** The rows that it asked for, where it did: a live database may have others. */
      readonly rows: string | undefined
    }
  | { readonly kind: 'stopped'; readonly file: string; readonly line: number; readonly reason: string }

/** A scratch database in the state that a revision starts from. */
export interface ScratchState {
  query(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]>
  /** Runs a statement, and gives the number of rows that it met. */
  run(sql: string): Promise<number>
}

/** One piece of an `upgrade` or `downgrade`. */
export type BodyPart =
  | { readonly kind: 'sql'; readonly sql: string }
  /** Runs outside the transaction. */
  | { readonly kind: 'autocommit'; readonly parts: readonly BodyPart[] }
  | UnconvertedPart

/** Statements that have no SQL that could be known without running the other tool. */
export interface UnconvertedPart {
  readonly kind: 'unconverted'
  /** 1-based lines of the source file. */
  readonly line: number
  readonly endLine: number
  /** What stands in the way: `the value of bind`, `a loop`. */
  readonly reason: string
  readonly source: string
  /** Not run, and not in the way: the replay shows that the schema does not need it. */
  readonly leftOut?: boolean
}

/** Everything that an import read. */
export interface ImportedHistory {
  readonly tool: 'alembic' | 'drizzle' | 'prisma' | 'sql'
  readonly revisions: readonly ImportedRevision[]
}

/** Where an import could not go on by itself. */
export interface UnconvertedPlace {
  readonly file: string
  readonly line: number
  readonly endLine: number
  readonly revision: string
  readonly direction: 'upgrade' | 'downgrade'
  readonly reason: string
  readonly leftOut: boolean
}

/** What could not be converted, in the order of the revisions. */
export function unconvertedPlaces(history: ImportedHistory): readonly UnconvertedPlace[] {
  return history.revisions.flatMap((revision) =>
    (['upgrade', 'downgrade'] as const).flatMap((direction) =>
      flatParts(revision[direction] ?? []).flatMap((part) =>
        part.kind === 'unconverted'
          ? [
              {
                file: revision.source,
                line: part.line,
                endLine: part.endLine,
                revision: revision.revision,
                direction,
                reason: part.reason,
                leftOut: part.leftOut ?? false,
              },
            ]
          : [],
      ),
    ),
  )
}

/** A history in which what could not be converted in some revisions' upgrades is left out. */
export function leavingOut(history: ImportedHistory, revisions: ReadonlySet<string>): ImportedHistory {
  const leave = (part: BodyPart): BodyPart => {
    if (part.kind === 'autocommit') return { ...part, parts: part.parts.map(leave) }
    return part.kind === 'unconverted' ? { ...part, leftOut: true } : part
  }
  return {
    ...history,
    revisions: history.revisions.map((revision) =>
      revisions.has(revision.revision) ? { ...revision, upgrade: revision.upgrade.map(leave) } : revision,
    ),
  }
}

/** Whether nothing in a body stands in the way. */
export function isWhole(parts: readonly BodyPart[]): boolean {
  return flatParts(parts).every((part) => part.kind !== 'unconverted' || (part.leftOut ?? false))
}

function flatParts(parts: readonly BodyPart[]): readonly BodyPart[] {
  return parts.flatMap((part) => (part.kind === 'autocommit' ? flatParts(part.parts) : [part]))
}
