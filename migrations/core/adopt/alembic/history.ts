import { readSource } from '../../source-file.ts'
import { type ImportedHistory, type ImportedRevision, inOrder } from '../history.ts'
import { recordedDowngrade, recordedNotes } from '../record/recording.ts'
import { createdAt, messageOf, messageOfName, type RevisionHead } from './heads.ts'
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
      ...{ source: show(file), text: readSource(file) },
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
    const [upgrade, downgrade] = [offline.get(`upgrade ${revision}`), offline.get(`downgrade ${revision}`)]
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
      ...(downgrade === undefined ? recordedDowngrade(recording, revision) : { downgrade }),
    }
  })
  return { tool: 'alembic', revisions: inOrder(revisions) }
}

function parentsOf(parents: readonly string[]): ImportedRevision['downRevision'] {
  const [only = null] = parents
  return parents.length > 1 ? parents : only
}
