import { describe, expect, test } from 'vitest'
import { historyGraph } from '../../migrations/core/report/history.ts'
import type { RevisionLine } from '../../migrations/core/report/index.ts'

function row(
  revision: string,
  downRevision: readonly string[],
  more: Partial<RevisionLine> = {},
): RevisionLine {
  const none = { dependsOn: [], branchLabels: [], flags: [], path: null, createdAt: null, applied: [] }
  const message = `make ${revision}`
  return { event: 'revision', revision, line: 'user', message, downRevision, ...none, ...more }
}

describe('historyGraph', () => {
  test('shows each line under its heading, with flags, labels and what a revision depends on', () => {
    const rows = [
      row('c3', ['c1'], { flags: ['head'], branchLabels: ['payments'] }),
      row('d1', [], { line: 'message', dependsOn: ['c1'], flags: ['head', 'base'] }),
      row('c2', ['c1'], { flags: ['head', 'current'] }),
      row('c1', [], { flags: ['base', 'branch point'] }),
    ]
    expect(historyGraph(rows, { headings: { user: 'user (rfx_user)' } })).toBe(
      [
        'user (rfx_user)',
        '* c3 (head, label payments) make c3',
        '| * c2 (head, current) make c2',
        '|/',
        '* c1 (base, branch point) make c1',
        '',
        'message',
        '* d1 (head, base) make d1 [depends on c1]',
      ].join('\n'),
    )
  })

  test('adds the file, the times and who applied it when verbose', () => {
    const applied: RevisionLine['applied'][number] = {
      targetSchema: 'rfx_user',
      at: new Date('2026-11-21T09:55:00Z'),
      ...{ who: 'ann', host: null, direction: 'upgrade' },
      durationMs: 12,
    }
    const rows = [
      row('c2', ['c1'], {
        path: 'versions/user/c2.ts',
        createdAt: '2026-11-20T10:00:00Z',
        applied: [applied],
      }),
      row('c1', [], { path: 'versions/user/c1.ts' }),
    ]
    const text = historyGraph(rows, { verbose: true, now: new Date('2026-11-21T10:00:00Z') })
    expect(text).toBe(
      [
        'user',
        '* c2 make c2',
        '|   file     versions/user/c2.ts',
        '|   created  2026-11-20T10:00:00Z',
        '|   revises  c1',
        '|   applied  2026-11-21T09:55:00Z (5 min ago) to rfx_user by ann in 12 ms',
        '* c1 make c1',
        '    file     versions/user/c1.ts',
      ].join('\n'),
    )
  })

  test('shows the lines in the order of their headings, without those that have no rows', () => {
    const rows = [row('b', [], { line: 'message' }), row('a', [])]
    const headings = { user: 'U', policy: 'P', message: 'M' }
    expect(historyGraph(rows, { headings })).toBe('U\n* a make a\n\nM\n* b make b')
  })

  test('a hostile message stays on its line', () => {
    const rows = [row('c1', [], { message: 'a */ `${x}`\n* c0 forged\u001b[2J' })]
    expect(historyGraph(rows)).toBe('user\n* c1 a */ `${x}` * c0 forged\\x1b[2J')
  })

  test('says that there is nothing', () => {
    expect(historyGraph([])).toBe('no revisions')
  })
})
