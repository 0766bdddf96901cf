import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Environment } from '../../environment/index.ts'
import { MigError } from '../../errors.ts'
import type { Session } from '../../runner/index.ts'
import { readSource } from '../../source-file.ts'
import type { ImportedHistory } from '../history.ts'
import { expectNotImported } from '../import/already-imported.ts'
import { type ImportOptions, type ImportResult, importHistory, shownPath } from '../import/import.ts'
import { type LedgerPlace, readAlembicLedgers } from '../import/ledgers.ts'
import { withRecording } from '../record/recording.ts'
import type { DescribedRevision } from './driver.ts'
import { otherWays } from './failures.ts'
import { type AlembicFolders, findAlembicFolders, pythonFiles } from './folders.ts'
import { readHeaders } from './headers.ts'
import { alembicHistory, recordedSides } from './history.ts'
import { type OfflineSql, readOfflineSql } from './offline-sql.ts'
import { findPython } from './python.ts'
import { recordAlembic } from './record.ts'

export interface AlembicRequest extends ImportOptions {
  /** The folder with `alembic.ini`, the script folder, or a folder of revision files. */
  readonly path: string
  /** Files with what `alembic upgrade … --sql` and `alembic downgrade … --sql` wrote. */
  readonly offlineSql?: readonly string[]
  /** The section of alembic.ini, as `alembic --name` takes it. */
  readonly section?: string
  /** The interpreter that has the project's packages. */
  readonly python?: string
  /** What `alembic -x` takes. */
  readonly x?: readonly string[]
  /** Lets the project reach the network while it is recorded. */
  readonly allowNetwork?: boolean
}

/**
 * Imports an Alembic project: what its own Alembic does on an empty database, recorded, and what its version tables
 * say. What `offlineSql` has comes from there; with `baseline`, or where all comes from there, no Python is run.
 * @throws MigError `no-alembic-project`, `no-python`, `python-module`, `tool-setting`, `tool-fails`, `history-fails`,
 *   `bad-alembic-revision`, `bad-offline-sql`, and as `importHistory`.
 */
export async function importAlembic(
  session: Session,
  env: Environment,
  request: AlembicRequest,
): Promise<ImportResult> {
  const folders = findAlembicFolders(resolve(env.root, request.path), request.section)
  const show = shownPath(env)
  const place = placeOf(request.ledger, versionTableOf(folders))
  const offline = readOfflineFiles(env, request.offlineSql ?? [], place.table)
  const written = ({ revision, file }: DescribedRevision) => ({
    upgrade: offline.get(`upgrade ${revision}`) ?? null,
    ...{ downgrade: offline.get(`downgrade ${revision}`) ?? null, text: readSource(file) },
  })
  const read = () => alembicHistory(readHeaders(folders, show), show, written)
  const bring = async (history: ImportedHistory, ledger: LedgerPlace, more: object = {}) =>
    importHistory(session, env, {
      ...{ ...request, otherWays, ...more, history },
      ledgers: await readAlembicLedgers(session.client, ledger),
      ignoreTables: [ledger.table ?? 'alembic_version'],
    })
  if (request.baseline) return bring(read(), place)
  if (offline.size > 0) {
    const history = read()
    if (history.revisions.every(({ upgrade, downgrade }) => upgrade !== null && downgrade !== null))
      return bring(history, place)
  }
  const heads = (await readAlembicLedgers(session.client, place)).flatMap(({ revisions }) => revisions)
  expectNotImported(
    env,
    'alembic',
    heads.map((revision) => ({ name: revision, revision })),
  )
  const python = findPython(folders.cwd, request.python && resolve(env.root, request.python), process.env)
  return withRecording(session, env, { ...request, text: projectText(folders) }, async (given) => {
    const recording = await recordAlembic({ ...given, folders, python, show, x: request.x ?? [] })
    const { table, schema } = recording.ledger
    const facts = { revisions: recording.revisions.length, seconds: given.took(), tool: recording.tool }
    const recorded = { ...given, databases: recording.databases, ignoreTables: [table] }
    const ledger = placeOf(request.ledger, { table, schema: schema ?? undefined })
    const sides = (each: DescribedRevision) => recordedSides(recording, offline, each)
    const result = await bring(alembicHistory(recording.revisions, show, sides), ledger, { recorded })
    return { ...result, recording: facts }
  })
}

function readOfflineFiles(env: Environment, files: readonly string[], table: string | undefined): OfflineSql {
  const sections = files.flatMap((file) => {
    const path = resolve(env.root, file)
    if (!existsSync(path)) {
      throw new MigError('bad-offline-sql', `there is no file ${file}`, {
        help: 'write it with Alembic: alembic upgrade base:heads --sql > upgrade.sql',
        place: { file },
      })
    }
    return [...readOfflineSql(readSource(path), file, table)]
  })
  return new Map(sections)
}

/** `version_table='…'` of `context.configure` in `env.py`, where it is a plain text. */
function versionTableOf({ scriptLocation }: AlembicFolders): LedgerPlace {
  const file = scriptLocation === undefined ? undefined : join(scriptLocation, 'env.py')
  if (file === undefined || !existsSync(file)) return {}
  const [, table] = /\bversion_table\s*=\s*["'](\w+)["']/.exec(readSource(file)) ?? []
  return table === undefined ? {} : { table }
}

/** All Python of the script folder: what the history makes itself is named there. */
function projectText({ versions, scriptLocation }: AlembicFolders): string {
  const folders = [...(scriptLocation === undefined ? [] : [scriptLocation]), ...versions]
  return [...new Set(folders.flatMap(pythonFiles))].map(readSource).join('\n')
}

/** Where a ledger is: as it was said, else as it was found. */
function placeOf({ table, schema }: LedgerPlace = {}, found: LedgerPlace): LedgerPlace {
  return { table: table ?? found.table, schema: schema ?? found.schema }
}
