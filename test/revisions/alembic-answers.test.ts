import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { MigError } from '../../migrations/core/errors.ts'
import { answerOf, type CaseGraph, type CaseStep, lazyGraph } from './cases.ts'
import { judge, validOrder } from './judge.ts'

const graphsIn = (file: string): readonly CaseGraph[] =>
  readFileSync(new URL(`fixtures/${file}`, import.meta.url), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line): CaseGraph => JSON.parse(line))

const sample = graphsIn('alembic-answers.jsonl')

const whole = new URL('../../../shared/graph-cases/cases.json', import.meta.url)

/** The answers that differ from Alembic's where it has an answer that is not an accident. */
function differences(graphs: readonly CaseGraph[]): readonly string[] {
  return graphs.flatMap((graph) => {
    const built = lazyGraph(graph)
    return graph.requests.flatMap((request) => {
      if (request.quirk !== undefined) return []
      const answer = answerOrError(() => answerOf(built, request))
      const why = answer === undefined ? undefined : judge(graph, request, answer)
      return why === undefined ? [] : [`${graph.id} ${request.kind} ${String(request.target)}: ${why}`]
    })
  })
}

function answerOrError(
  answer: () => Record<string, unknown> | undefined,
): Record<string, unknown> | undefined {
  try {
    return answer()
  } catch (error) {
    if (error instanceof MigError) return { error: error.code }
    throw error
  }
}

describe('answers as Alembic 1.19.2 gave them', () => {
  test('a sample of its graphs is planned step for step, and what it refuses is refused', () => {
    expect(differences(sample)).toEqual([])
  })

  test('random graphs with random requests, answered by Alembic 1.20.0, are planned alike', () => {
    expect(differences(graphsIn('alembic-random.jsonl'))).toEqual([])
  })

  test.skipIf(!existsSync(whole))('so are all the recorded graphs, where they are at hand', () => {
    const { graphs } = JSON.parse(readFileSync(whole, 'utf8')) as { graphs: readonly CaseGraph[] }
    expect(differences(graphs)).toEqual([])
  })

  test('what Alembic answers by accident is refused with a typed error, or planned soundly', () => {
    for (const graph of sample) {
      const built = lazyGraph(graph)
      for (const request of graph.requests.filter((each) => each.quirk !== undefined)) {
        const answer = answerOrError(() => answerOf(built, request))
        expect(answer).toBeDefined()
        const steps = answer?.steps as readonly CaseStep[] | undefined
        if (steps !== undefined && request.current_not_maximal !== true) {
          expect(validOrder(graph, request.current, steps)).toBeUndefined()
        }
      }
    }
  })
})
