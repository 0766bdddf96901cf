import type { Progress } from '../../ledger/index.ts'
import type { Project } from '../project.ts'
import type { RevisionSource } from '../run/revision-body.ts'
import type { Session } from '../session/session.ts'
import type { RoleOfRevision } from './own-sql.ts'

/** What one attempt at a step begins with. */
export interface StepStart extends RoleOfRevision {
  /** False with one transaction for the whole run. */
  readonly ownTransaction: boolean
  readonly checksum: string
  /** What an earlier attempt has left, to go on from. */
  readonly progress: Progress | undefined
  /** Milliseconds. */
  readonly lockTimeout: number
  readonly statementTimeout: number
  /** Whether the revision itself set its lock timeout, which then holds for index builds too. */
  readonly explicitLockTimeout: boolean
  /** Run first in the first transaction. */
  readonly opening: readonly string[]
}

/** What the steps of one run share. */
export interface StepContext {
  readonly session: Session
  readonly project: Project
  readonly total: number
  /** Target schemas that did not exist when the run began. */
  readonly missing: ReadonlySet<string>
  /** The target schemas whose locks the run holds. */
  readonly targetSchemas: readonly string[]
  /** What earlier runs have left half done, as it was when this one began. */
  readonly halfDone: readonly Progress[]
  /** Go on with a half-done revision although its file was edited. */
  readonly resumeEdited: boolean
  readonly revisions: RevisionSource
}
