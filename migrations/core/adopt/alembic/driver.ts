import type { ScratchPlace } from '../record/recording.ts'
import type { AlembicFolders } from './folders.ts'

/** What the driver is told: see `driver.py`. */
export interface DriverTask extends Pick<AlembicFolders, 'ini' | 'toml' | 'section' | 'bare' | 'flask'> {
  /** In place of what the settings say. */
  readonly scriptLocation: string | null
  readonly x: readonly string[]
  /** What the project's own files stand below. */
  readonly root: string
  readonly scratch: Omit<ScratchPlace, 'fenced'>
  /** What the scratch database's setting `just_mig.recording` has, and no other's. */
  readonly token: string
  readonly fence: boolean
  readonly describe: boolean
  /** Whether each downgrade is tried after its upgrade, but for those of `skip`. */
  readonly downs: boolean
  readonly skip: readonly string[]
}

export interface ToolError {
  readonly type: string
  readonly message: string
  readonly file: string | null
  readonly line: number | null
  /** The Python module that is missing. */
  readonly module?: string
  /** The environment variable that is not set. */
  readonly variable?: string
  readonly sqlState?: string
}

export interface DescribedRevision {
  readonly revision: string
  readonly parents: readonly string[]
  readonly dependsOn: readonly string[]
  readonly labels: readonly string[]
  readonly doc: string
  readonly file: string
}

/** What the driver tells. */
export type DriverEvent =
  | {
      readonly event: 'versions'
      readonly python: string
      readonly alembic: string
      readonly sqlalchemy: string
    }
  | { readonly event: 'graph'; readonly revisions: readonly DescribedRevision[] }
  | { readonly event: 'ready'; readonly table: string; readonly schema: string | null }
  | ({ readonly event: 'begin'; readonly searchPath: string; readonly role: string | null } & StepName)
  | ({ readonly event: 'end'; readonly error?: ToolError } & StepName)
  | { readonly event: 'failed'; readonly error: ToolError }
  | { readonly event: 'refused'; readonly code: RefusalCode; readonly what: string }
  | { readonly event: 'broken'; readonly revision: string }
  | { readonly event: 'done' }

export type RefusalCode = 'several-databases' | 'other-database' | 'not-redirected' | 'connection-refused'

interface StepName {
  readonly revision: string
  readonly direction: 'upgrade' | 'downgrade'
}
