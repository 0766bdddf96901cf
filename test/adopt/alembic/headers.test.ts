import { describe, expect, test } from 'vitest'
import { revisionHeader } from '../../../migrations/core/adopt/alembic/headers.ts'
import { alembicHistory } from '../../../migrations/core/adopt/alembic/history.ts'

const importedFrom = (text: string, file: string) =>
  alembicHistory(
    [revisionHeader(text, file) ?? []].flat(),
    (path) => path,
    () => ({ upgrade: [], downgrade: [] }),
  ).revisions[0]

describe('the header of a revision file', () => {
  test('is read from its literals, as every version of Alembic writes them', () => {
    const text = `"""add a column

Revision ID: abc
Create Date: 2024-01-31 12:00:00.5+02:00
"""
from typing import Sequence, Union
from alembic import op
revision: str = 'abc'
down_revision: Union[str, Sequence[str], None] = (
    'a', # one
    "b",
)  # two
branch_labels = ['shop']
depends_on = None
def upgrade():
    revision = 'other'
`
    expect(revisionHeader(text, 'abc.py')).toEqual({
      ...{ revision: 'abc', parents: ['a', 'b'], labels: ['shop'], dependsOn: [], file: 'abc.py' },
      doc: text.slice(3, text.indexOf('"""', 3)),
    })
    expect(importedFrom(text, 'abc.py')).toMatchObject({
      ...{ message: 'add a column', createdAt: '2024-01-31T10:00:00Z' },
    })
  })

  test('of a helper module is none, and a file without a docstring has its message in its name', () => {
    expect(revisionHeader('def helper():\n    pass\n', 'helper.py')).toBeUndefined()
    expect(importedFrom("revision = 'abc'\n", 'versions/0123ab_add_it.py')).toMatchObject({
      message: 'add it',
    })
  })

  test.each(["'a' + 'b'", 'name', 'f()', "f'{a}'", "('a', b)", "'a\\x62'"])('is refused with %s', (value) => {
    expect(() => revisionHeader(`\nrevision = 'a'\ndown_revision = ${value}\n`, 'a.py')).toThrow(
      'a.py:3 sets down_revision to something other than a string literal',
    )
  })
})
