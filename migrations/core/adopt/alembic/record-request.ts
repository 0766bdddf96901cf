import type { RecordingRequest } from '../record/recording.ts'
import type { AlembicFolders } from './folders.ts'
import type { Interpreter } from './python.ts'

export interface RecordRequest extends RecordingRequest {
  readonly folders: AlembicFolders
  readonly python: Interpreter
  /** What `alembic -x` takes. */
  readonly x: readonly string[]
  readonly show: (path: string) => string
}
