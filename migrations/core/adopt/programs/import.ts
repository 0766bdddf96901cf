import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Environment } from '../../environment/index.ts'
import type { Session } from '../../runner/index.ts'
import { expectNotImported } from '../import/already-imported.ts'
import { type ImportOptions, type ImportResult, importHistory, shownPath } from '../import/import.ts'
import { readLedgerNames, readListLedgers } from '../import/ledgers.ts'
import { withRecording } from '../record/recording.ts'
import { knownMigrations, programHistory } from './history.ts'
import { findProgramProject, type ProgramCommands } from './project.ts'
import { recordProgram } from './record.ts'
import type { ProgramTool } from './tools.ts'

export interface ProgramImport extends ImportOptions, ProgramCommands {
  /** The folder of the project, or the file of the tool's settings. */
  readonly path: string
  readonly allowNetwork?: boolean
}

/**
 * Imports the history of a tool whose migrations are programs: what it does itself on an empty database, recorded,
 * and what its ledger says in the live one.
 * @throws MigError `already-imported`, `no-project`, `no-settings`, `not-led`, `tool-not-found`, `tool-fails`, `tool-hangs`,
 *   `not-redirected`, `several-databases`, `connection-refused`, `history-fails`, `several-ledgers`, `unrecorded`,
 *   `no-recording`, and as `importHistory`.
 */
export async function importProgram(
  session: Session,
  env: Environment,
  tool: ProgramTool,
  request: ProgramImport,
): Promise<ImportResult> {
  const show = shownPath(env)
  const project = findProgramProject(tool, resolve(env.root, request.path), request)
  const ledger = { ...tool.ledger, query: namesOf }
  const applied = await readLedgerNames(session.client, ledger, request.ledger)
  expectNotImported(env, tool.name, knownMigrations(tool, applied), knownMigrations(tool, project.files))
  const text = project.files.map((file) => readFileSync(file, 'utf8')).join('\n')
  return withRecording(session, env, { ...request, text }, async (given) => {
    const baseline = request.baseline ?? false
    const recording = await recordProgram({ ...given, tool, project, table: request.ledger?.table, baseline })
    const { table } = recording.ledger
    const { history, migrations } = programHistory(tool, recording, project.files, show)
    const ignoreTables = [table, ...tool.ownTables(table)]
    const place = { table, schema: request.ledger?.schema }
    const facts = { revisions: recording.names.length, seconds: given.took(), tool: project.up.shown }
    const result = await importHistory(session, env, {
      ...{ ...request, history, ignoreTables },
      ledgers: await readListLedgers(session.client, migrations, ledger, place),
      // A baseline has the schema of the live database, and none of the rows.
      ...(baseline ? {} : { recorded: { ...given, databases: recording.databases, ignoreTables } }),
    })
    return { ...result, recording: facts }
  })
}

/** The migrations by the names that they have whether they are compiled or not. */
function namesOf(from: string): string {
  return String.raw`SELECT ARRAY[name::text, regexp_replace(name, '\.([cm]?[jt]s|sql)$', '')] AS names FROM ${from}`
}
