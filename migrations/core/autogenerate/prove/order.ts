import type { Client } from 'pg'
import { exitCodes, MigError } from '../../errors.ts'
import {
  compareFingerprints,
  type Fingerprint,
  fingerprintChangesText,
} from '../../postgres/fingerprint/index.ts'
import { quoteIdent } from '../../postgres/index.ts'
import type { Project } from '../../runner/index.ts'
import { scratchOptions, withScratchDatabase } from '../../scratch/database.ts'
import { filteredSchemas } from '../../scratch/lines.ts'
import { runOnScratch } from '../../scratch/project.ts'
import { fingerprintOf } from '../../scratch/state.ts'
import { runSurrounded, surroundHistory } from '../../scratch/surroundings/surroundings.ts'
import type { ModelInput } from '../wanted/input.ts'
import { draftProject, type FileRequest, type GeneratedFile } from '../write/revision-files.ts'

type OrderInput = ModelInput &
  Pick<FileRequest, 'message' | 'format'> & { readonly wanted: Fingerprint | undefined }

/** One order that the graph allows: what each run of the runner is asked for. */
type Order = (client: Client, whole: Project) => Promise<void>

/**
 * Runs the history with new files on an empty database, in the orders that the files alone give. The proof before it
 * starts where all earlier revisions are applied, and cannot show that a new one comes after those it needs, and before
 * none that needs what it drops. So the lines of the new files go first, with no more than they depend on, and the
 * other lines after them. Files that cross no line are not run again.
 * @throws MigError `proof-failed` (exit 5) when a revision does not run, or when it leads elsewhere
 */
export async function proveOrder(
  project: Project,
  files: readonly GeneratedFile[],
  input: OrderInput,
): Promise<void> {
  if (!files.some(({ crossesLines }) => crossesLines)) return
  const keys = [...new Set(files.map(({ line }) => line))]
  const newFirst: Order = async (client, whole) => {
    for (const key of keys)
      await runOnScratch(client, whole, { direction: 'upgrade', target: 'heads', lines: [key] })
    await runOnScratch(client, whole, { direction: 'upgrade', target: 'heads' })
  }
  const newLast: Order = async (client, whole) => {
    await runOnScratch(client, project, { direction: 'upgrade', target: 'heads' })
    await runOnScratch(client, whole, { direction: 'upgrade', target: 'heads' })
  }
  const asPlanned: Order = (client, whole) =>
    runOnScratch(client, whole, { direction: 'upgrade', target: 'heads' })
  const stateAfter = (order: Order) => fingerprintAfter(project, files, input, order)
  const reached = await stateAfter(newFirst).catch(async (error: unknown) => {
    if (!(error instanceof MigError)) throw error
    // An earlier revision that lacks a dependency is not this command's to fix, where the history runs as a whole.
    if (isOf(files, error)) throw doesNotRun(error)
    return stateAfter(asPlanned).catch((cause: unknown) => {
      throw cause instanceof MigError ? doesNotRun(cause) : cause
    })
  })
  if (input.wanted === undefined || reached.hash === input.wanted.hash) return
  // Where the database was changed by hand the files lead elsewhere in any order.
  const last = await stateAfter(newLast)
  if (last.hash !== reached.hash) throw leadsElsewhere(reached, last)
}

function fingerprintAfter(
  project: Project,
  files: readonly GeneratedFile[],
  input: OrderInput,
  order: Order,
): Promise<Fingerprint> {
  const drafts = draftProject(project, files, input.message, input.format)
  return withScratchDatabase(scratchOptions(input), async ({ client }) => {
    for (const { schema } of input.lines)
      await client.query(`CREATE SCHEMA IF NOT EXISTS ${quoteIdent(schema)}`)
    await surroundHistory(client, project, input.surroundings)
    await runSurrounded(client, input.surroundings, () => drafts.run((whole) => order(client, whole)))
    return fingerprintOf(client, { ...input, schemas: filteredSchemas(input) })
  })
}

function isOf(files: readonly GeneratedFile[], { facts }: MigError): boolean {
  return files.some(({ revision }) => revision === facts.revision)
}

function doesNotRun(cause: MigError): MigError {
  return new MigError(
    'proof-failed',
    `on an empty database, in the order of the revision files, the history does not run: ${cause.message}`,
    {
      exitCode: exitCodes.proofFailed,
      help: 'if a revision creates what is missing, name it in dependsOn; else write one first: just mig-autogen "what the database has" --adopt, then just mig-stamp',
      cause,
      ...(cause.place === undefined ? {} : { place: cause.place }),
    },
  )
}

function leadsElsewhere(reached: Fingerprint, expected: Fingerprint): MigError {
  const left = compareFingerprints(reached, expected)
  return new MigError(
    'proof-failed',
    `on an empty database the files give a different result if the new revisions run as early as dependsOn allows:\n${fingerprintChangesText(left)}`,
    {
      exitCode: exitCodes.proofFailed,
      help: 'name the revisions that must run first in dependsOn: just mig-revision "…" --depends-on',
      facts: { fingerprint: left },
    },
  )
}
