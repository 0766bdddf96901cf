import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type GraphLine, type GraphNode, graphLines } from '../../migrations/core/report/graph-lines.ts'

/** A line is `name: parent parent`, newest first. */
function nodes(text: string): readonly GraphNode[] {
  return text
    .trim()
    .split('\n')
    .map((line) => {
      const [id = '', parents = ''] = line.trim().split(':')
      return { id, parents: parents.split(' ').filter((parent) => parent !== '') }
    })
}

function drawing(lines: readonly GraphLine[]): string {
  return lines
    .map((line) => (line.node === undefined ? line.picture : `${line.picture} ${line.node}`))
    .join('\n')
}

interface Strand {
  readonly from: string
  readonly cameBy: string
}

/** Reads a picture as a person does, character by character, knowing nothing of lanes: the edges that it shows. */
function edgesOf(lines: readonly GraphLine[]): readonly string[] {
  const edges: string[] = []
  let above = new Map<number, readonly Strand[]>()
  for (const { picture, node } of lines) {
    const below = new Map<number, Strand[]>()
    const used = new Set<Strand>()
    const carry = (strands: readonly Strand[], to: number, mark: string) => {
      for (const strand of strands) used.add(strand)
      const moved = strands.map(({ from }) => ({ from, cameBy: mark }))
      below.set(to, [...(below.get(to) ?? []), ...moved])
    }
    for (const [at, mark] of [...picture].entries()) {
      const crossed = picture[at] === '|' && picture[at - 1] === '/'
      if (mark === '*') {
        const ending = above.get(at) ?? []
        for (const strand of ending) {
          used.add(strand)
          edges.push(`${strand.from}>${node}`)
        }
        below.set(at, [{ from: node ?? '', cameBy: '*' }])
      } else if (mark === '|') {
        const strands = above.get(at) ?? []
        if (strands.length === 0) throw new Error(`a | out of nothing in ${picture}`)
        carry(crossed ? strands.filter((strand) => strand.cameBy !== '/') : strands, at, mark)
      } else if (mark === '\\') {
        carry(above.get(at - 1) ?? [], at + 1, mark)
      } else if (mark === '/') {
        const strands = above.get(at + 1) ?? []
        if (strands.length === 0) throw new Error(`a / out of nothing in ${picture}`)
        carry(
          picture[at + 1] === '|' ? strands.filter((strand) => strand.cameBy === '/') : strands,
          at - 1,
          mark,
        )
      } else if (mark !== ' ') throw new Error(`unknown mark ${mark}`)
    }
    for (const strands of above.values())
      for (const strand of strands)
        if (!used.has(strand) && strand.cameBy !== '*')
          throw new Error(`an edge of ${strand.from} breaks off`)
    above = below
  }
  for (const strands of above.values())
    for (const strand of strands)
      if (strand.cameBy !== '*') throw new Error(`an edge of ${strand.from} breaks off at the end`)
  return [...new Set(edges)].sort()
}

describe('graphLines', () => {
  test('draws a chain as one lane', () => {
    expect(drawing(graphLines(nodes('c:b\nb:a\na')))).toBe('* c\n* b\n* a')
  })

  test('draws a fork as two lanes that meet', () => {
    expect(drawing(graphLines(nodes('c:a\nb:a\na')))).toBe('* c\n| * b\n|/\n* a')
  })

  test('draws a merge as git does', () => {
    const picture = drawing(graphLines(nodes('m:a b\nb:r\na:r\nr')))
    expect(picture).toBe('* m\n|\\\n| * b\n* | a\n|/\n* r')
  })

  test('draws a merge of three', () => {
    const picture = drawing(graphLines(nodes('m:a b c\nc\nb\na')))
    expect(picture).toBe('* m\n|\\\n|\\ \\\n| | * c\n| * b\n* a')
  })

  test('closes up the lanes to the right of a base', () => {
    const picture = drawing(graphLines(nodes('m:b a\na\nb:r\nx:r\nr')))
    expect(picture).toBe('* m\n|\\\n| * a\n* b\n| * x\n|/\n* r')
  })

  test('leaves a gap between two strands that have nothing to do with each other', () => {
    expect(drawing(graphLines(nodes('b\na')))).toBe('* b\n\n* a')
  })

  test('leads an edge past the lanes between', () => {
    const graph = nodes('e:a\nd:b\nc:a\nb:r\na:r\nr')
    expect(drawing(graphLines(graph))).toBe('* e\n| * d\n| * b\n| | * c\n| |/\n|/|\n* | a\n|/\n* r')
  })

  test('shows each node once, below its children, and every edge between nodes, for any graph', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uniqueArray(fc.nat(30), { maxLength: 4 }), { minLength: 1, maxLength: 25 }),
        (drawn) => {
          const count = drawn.length
          const graph = drawn.map((parents, at): GraphNode => {
            return { id: `n${at}`, parents: parents.map((step) => `n${at + 1 + step}`) }
          })
          const lines = graphLines(graph)
          const order = lines.flatMap((line) => (line.node === undefined ? [] : [line.node]))
          expect([...order].sort()).toEqual(graph.map((node) => node.id).sort())
          const wanted = graph.flatMap((node, at) =>
            node.parents
              .filter((_, index) => at + 1 + (drawn[at]?.[index] ?? 0) < count)
              .map((to) => `${node.id}>${to}`),
          )
          for (const edge of wanted) {
            const [from = '', to = ''] = edge.split('>')
            expect(order.indexOf(from)).toBeLessThan(order.indexOf(to))
          }
          expect(edgesOf(lines)).toEqual(wanted.sort())
        },
      ),
      { numRuns: 400 },
    )
  })

  test('still shows the nodes of a cycle', () => {
    const order = graphLines(nodes('a:b\nb:a')).flatMap((line) => line.node ?? [])
    expect(order).toEqual(['a', 'b'])
  })
})
