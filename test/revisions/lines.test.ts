import { describe, expect, test } from 'vitest'
import { MigError } from '../../migrations/core/errors.ts'
import { type RevisionSpec, revisionGraph } from '../../migrations/core/revisions/index.ts'

const revision = (
  line: string,
  id: string,
  down: string | readonly string[] | null,
  more: Partial<RevisionSpec> = {},
): RevisionSpec => ({ revision: id, downRevision: down, line, ...more })

// user: u111 - u222 - u333; message: m111 (needs u222) - m222; policy: p111 forks into p222 and p333.
const specs: readonly RevisionSpec[] = [
  revision('user', 'u111', null),
  revision('user', 'u222', 'u111'),
  revision('user', 'u333', 'u222'),
  revision('message', 'm111', null, { dependsOn: 'u222' }),
  revision('message', 'm222', 'm111'),
  revision('policy', 'p111', null, { branchLabels: 'roles' }),
  revision('policy', 'p222', 'p111'),
  revision('policy', 'p333', 'p111'),
]
const graph = revisionGraph(specs)
const up = (applied: readonly string[], target: string, lines?: readonly string[]) =>
  graph
    .upgradePlan({ applied, target, ...(lines === undefined ? {} : { lines }) })
    .map((step) => step.revision)
const down = (
  applied: readonly string[],
  target: string,
  lines?: readonly string[],
  recentlyApplied?: readonly string[],
) =>
  graph
    .downgradePlan({
      applied,
      target,
      ...(lines === undefined ? {} : { lines }),
      ...(recentlyApplied === undefined ? {} : { recentlyApplied }),
    })
    .map((step) => step.revision)

function refusal(act: () => unknown): MigError {
  try {
    act()
  } catch (error) {
    if (error instanceof MigError) return error
    throw error
  }
  throw new Error('was not refused')
}

describe('an upgrade with a filter', () => {
  test('takes each filtered line to its head, lines in their order', () => {
    expect(up([], 'head', ['user', 'message'])).toEqual(['u111', 'u222', 'u333', 'm111', 'm222'])
  })

  test('applies what another line must have first, and says who needs it', () => {
    const plan = graph.upgradePlan({ applied: ['u111'], target: 'head', lines: ['message'] })
    expect(plan).toEqual([
      { revision: 'u222', direction: 'upgrade', appliedAfter: ['u222'], neededBy: 'm111' },
      { revision: 'm111', direction: 'upgrade', appliedAfter: ['m111', 'u222'] },
      { revision: 'm222', direction: 'upgrade', appliedAfter: ['m222', 'u222'] },
    ])
  })

  test('keeps the row of a line that another line depends on', () => {
    expect(graph.upgradePlan({ applied: ['u222'], target: 'm111' }).at(-1)?.appliedAfter).toEqual([
      'm111',
      'u222',
    ])
  })

  test('refuses two heads in a line by naming both and the merge', () => {
    const error = refusal(() => up([], 'head', ['user', 'policy']))
    expect(error.code).toBe('multiple-heads')
    expect(error.message).toContain('p222, p333')
    expect(error.help).toContain('just mig-merge "p222 p333" "merge"')
    expect(up([], 'heads', ['policy'])).toEqual(['p111', 'p333', 'p222'])
  })

  test('moves nothing where the lines are at the target', () => {
    expect(up(['u333'], 'head', ['user'])).toEqual([])
    expect(up(['u333'], 'u111', ['user'])).toEqual([])
    expect(up(['u222'], 'current', ['user'])).toEqual([])
  })

  test.each([
    ['user@head', ['u111', 'u222', 'u333']],
    ['user@+2', ['u111', 'u222']],
    ['user@head-1', ['u111', 'u222']],
    ['message@m111', ['u111', 'u222', 'm111']],
    ['roles@p222', ['p111', 'p222']],
    ['+4', ['u111', 'u222', 'u333', 'm111']],
  ])('takes %s', (target, wanted) => {
    expect(up([], target)).toEqual(wanted)
  })

  test('refuses +N beyond the end of the plan', () => {
    expect(refusal(() => up(['u333', 'm111'], '+2', ['user', 'message'])).code).toBe('relative-not-enough')
  })

  test('refuses an id outside the filter and says its line', () => {
    const error = refusal(() => up([], 'm222', ['user']))
    expect(error.code).toBe('outside-filter')
    expect(error.message).toContain('line message')
  })

  test.each(['message@head', 'message@heads', 'message@+1', 'roles@p222'])(
    'refuses %s of a line that the filter leaves out, up and down, where it would mean nothing',
    (target) => {
      const plans = [
        () => up(['u111'], target, ['user']),
        () => down(['u111'], target, ['user']),
        () => graph.stampedRows({ applied: ['u111'], target, lines: ['user'] }),
      ]
      for (const plan of plans) expect(refusal(plan)).toMatchObject({ code: 'outside-filter', exitCode: 2 })
    },
  )

  test('refuses message@base so too', () => {
    expect(refusal(() => down(['u111', 'm111'], 'message@base', ['user'])).message).toBe(
      'line message is outside the schema filter user',
    )
  })

  test('goes on with --allow-missing and leaves the unknown row where it is', () => {
    expect(refusal(() => up(['gone'], 'u111')).code).toBe('cant-locate-current')
    const plan = graph.upgradePlan({ applied: ['gone'], target: 'u111', allowMissing: true })
    expect(plan.at(-1)?.appliedAfter).toEqual(['gone', 'u111'])
  })
})

