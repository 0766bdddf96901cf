import { readAlembicRevision } from '../../../migrations/core/adopt/alembic/revision-file.ts'

/** The head of a revision file. */
export const head = `"""a message

Revision ID: abc
Revises: def
Create Date: 2024-01-31 12:00:00.5+02:00
"""
from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
revision = 'abc'
down_revision = 'def'
`

/** The parts of an upgrade with this body: SQL, or the line and reason of what is not converted. */
export function upgradeOf(body: string, before = ''): readonly unknown[] {
  const lines = body.split('\n').map((line) => `    ${line}`)
  const text = `${head}${before}\ndef upgrade():\n${lines.join('\n')}\n`
  const parts = readAlembicRevision(text, 'abc.py')?.upgrade ?? []
  return parts.map((part) =>
    part.kind === 'sql' ? part.sql : part.kind === 'unconverted' ? `? ${part.reason}` : part,
  )
}
