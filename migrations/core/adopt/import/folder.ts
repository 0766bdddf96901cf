import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { ClientBase } from 'pg'
import type { Environment } from '../../environment/index.ts'
import { MigError } from '../../errors.ts'
import type { Session } from '../../runner/index.ts'
import type { ImportedHistory, ToolName } from '../history.ts'
import type { ForeignLedger } from './applied.ts'
import { type ImportOptions, type ImportResult, importHistory, shownPath } from './import.ts'
import type { LedgerTable } from './ledgers.ts'

interface FolderReaders<Migration> {
  readonly name: ToolName
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

export interface FolderTool {
  readonly name: ToolName
  /** Imports a folder, and what the tool's ledger says. @throws what its readers and `importHistory` throw */
  readonly import: (session: Session, env: Environment, request: FolderImport) => Promise<ImportResult>
}

export interface FolderImport extends ImportOptions {
  readonly path: string
}

export function folderTool<Migration>(readers: FolderReaders<Migration>): FolderTool {
  const { name, table: usual, readProject, readLedgers } = readers
  return {
    name,
    async import(session, env, request) {
      const [given, show] = [resolve(env.root, request.path), shownPath(env)]
      if (!existsSync(given)) throw noFolder(show(given))
      const { history, migrations } = readProject(given, show)
      const place = { ...request.ledger, table: request.ledger?.table ?? usual }
      const ledgers = await readLedgers(session.client, migrations, place)
      return importHistory(session, env, { ...request, history, ledgers, ignoreTables: [place.table] })
    },
  }
}

function noFolder(shown: string): MigError {
  return new MigError('no-project', `there is no ${shown}`, {
    help: 'list what is found here: just mig-import',
  })
}