describe('a downgrade with a filter', () => {
  test('refuses to take away what another line stands on, and prints the command that takes both', () => {
    const error = refusal(() => down(['u333', 'm222'], 'u111', ['user']))
    expect(error.code).toBe('needed-by-other-line')
    expect(error.help).toBe('revert both: just mig-downgrade u111 user,message')
    expect(down(['u333', 'm222'], 'u111', ['user', 'message'])).toEqual(['m222', 'm111', 'u333', 'u222'])
  })

  test('prints what to revert first where the target would mean more with more lines', () => {
    const error = refusal(() => down(['u222', 'm222'], 'base', ['user']))
    expect(error.help).toBe('revert it first: just mig-downgrade base message')
  })

  test('leaves the other lines alone where nothing stands in the way', () => {
    expect(down(['u333', 'm222', 'p222'], 'u222', ['user'])).toEqual(['u333'])
    expect(down(['u333', 'm222', 'p222'], 'base', ['message'])).toEqual(['m222', 'm111'])
    expect(down(['u333', 'm222', 'p222'], 'policy@base')).toEqual(['p222', 'p111'])
  })

  test('takes the N most recently applied revisions over the filtered lines, newest first', () => {
    const recent = ['u333', 'm222', 'm111', 'u222', 'u111']
    expect(down(['u333', 'm222'], '-3', ['user', 'message'], recent)).toEqual(['u333', 'm222', 'm111'])
    expect(down(['u333', 'm222'], '-2', ['message'], recent)).toEqual(['m222', 'm111'])
    expect(down(['u333', 'm222'], 'message@-1', undefined, recent)).toEqual(['m222'])
    expect(refusal(() => down(['u333', 'm222'], '-6', undefined, recent)).code).toBe('relative-not-enough')
  })

  test('takes one parent of a merge at a time by the log, where Alembic finds the walk ambiguous', () => {
    const merged = revisionGraph([
      { revision: 'a1', downRevision: null },
      { revision: 'b1', downRevision: 'a1' },
      { revision: 'b2', downRevision: 'a1' },
      { revision: 'c1', downRevision: ['b1', 'b2'] },
    ])
    const plan = merged.downgradePlan({
      applied: ['c1'],
      target: '-2',
      recentlyApplied: ['c1', 'b1', 'b2', 'a1'],
    })
    expect(plan).toEqual([
      { revision: 'c1', direction: 'downgrade', appliedAfter: ['b1', 'b2'] },
      { revision: 'b1', direction: 'downgrade', appliedAfter: ['b2'] },
    ])
    expect(refusal(() => merged.downgradePlan({ applied: ['c1'], target: '-1' })).code).toBe('ambiguous-walk')
  })

  test('that asks for more than are applied says how to revert all, of these lines only', () => {
    const request = { applied: ['u222', 'p111'], recentlyApplied: ['p111', 'u222', 'u111'] }
    const help = (target: string, lines?: readonly string[]) =>
      refusal(() => graph.downgradePlan({ ...request, target, ...(lines === undefined ? {} : { lines }) }))
        .help
    expect(help('-9', ['user'])).toBe('revert all: just mig-downgrade base user')
    expect(help('user@-9')).toBe('revert all: just mig-downgrade user@base')
    expect(help('-9')).toBe('revert all: just mig-downgrade base')
  })

  test('does not take a recent revision from under another line', () => {
    const error = refusal(() => down(['u222', 'm111'], 'user@-1', undefined, ['u222', 'm111', 'u111']))
    expect(error.code).toBe('needed-by-other-line')
  })

  test('refuses what a file calls irreversible, by every target that would take it, and says why', () => {
    const final = revisionGraph([
      revision('user', 'u111', null),
      revision('user', 'u222', 'u111', { irreversible: 'the old names are gone' }),
      revision('user', 'u333', 'u222'),
      revision('message', 'm111', null),
    ])
    const applied = ['u333', 'm111']
    for (const target of ['base', 'u111', 'user@-2', 'user@base', '-3']) {
      const recentlyApplied = ['u333', 'u222', 'm111', 'u111']
      const error = refusal(() => final.downgradePlan({ applied, target, recentlyApplied }))
      expect(error).toMatchObject({ code: 'irreversible', exitCode: 2 })
      expect(error.message).toBe('revision u222 of line user cannot be reverted: the old names are gone')
      expect(error.help).toContain('downgrade to it at most: just mig-downgrade u222 user;')
      expect(error.help).toContain('just mig-stamp u111 user')
    }
    const open = final.downgradePlan({ applied, target: ['u222', 'message@base'] })
    expect(open.map((step) => step.revision).toSorted()).toEqual(['m111', 'u333'])
    const atTop = refusal(() => final.downgradePlan({ applied: ['u222'], target: '-1', lines: ['user'] }))
    expect(atTop.help).not.toContain('at most')
    expect(final.stampedRows({ applied, target: 'u111', lines: ['user'] })).toEqual(['m111', 'u111'])
  })

  test('refuses what is not applied', () => {
    expect(refusal(() => down(['u111'], 'u222', ['user'])).code).toBe('destination-not-on-path')
  })
})

