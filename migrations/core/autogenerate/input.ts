import type { Client } from 'pg'
import type { EnvironmentOptions } from '../environment/index.ts'
import type { State } from '../scratch/state.ts'
import type { Decide } from './decisions.ts'
import type { RenameDecisions } from './renames/settle.ts'
import type { CastDecisions } from './search/decisions.ts'
import type { ModelInput } from './wanted/input.ts'

export interface AutogenerateInput extends ModelInput {
  /** The database whose state is the base; null to start from the revisions alone. */
  readonly liveUrl: string | null
  /** A database whose state is wanted, instead of the models: what was changed by hand becomes a revision. */
  readonly adoptUrl?: string
  /** Brings an empty scratch database to where the revisions of all lines lead. */
  readonly replay: (client: Client) => Promise<void>
  /** The schemas outside the filter that {@link replay} has left something out of; default: none. */
  readonly cutSchemas?: () => readonly string[]
  /** Writes the ledger that {@link replay} would leave, and no more. Without it the revisions are always replayed. */
  readonly standAtHeads?: (client: Client) => Promise<void>
  /** Refuses a wanted state before anything is made of it. */
  readonly expectWanted?: (wanted: State) => Promise<void>
  readonly casts: CastDecisions
  readonly renames: RenameDecisions
  /** Asks a person about what is left open; without it that is an error. */
  readonly decide?: Decide
  /** Write the non-blocking form for tables that are there already. */
  readonly online: boolean
  readonly rewrite?: EnvironmentOptions['rewriteStatements']
  /** A person reads the output, so that it may have values of rows; default: no. */
  readonly showsValues?: boolean
  /** What is not modelled is an error. */
  readonly strict: boolean
  /** A failed proof is part of the result, not an error. */
  readonly keep: boolean
}
