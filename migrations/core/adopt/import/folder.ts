import { resolve } from 'node:path'
import type { ClientBase } from 'pg'
import type { Environment } from '../../environment/index.ts'
import type { Session } from '../../runner/index.ts'
import type { ImportedHistory } from '../history.ts'
import type { ForeignLedger } from './applied.ts'
import { type ImportResult, importHistory } from './import.ts'
import type { LedgerTable } from './ledgers.ts'
import { type ImportOptions, shownPath } from './options.ts'

/** A tool whose migrations are SQL files. */
interface FolderTool<Migration> {
  /** The usual name of its ledger. */
  readonly table: string
  readonly readProject: (
    given: string,
    show: (path: string) => string,
  ) => { readonly history: ImportedHistory; readonly migrations: readonly Migration[] }
  readonly readLedgers: (
    client: ClientBase,
    migrations: readonly Migration[],
    place: LedgerTable,
  ) => Promise<readonly ForeignLedger[]>
}

export interface FolderImport extends ImportOptions {
  readonly path: string
}

/** Imports a folder of SQL files, and what the tool's ledger says. @throws what the tool's readers and `importHistory` throw */
export async function importFolder<Migration>(
  session: Session,
  env: Environment,
  { readProject, readLedgers, table: usual }: FolderTool<Migration>,
  request: FolderImport,
): Promise<ImportResult> {
  const { history, migrations } = readProject(resolve(env.root, request.path), shownPath(env))
  const place = { ...request.ledger, table: request.ledger?.table ?? usual }
  const ledgers = await readLedgers(session.client, migrations, place)
  return importHistory(session, env, { ...request, history, ledgers, ignoreTables: [place.table] })
}