describe('stamping lines', () => {
  test('sets one row a line and leaves the other lines', () => {
    expect(graph.stampedRows({ applied: ['u111', 'm222'], target: 'head', lines: ['user'] })).toEqual([
      'm222',
      'u333',
    ])
    expect(graph.stampedRows({ applied: ['u333', 'm222'], target: 'm111' })).toEqual(['m111', 'u333'])
    expect(graph.stampedRows({ applied: ['u333', 'm222'], target: 'user@base' })).toEqual(['m222'])
  })

  test('with purge forgets the rows of the filtered lines and the unknown ones', () => {
    const request = { applied: ['gone', 'm222', 'u333'], target: 'u111', lines: ['user'] }
    expect(graph.stampedRows({ ...request, purge: true })).toEqual(['m222', 'u111'])
    expect(refusal(() => graph.stampedRows(request)).code).toBe('cant-locate-current')
  })
})

describe('names', () => {
  test('that are nearly a target of their own are guessed', () => {
    expect(refusal(() => up([], 'hed')).message).toContain('near: head, heads')
  })

  test('unknown and ambiguous ones are different errors that list what is near', () => {
    const ids = revisionGraph([
      { revision: '3f2a9c41b7d0', downRevision: null, branchLabels: 'billing' },
      { revision: '3f2a9c55aa01', downRevision: '3f2a9c41b7d0' },
    ])
    const unknown = refusal(() => ids.resolve('3f2b9c41'))
    expect(unknown.code).toBe('cant-locate')
    expect(unknown.message).toContain('3f2a9c41b7d0')
    const ambiguous = refusal(() => ids.resolve('3f2a'))
    expect(ambiguous.code).toBe('ambiguous-prefix')
    expect(ambiguous.message).toContain('3f2a9c41b7d0, 3f2a9c55aa01')
    expect(refusal(() => ids.resolve('billng@head')).message).toContain('billing')
    expect(refusal(() => ids.resolve('bil')).code).toBe('prefix-too-short')
    expect(ids.resolve('3f2a9c4')).toBe('3f2a9c41b7d0')
  })

  test('a schema key alone is not a revision, and the error says what is', () => {
    expect(refusal(() => graph.resolve('user')).help).toContain('user@head')
    const near = refusal(() => graph.resolve('usre'))
    expect([near.message, near.help]).toEqual([
      "no revision or label 'usre'; near: the schema key user",
      'the target comes before the schemas, as in: head user; or say user@head',
    ])
  })

  test('a label with a hyphen and a number is that label', () => {
    const labelled = revisionGraph([
      { revision: 'a111', downRevision: null },
      { revision: 'b111', downRevision: 'a111', branchLabels: 'feature-2' },
    ])
    expect(labelled.resolve('feature-2')).toBe('b111')
    expect(labelled.resolve('feature-2@head-1')).toBe('a111')
  })
})

