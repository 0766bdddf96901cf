export { commitsBetween, type OnCopy } from './walk.ts'

import type { Client } from 'pg'
import type { Rename } from '../../../difference/index.ts'
import { concernedTables, noPartition, seedRows } from '../../../scratch/rows/index.ts'
import type { AutogenerateInput } from '../../input.ts'
import type { ModelInput } from '../../wanted/input.ts'
import type { GeneratedRevision } from '../../write/revision.ts'
import { withHeirs } from './heirs.ts'
import { type RowObserver, rowObserver } from './observer.ts'
import { rowPlan } from './plan.ts'
import { triedRows } from './trial.ts'
import type { EmptiedTable, OnCopy } from './walk.ts'

export type { RowObserver } from './observer.ts'

/** Adds the rows of a seed file to a scratch database at the base state. */
export function seedBase(client: Client, { modelsDir, cacheDir, lines, emit }: ModelInput): Promise<void> {
  const searchPath = lines.filter((line) => line.tenant).map((line) => line.schema)
  return seedRows(client, { modelsDir, cacheDir, searchPath, ...(emit === undefined ? {} : { emit }) })
}

/** Rows to prove revisions with, and the revisions with what their heads have to say of them. */
export interface ProofRows {
  readonly revisions: readonly GeneratedRevision[]
  readonly observer: RowObserver
}

/**
 * Makes rows on a scratch database at the base state, in each table that revisions touch and that a foreign key ties to
 * one, and observes them.
 * @param onCopy where the change is tried beforehand, if it is one that {@link commitsBetween}
 */
export async function proofRows(
  client: Client,
  revisions: readonly GeneratedRevision[],
  { lines, renames }: Pick<AutogenerateInput, 'lines'> & { readonly renames: readonly Rename[] },
  onCopy?: OnCopy,
): Promise<ProofRows> {
  const plan = rowPlan(revisions, lines, await withHeirs(client, renames))
  const tables = await concernedTables(client, plan)
  const tried = await triedRows(client, tables, plan, revisions, lines, onCopy)
  const observer = await rowObserver(client, plan, tried)
  const touched = new Set(tables.flatMap(({ oid, why }) => (why === 'touched' ? [oid] : [])))
  const without = tried.without.filter(({ oid }) => touched.has(oid))
  return { revisions: naming(revisions, without, tried.emptied, lines), observer }
}

/** The revisions with the tables without rows in their heads, each in the one of its schema. */
function naming(
  revisions: readonly GeneratedRevision[],
  without: readonly EmptiedTable[],
  emptied: readonly EmptiedTable[],
  lines: AutogenerateInput['lines'],
): readonly GeneratedRevision[] {
  const lineOf = (schema: string) => lines.find((line) => line.schema === schema)
  const isFirst = (line: string, at: number) => revisions.findIndex((each) => each.line === line) === at
  return revisions.map((revision, at) => {
    const own = (tables: readonly EmptiedTable[]) =>
      tables.flatMap(({ schema, name, reason }) => {
        const line = lineOf(schema)
        const home = revisions.some((each) => each.line === line?.key) ? line?.key : revisions[0]?.line
        if (home !== revision.line || !isFirst(home, at)) return []
        const table = line?.tenant === true ? name : `${schema}.${name}`
        return [reason === noPartition ? `${table} (${reason})` : table]
      })
    return {
      ...revision,
      upgrade: { ...revision.upgrade, withoutRows: own(without) },
      downgrade: { ...revision.downgrade, withoutRows: own(emptied) },
    }
  })
}
