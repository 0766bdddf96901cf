import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MigError } from '../../migrations/core/errors.ts'
import { type PlannedStep, type RevisionSpec, revisionGraph } from '../../migrations/core/revisions/index.ts'

interface Drawn {
  readonly line: number
  readonly parents: readonly number[]
  readonly depends: readonly number[]
}

const lineNames = ['user', 'policy', 'message']

/** A random acyclic graph: parents are earlier revisions of the same line, dependencies earlier ones of any line. */
function specsOf(drawn: readonly Drawn[], lines: number): readonly RevisionSpec[] {
  const ids = drawn.map((_, at) => `r${String(at).padStart(3, '0')}`)
  const pick = (among: readonly string[], numbers: readonly number[]) =>
    among.length === 0 ? [] : [...new Set(numbers.map((number) => among[number % among.length] ?? ''))]
  return drawn.map(({ line, parents, depends }, at) => {
    const earlier = ids.slice(0, at)
    const sameLine = earlier.filter((_, other) => (drawn[other]?.line ?? 0) % lines === line % lines)
    const downRevision = pick(sameLine.slice(-4), parents)
    return {
      revision: ids[at] ?? '',
      downRevision: downRevision.length === 0 ? null : downRevision,
      dependsOn: pick(earlier, depends),
      ...(lines === 1 ? {} : { line: lineNames[line % lines] ?? '' }),
    }
  })
}

const drawn = fc.array(
  fc.record({
    line: fc.nat(2),
    parents: fc.array(fc.nat(), { maxLength: 2 }),
    depends: fc.array(fc.nat(), { maxLength: 1 }),
  }),
  { minLength: 1, maxLength: 30 },
)
const graphs = fc.tuple(drawn, fc.constantFrom(1, 2, 3)).map(([nodes, lines]) => specsOf(nodes, lines))

const listOf = (value: string | readonly string[] | null | undefined): readonly string[] =>
  value === null || value === undefined ? [] : typeof value === 'string' ? [value] : value
const needsOf = (spec: RevisionSpec | undefined) => [
  ...listOf(spec?.downRevision),
  ...listOf(spec?.dependsOn),
]

/** Rows that a set of applied revisions must leave: what no applied revision of the same line needs. */
function rowsOf(specs: readonly RevisionSpec[], applied: ReadonlySet<string>): readonly string[] {
  const lineOf = new Map(specs.map((spec) => [spec.revision, spec.line]))
  const hidden = new Set(
    specs
      .filter((spec) => applied.has(spec.revision))
      .flatMap((spec) => needsOf(spec).filter((need) => lineOf.get(need) === spec.line)),
  )
  return [...applied].filter((id) => !hidden.has(id)).sort()
}

function checkSteps(
  specs: readonly RevisionSpec[],
  applied: Set<string>,
  steps: readonly PlannedStep[],
): void {
  const byId = new Map(specs.map((spec) => [spec.revision, spec]))
  for (const { revision, direction, appliedAfter } of steps) {
    if (direction === 'upgrade') {
      expect(applied.has(revision)).toBe(false)
      expect(needsOf(byId.get(revision)).filter((need) => !applied.has(need))).toEqual([])
      applied.add(revision)
    } else {
      expect(applied.delete(revision)).toBe(true)
      expect([...applied].filter((id) => needsOf(byId.get(id)).includes(revision))).toEqual([])
    }
    expect(appliedAfter).toEqual(rowsOf(specs, applied))
  }
}

const lastRows = (before: readonly string[], steps: readonly PlannedStep[]) =>
  steps.at(-1)?.appliedAfter ?? before

