import { readFileSync } from 'node:fs'
import { withoutSecrets } from '../../secrets.ts'
import type { BodyPart, ImportedHistory, ImportedRevision } from '../history.ts'
import { inOrder } from '../history.ts'
import { recordedNotes } from '../record/notes.ts'
import type { Piece } from '../record/piece.ts'
import { createdAt, messageOf } from './docstring.ts'
import type { DescribedRevision, ToolError } from './driver.ts'
import { messageOfName, type RevisionHead } from './heads.ts'
import type { OfflineSql } from './offline-sql.ts'
import type { AlembicRecording } from './record.ts'

/** A history of which only the heads were read; its SQL is what `offline` has. */
export function headHistory(
  heads: readonly RevisionHead[],
  offline: OfflineSql,
  show: (path: string) => string,
): ImportedHistory {
  const revisions = heads.map((head): ImportedRevision => {
    const { revision, parents, dependsOn, labels: branchLabels, message, createdAt, file } = head
    const [upgrade, downgrade] = (['upgrade', 'downgrade'] as const).map(
      (direction) => offline.get(`${direction} ${revision}`) ?? null,
    )
    return {
      ...{ revision, downRevision: parentsOf(parents), dependsOn, branchLabels, message, createdAt },
      ...{ source: show(file), text: readFileSync(file, 'utf8') },
      ...{ upgrade: upgrade ?? null, downgrade: downgrade ?? null },
    }
  })
  return { tool: 'alembic', revisions: inOrder(revisions) }
}

/** A history as it was recorded; what `offline` has goes before it. */
export function recordedHistory(
  recording: AlembicRecording,
  offline: OfflineSql,
  show: (path: string) => string,
): ImportedHistory {
  const revisions = recording.revisions.map((described): ImportedRevision => {
    const { revision, parents, dependsOn, labels: branchLabels, doc, file } = described
    const message = messageOf(doc) || messageOfName(file)
    const upgrade = offline.get(`upgrade ${revision}`)
    const piece = recording.upgrades.get(revision)
    return {
      ...{ revision, downRevision: parentsOf(parents), dependsOn, branchLabels, message },
      ...{ createdAt: createdAt(doc), source: show(file) },
      ...(upgrade === undefined
        ? {
            upgrade: piece?.parts ?? [],
            notes: piece === undefined ? [] : recordedNotes(piece, recording.varying.has(revision)),
            readsRows: piece?.readsRows ?? false,
          }
        : { upgrade }),
      ...wayBack(described, recording, offline),
    }
  })
  return { tool: 'alembic', revisions: inOrder(revisions) }
}

function parentsOf(parents: readonly string[]): ImportedRevision['downRevision'] {
  const [only = null] = parents
  return parents.length > 1 ? parents : only
}

function wayBack(
  { revision }: DescribedRevision,
  { upgrades, downgrades }: AlembicRecording,
  offline: OfflineSql,
): Pick<ImportedRevision, 'downgrade' | 'irreversible'> {
  const written = offline.get(`downgrade ${revision}`)
  if (written !== undefined) return { downgrade: written }
  const found = downgrades.get(revision)
  if (found === undefined) return { downgrade: null, irreversible: 'its downgrade could not be recorded' }
  if (!isPiece(found)) return { downgrade: null, irreversible: `its downgrade fails: ${reasonOf(found)}` }
  if (found.copies || found.hides)
    return { downgrade: null, irreversible: 'its downgrade could not be recorded' }
  const does = (parts: readonly BodyPart[] | undefined) => parts !== undefined && parts.length > 0
  if (!does(found.parts) && does(upgrades.get(revision)?.parts))
    return { downgrade: null, irreversible: 'its downgrade does nothing' }
  return { downgrade: found.parts }
}

function isPiece(found: Piece | ToolError): found is Piece {
  return 'parts' in found
}

function reasonOf({ type, message }: ToolError): string {
  const [first = ''] = withoutSecrets(message).trim().split('\n')
  return first === '' ? type : `${type}: ${first}`.slice(0, 200)
}
