/** A revision file of Alembic. */
export interface AlembicFile {
  readonly id: string
  readonly parents?: readonly string[]
  /** Lines of Python. */
  readonly upgrade?: string
  readonly downgrade?: string
  /** More of the head: `branch_labels = …`. */
  readonly head?: string
}

export function alembicFile({
  id,
  parents = [],
  upgrade = 'pass',
  downgrade = 'pass',
  head = '',
}: AlembicFile): string {
  const [only] = parents
  const down =
    parents.length > 1
      ? `(${parents.map((parent) => `'${parent}'`).join(', ')})`
      : only === undefined
        ? 'None'
        : `'${only}'`
  const body = (text: string) => text.replaceAll('\n', '\n    ')
  return `"""revision ${id}

Revision ID: ${id}
Create Date: 2024-01-01 00:00:00
"""
from alembic import op
import sqlalchemy as sa

revision = '${id}'
down_revision = ${down}
${head}

def upgrade():
    ${body(upgrade)}

def downgrade():
    ${body(downgrade)}
`
}

/** SQL that makes Alembic's ledger in a schema. */
export function versionTable(schema: string, ...ids: readonly string[]): string {
  return [
    `CREATE TABLE ${schema}.alembic_version (version_num varchar(32) PRIMARY KEY);`,
    ...ids.map((id) => `INSERT INTO ${schema}.alembic_version VALUES ('${id}');`),
  ].join('\n')
}