describe('for any graph', () => {
  test('an upgrade to the heads applies everything once, each revision after what it needs', () => {
    fc.assert(
      fc.property(graphs, (specs) => {
        const steps = revisionGraph(specs).upgradePlan({ applied: [], target: 'heads' })
        expect(steps).toHaveLength(specs.length)
        checkSteps(specs, new Set(), steps)
      }),
    )
  })

  test('a downgrade takes away what an upgrade brought, back to the rows before', () => {
    fc.assert(
      fc.property(graphs, fc.nat(), (specs, number) => {
        const graph = revisionGraph(specs)
        const target = specs[number % specs.length]?.revision ?? ''
        const there = graph.upgradePlan({ applied: [], target })
        const applied = new Set<string>()
        checkSteps(specs, applied, there)
        const back = graph.downgradePlan({ applied: lastRows([], there), target: 'base' })
        checkSteps(specs, applied, back)
        expect(lastRows([], back)).toEqual([])
      }),
    )
  })

  test('the N most recently applied go in the order that reverses the upgrade', () => {
    fc.assert(
      fc.property(graphs, fc.nat(), (specs, number) => {
        const graph = revisionGraph(specs)
        const up = graph.upgradePlan({ applied: [], target: 'heads' })
        const count = (number % specs.length) + 1
        const recentlyApplied = up.map((step) => step.revision).reverse()
        const down = graph.downgradePlan({ applied: lastRows([], up), target: `-${count}`, recentlyApplied })
        expect(down.map((step) => step.revision)).toEqual(recentlyApplied.slice(0, count))
        checkSteps(specs, new Set(recentlyApplied), down)
      }),
    )
  })

  test('with several lines, +N twice is the same as once with the sum', () => {
    fc.assert(
      fc.property(drawn, fc.nat(), fc.nat(), (nodes, a, b) => {
        const specs = specsOf(
          [...nodes, ...lineNames.map((_, line) => ({ line, parents: [], depends: [] }))],
          3,
        )
        const graph = revisionGraph(specs)
        const first = (a % specs.length) + 1
        const second = (b % specs.length) + 1
        fc.pre(first + second <= specs.length)
        const one = graph.upgradePlan({ applied: [], target: `+${first + second}` })
        const half = graph.upgradePlan({ applied: [], target: `+${first}` })
        const applied = new Set(half.map((step) => step.revision))
        const rest = graph.upgradePlan({ applied: lastRows([], half), target: `+${second}` })
        expect(half.map((step) => step.revision)).toEqual(one.slice(0, first).map((step) => step.revision))
        checkSteps(specs, applied, rest)
        expect(rest).toHaveLength(second)
      }),
    )
  })

  test('history lists everything once, newest first', () => {
    fc.assert(
      fc.property(graphs, (specs) => {
        const ids = revisionGraph(specs)
          .history()
          .map((spec) => spec.revision)
        const steps = [...ids]
          .reverse()
          .map((revision) => ({ revision, needs: specs.find((spec) => spec.revision === revision) }))
        const seen = new Set<string>()
        for (const { revision, needs } of steps) {
          expect(needsOf(needs).every((need) => seen.has(need))).toBe(true)
          seen.add(revision)
        }
        expect(seen.size).toBe(specs.length)
      }),
    )
  })

  test('any text as a target is planned or refused with a typed error', () => {
    const piece = fc.constantFrom(
      'head',
      'heads',
      'base',
      'current',
      'r00',
      'r0',
      'r001',
      'user',
      '@',
      '+1',
      '-1',
      '+',
      ':',
      ' ',
      'é',
      '',
    )
    fc.assert(
      fc.property(graphs, fc.array(piece, { maxLength: 5 }), (specs, pieces) => {
        const graph = revisionGraph(specs)
        const target = pieces.join('')
        const applied = rowsOf(specs, new Set(specs.slice(0, 1).map((spec) => spec.revision)))
        for (const act of [
          () => graph.upgradePlan({ applied, target }),
          () => graph.downgradePlan({ applied, target }),
          () => graph.stampedRows({ applied, target }),
          () => graph.history(target, { applied }),
          () => graph.resolve(target, { applied }),
        ]) {
          try {
            act()
          } catch (error) {
            expect(error).toBeInstanceOf(MigError)
          }
        }
      }),
    )
  })
})

describe('a long history', () => {
  const chain = (length: number): readonly RevisionSpec[] =>
    Array.from({ length }, (_, at) => ({
      revision: `r${at}`,
      downRevision: at === 0 ? null : `r${at - 1}`,
    }))

  test('of 20,000 revisions is planned up, down and listed without exhausting the stack', () => {
    const specs = chain(20_000)
    const graph = revisionGraph(specs)
    expect(graph.upgradePlan({ applied: [], target: 'head' })).toHaveLength(20_000)
    expect(graph.downgradePlan({ applied: ['r19999'], target: 'base' })).toHaveLength(20_000)
    expect(graph.history()).toHaveLength(20_000)
    expect(graph.downgradePlan({ applied: ['r19999'], target: '-19999' })).toHaveLength(19_999)
  })

  test('that closes a cycle of 20,000 is refused', () => {
    const specs = chain(20_000).map((spec, at) => (at === 0 ? { ...spec, downRevision: 'r19999' } : spec))
    expect(() => revisionGraph(specs)).toThrow(
      /^revisions form a cycle by down_revision: r0 needs r19999 .* needs 19991 others needs .* r0$/,
    )
  })
})