describe('a new revision', () => {
  test('stands on the head of its line, and names other lines in dependsOn', () => {
    expect(graph.newRevisionEdges({ line: 'user', dependsOn: ['m222', 'roles'] })).toEqual({
      downRevision: 'u333',
      dependsOn: ['m222', 'roles'],
      branchLabels: [],
    })
    expect(graph.newRevisionEdges({ line: 'billing' }).downRevision).toBeNull()
    expect(graph.newRevisionEdges({ line: 'user', head: 'base' }).downRevision).toBeNull()
    expect(graph.newRevisionEdges({ line: 'policy', head: 'heads' }).downRevision).toEqual(['p222', 'p333'])
    expect(graph.newRevisionEdges({ line: 'user', head: 'u111', splice: true }).downRevision).toBe('u111')
  })

  test.each([
    ['not-a-head', { line: 'user', head: 'u111' }],
    ['multiple-heads', { line: 'policy' }],
    ['outside-filter', { line: 'user', head: 'm222' }],
    ['crosses-lines', { line: 'user', head: 'message@head' }],
    ['crosses-lines', { line: 'user', head: 'message@base' }],
    ['crosses-lines', { line: 'user', head: 'roles@head' }],
    ['crosses-lines', { line: 'billing', head: 'user@head' }],
    ['duplicate-revision', { line: 'user', revId: 'm222' }],
    ['duplicate-branch-label', { line: 'user', labels: ['roles'] }],
    ['duplicate-branch-label', { line: 'user', labels: ['message'] }],
    ['invalid-name', { line: 'user', labels: ['a@b'] }],
    ['cant-locate', { line: 'user', dependsOn: ['nothing'] }],
  ])('is refused with %s', (code, request) => {
    expect(refusal(() => graph.newRevisionEdges(request)).code).toBe(code)
  })
})

describe('an invalid graph', () => {
  test.each<[string, readonly RevisionSpec[]]>([
    ['missing-parent', [revision('user', 'a1', 'b1')]],
    ['missing-dependency', [revision('user', 'a1', null, { dependsOn: 'b1' })]],
    ['duplicate-revision', [revision('user', 'a1', null), revision('policy', 'a1', null)]],
    [
      'duplicate-branch-label',
      [
        revision('user', 'a1', null, { branchLabels: 'x' }),
        revision('policy', 'b1', null, { branchLabels: 'x' }),
      ],
    ],
    [
      'duplicate-branch-label',
      [revision('user', 'a1', null), revision('user', 'b1', null, { branchLabels: 'a1' })],
    ],
    ['crosses-lines', [revision('user', 'a1', null), revision('policy', 'b1', 'a1')]],
    ['self-loop', [revision('user', 'a1', 'a1')]],
    ['dependency-self-loop', [revision('user', 'a1', null, { dependsOn: ['a1'] })]],
    ['cycle', [revision('user', 'a1', 'b1'), revision('user', 'b1', 'a1')]],
    [
      'dependency-cycle',
      [
        revision('user', 'a1', null, { dependsOn: 'b1' }),
        revision('policy', 'b1', null, { dependsOn: 'a1' }),
      ],
    ],
    ['invalid-name', [revision('user', 'head', null)]],
    ['invalid-name', [revision('user', 'a-1', null)]],
  ])('is refused with %s, and the ids are named', (code, revisions) => {
    const error = refusal(() => revisionGraph(revisions))
    expect(error.code).toBe(code)
    expect(error.message).toContain(revisions[0]?.revision)
    expect(error.help).toBeDefined()
  })

  test('names the files where it knows them', () => {
    const files = ['x.ts', 'y.ts'].map((path) => ({ ...revision('user', 'a1', null), path }))
    expect(refusal(() => revisionGraph(files)).message).toContain('x.ts and y.ts')
  })
})
