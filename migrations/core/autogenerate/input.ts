import type { Client } from 'pg'
import type { EnvironmentOptions, ModelsPlace } from '../environment/index.ts'
import type { EmitEvent } from '../events.ts'
import type { Scope } from './engine/index.ts'
import type { CastDecisions } from './guide/decisions.ts'
import type { RenameDecisions } from './renames/settle.ts'
import type { State } from './state.ts'
import type { Surroundings } from './surroundings.ts'

/** One key of the schema map, and the schema that stands for it on scratch databases. */
export interface LineTarget {
  readonly key: string
  /** The physical schema; for a tenant line {@link tenantStandIn} of its key. */
  readonly schema: string
  readonly tenant: boolean
}

/** What autogenerate and check work on. */
export interface ModelInput {
  /** Where scratch databases may be made; see `scratchServer`. */
  readonly scratchUrl: string
  readonly models: ModelsPlace
  /** The folder of a seed. */
  readonly modelsDir: string
  readonly cacheDir: string
  /** Every line of the schema map, in its order. */
  readonly lines: readonly LineTarget[]
  /** The keys that may change. */
  readonly filter: readonly string[]
  readonly excludes: Scope['excludes']
  /** Equal while `excludes` is; undefined when it cannot be known, so that nothing may be kept for later. */
  readonly exclusions?: string | undefined
  readonly privileges: boolean
  /** What others own in a live database is rebuilt where it would run with our own rights; default: no. */
  readonly trustLive?: boolean
  /** What is made on scratch databases first; missing where no live database is looked at. */
  readonly surroundings?: Surroundings
  readonly emit?: EmitEvent
  readonly signal?: AbortSignal
}

export interface AutogenerateInput extends ModelInput {
  /** The database whose state is the base; null to start from the revisions alone. */
  readonly liveUrl: string | null
  /** A database whose state is wanted, instead of the models: what was changed by hand becomes a revision. */
  readonly adoptUrl?: string
  /** Brings an empty scratch database to where the revisions of all lines lead. */
  readonly replay: (client: Client) => Promise<void>
  /** Writes the ledger that {@link replay} would leave, and no more. Without it the revisions are always replayed. */
  readonly standAtHeads?: (client: Client) => Promise<void>
  /** Refuses a wanted state before anything is made of it. */
  readonly expectWanted?: (wanted: State) => Promise<void>
  readonly casts: CastDecisions
  readonly renames: RenameDecisions
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

/**
 * The schema that stands for the tenants of a line on scratch databases; it never reaches a file. PostgreSQL writes it
 * without quotes, whatever the key, so that it can be found in what PostgreSQL writes.
 */
export function tenantStandIn(key: string): string {
  const plain = key.replace(/[^a-z0-9_]/g, (letter) => `_x${letter.charCodeAt(0).toString(16)}_`)
  return `mig_tenant_of_${plain}`
}

/** The schemas of the filter. */
export function filteredSchemas({ lines, filter }: Pick<ModelInput, 'lines' | 'filter'>): readonly string[] {
  return lines.filter((line) => filter.includes(line.key)).map((line) => line.schema)
}
