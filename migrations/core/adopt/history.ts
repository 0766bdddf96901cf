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
  /** The text of that file, where it is not the SQL itself. */
  readonly text?: string
  /** Null where its SQL is not known. */
  readonly upgrade: readonly BodyPart[] | null
  /** Null where the other tool has no downgrade. */
  readonly downgrade: readonly BodyPart[] | null
  /** What else the header of its file says. */
  readonly notes?: readonly string[]
  /** Why nothing reverts it. */
  readonly irreversible?: string
  /** What it did depended on rows of the database that it was recorded on. */
  readonly readsRows?: boolean
}

/** One piece of an `upgrade` or `downgrade`. */
export type BodyPart =
  | { readonly kind: 'sql'; readonly sql: string }
  /** Runs outside the transaction. */
  | { readonly kind: 'autocommit'; readonly parts: readonly BodyPart[] }

export interface ImportedHistory {
  /** As `mig-import` calls it. */
  readonly tool: string
  readonly revisions: readonly ImportedRevision[]
}

/** Imported revisions by their ids. */
export type RevisionsById = ReadonlyMap<string, ImportedRevision>

export function revisionsById(revisions: readonly ImportedRevision[]): RevisionsById {
  return new Map(revisions.map((revision) => [revision.revision, revision]))
}

/** The ids that some lead to, themselves included. */
export function reachedFrom(
  start: readonly string[],
  next: (id: string) => readonly string[],
): ReadonlySet<string> {
  const reached = new Set(start)
  // A set is walked in the order of insertion, what is added on the way too.
  for (const id of reached) for (const other of next(id)) reached.add(other)
  return reached
}

/** All SQL of a history, to see what it makes itself. */
export function historySql({ revisions }: ImportedHistory): string {
  return revisions.flatMap(({ upgrade }) => (upgrade ?? []).flatMap(statementsOf)).join(';\n')
}

/** The statements of a part, those outside of a transaction too. */
export function statementsOf(part: BodyPart): readonly string[] {
  return part.kind === 'sql' ? [part.sql] : part.parts.flatMap(statementsOf)
}

/** The ids that a revision comes after. */
export function needsOf({ downRevision, dependsOn }: ImportedRevision): readonly string[] {
  return [...listOf(downRevision), ...dependsOn]
}

/** The parents of a revision that the history has. */
export function parentsOf({ downRevision }: ImportedRevision, byId: RevisionsById): readonly string[] {
  return listOf(downRevision).filter((parent) => byId.has(parent))
}

/** The folders that the file of a revision is in. */
export function foldersOf({ source }: ImportedRevision): readonly string[] {
  return source.split(/[\\/]/).slice(0, -1)
}

/** Parents as a list. */
export function listOf(value: ImportedRevision['downRevision']): readonly string[] {
  return value === null ? [] : typeof value === 'string' ? [value] : value
}

/** Parents before children, otherwise by time and then as the files come. */
export function inOrder(revisions: readonly ImportedRevision[]): readonly ImportedRevision[] {
  const byId = revisionsById(revisions)
  const sorted = [...revisions].sort((a, b) => (a.createdAt ?? '').localeCompare(b.createdAt ?? ''))
  const placed = new Set<ImportedRevision>()
  for (const first of sorted) {
    // A walk with a stack of its own: a history may be thousands of revisions deep.
    const stack = [first]
    for (let revision = stack.at(-1); revision !== undefined; revision = stack.at(-1)) {
      const open = needsOf(revision)
        .map((id) => byId.get(id))
        .find((need) => need !== undefined && !placed.has(need) && !stack.includes(need))
      if (open !== undefined) stack.push(open)
      else placed.add(stack.pop() ?? revision)
    }
  }
  return [...placed]
}
