import { basename } from 'node:path'
import { type ImportedHistory, type ImportedRevision, inOrder } from '../history.ts'
import { recordedDowngrade, recordedNotes } from '../record/recording.ts'
import type { DescribedRevision } from './driver.ts'
import type { OfflineSql } from './offline-sql.ts'
import type { AlembicRecording } from './record.ts'

type Sides = Pick<ImportedRevision, 'upgrade' | 'downgrade' | 'text' | 'notes' | 'readsRows' | 'irreversible'>

/** The revisions that Alembic or the headers of its files describe, with the SQL of their sides. */
export function alembicHistory(
  described: readonly DescribedRevision[],
  show: (path: string) => string,
  sidesOf: (revision: DescribedRevision) => Sides,
): ImportedHistory {
  const revisions = described.map((each): ImportedRevision => {
    const { revision, parents, dependsOn, labels: branchLabels, doc, file } = each
    const [only = null] = parents
    return {
      ...{ revision, downRevision: parents.length > 1 ? parents : only, dependsOn, branchLabels },
      ...{ message: messageOf(doc) || messageOfName(file), createdAt: createdAt(doc), source: show(file) },
      ...sidesOf(each),
    }
  })
  return { tool: 'alembic', revisions: inOrder(revisions) }
}

/** The sides of a revision as they were recorded; what `offline` has goes before it. */
export function recordedSides(
  recording: AlembicRecording,
  offline: OfflineSql,
  { revision }: DescribedRevision,
): Sides {
  const [upgrade, downgrade] = [offline.get(`upgrade ${revision}`), offline.get(`downgrade ${revision}`)]
  const piece = recording.upgrades.get(revision)
  return {
    upgrade: upgrade ?? piece?.parts ?? [],
    ...(upgrade === undefined && piece !== undefined
      ? { notes: recordedNotes(piece, recording.varying.has(revision)), readsRows: piece.readsRows }
      : {}),
    ...(downgrade === undefined ? recordedDowngrade(recording, revision) : { downgrade }),
  }
}

/** A file without a docstring has its message in its name. */
function messageOfName(file: string): string {
  return basename(file, '.py')
    .replace(/^[0-9a-f]{6,}_/, '')
    .replaceAll('_', ' ')
}

/** The docstring of a revision file up to Alembic's own lines, on one line. */
function messageOf(docstring: string): string {
  const [text = ''] = docstring.split(/^\s*(?:Revision ID|Revises|Create Date):/m)
  const [firstParagraph = ''] = text.trim().split(/\n\s*\n/)
  return firstParagraph.replace(/\s+/g, ' ').trim()
}

/** `Create Date: 2024-01-31 12:00:00.123456` as ISO 8601; a time without a zone counts as UTC. */
function createdAt(docstring: string): string | undefined {
  const found =
    /^\s*Create Date:\s*(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d(?::\d\d)?)(?:\.\d+)?\s*(Z|[+-]\d\d:?\d\d)?)?/m.exec(
      docstring,
    )
  if (found === null) return undefined
  const [, day, time = '00:00:00', zone = 'Z'] = found
  const at = new Date(`${day}T${time}${zone.replace(/^([+-]\d\d)(\d\d)$/, '$1:$2')}`)
  return Number.isNaN(at.getTime()) ? undefined : `${at.toISOString().slice(0, 19)}Z`
}
