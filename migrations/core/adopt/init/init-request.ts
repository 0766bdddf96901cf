import type { FoundHistory } from '../find-histories.ts'
import type { AdoptedRows } from '../import/applied.ts'
import type { FoundModels } from './found-models.ts'
import type { Differing } from './live-project.ts'
import type { FoundLedger, FoundSchema } from './schemas.ts'

export interface InitRequest {
  /** Schemas to manage, `name` or `key=name` with commas between them; default: all that hold something. */
  readonly schemas: string
  /** Whether to write first revisions from the live database. Default: yes, unless another tool's ledger is there. */
  readonly baseline?: boolean
  /** Whether models and first revisions have owners and grants. Default: no, and asked where the database has any. */
  readonly privileges?: boolean
  /** The package's own justfile. */
  readonly justfile: string
  readonly now: Date
}

export interface InitResult {
  /** Relative to the project folder. */
  readonly files: readonly string[]
  readonly schemas: readonly FoundSchema[]
  /** The first revisions, which the ledger says are applied. */
  readonly adopted: readonly AdoptedRows[]
  /** Whether the database has something in these schemas. */
  readonly isFilled: boolean
  readonly ledgers: readonly FoundLedger[]
  /** Histories of other tools in the project folder. */
  readonly histories: readonly FoundHistory[]
  /** Schemas that others own, which were left alone. */
  readonly others: readonly string[]
  readonly models?: OwnModels
}

/** The models that a project has already, and what differs from the live database. */
export interface OwnModels extends Pick<FoundModels, 'what' | 'tablesFilter'>, Differing {
  /** The SQL model of what they refer to and cannot say, relative to the project folder. */
  readonly needed?: string
}
