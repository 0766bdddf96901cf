import type { AnnouncedLosses } from './losses.ts'

/** One node of the graph, as the header of its file says it. */
export interface RevisionSpec {
  readonly revision: string
  readonly downRevision: string | readonly string[] | null
  /** Ids or labels that must be applied first; may cross lines. */
  readonly dependsOn?: string | readonly string[] | null
  readonly branchLabels?: string | readonly string[] | null
  /** The schema key whose folder holds the file. */
  readonly line?: string
  readonly message?: string
  /** ISO 8601. */
  readonly createdAt?: string
  /** Why nothing reverts it: a plan that would is refused. */
  readonly irreversible?: string
  /** What its header says that is lost; undefined where it says nothing. */
  readonly losses?: AnnouncedLosses
  /** Whether its header says that another tool's file was imported. */
  readonly imported?: boolean
}

/** A revision with the file it was read from. */
export interface RevisionFile extends RevisionSpec {
  readonly line: string
  readonly path: string
  readonly format: 'ts' | 'sql'
  readonly message: string
}
