import { execFileSync } from 'node:child_process'
import { findPython } from '../../../migrations/core/adopt/alembic/python.ts'

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

/** A revision whose SQL Alembic has written to a file, so that no Python is needed. */
export interface WrittenRevision {
  readonly id: string
  readonly parents?: readonly string[]
  readonly head?: string
  /** Its file; default `alembic/versions/ID.py`. */
  readonly file?: string
  /** SQL. */
  readonly up?: string
  readonly down?: string
}

/** The files of a project with `up.sql` and `down.sql`, as `alembic upgrade|downgrade … --sql` writes them. */
export function writtenProject(...revisions: readonly WrittenRevision[]): Readonly<Record<string, string>> {
  const section = (direction: string, sql: string, { id, parents = [] }: WrittenRevision) => {
    const [before, after] = direction === 'upgrade' ? [parents.join(', '), id] : [id, parents.join(', ')]
    return `-- Running ${direction} ${before} -> ${after}\n\n${sql === '' ? '' : `${sql};\n\n`}UPDATE alembic_version SET version_num='${after}';\n`
  }
  const files = revisions.map((revision) => [
    revision.file ?? `alembic/versions/${revision.id}.py`,
    alembicFile(revision),
  ])
  return {
    ...Object.fromEntries(files),
    'up.sql': revisions.map((revision) => section('upgrade', revision.up ?? '', revision)).join('\n'),
    'down.sql': revisions
      .toReversed()
      .map((revision) => section('downgrade', revision.down ?? '', revision))
      .join('\n'),
  }
}

/** The request for such a project. */
export const written = { path: 'alembic', offlineSql: ['up.sql', 'down.sql'] } as const

/** SQL that makes Alembic's ledger in a schema. */
export function versionTable(schema: string, ...ids: readonly string[]): string {
  return [
    `CREATE TABLE ${schema}.alembic_version (version_num varchar(32) PRIMARY KEY);`,
    ...ids.map((id) => `INSERT INTO ${schema}.alembic_version VALUES ('${id}');`),
  ].join('\n')
}

/** Why nothing can be recorded on this machine; undefined where Alembic is installed. */
export const withoutAlembic: string | undefined = missing()

function missing(): string | undefined {
  const { command, shown } = findPython('/', undefined, process.env)
  try {
    execFileSync(command, ['-c', 'import alembic, psycopg2'], { stdio: 'pipe' })
    return undefined
  } catch {
    return `${shown} has no alembic with psycopg2`
  }
}
