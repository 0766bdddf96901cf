import { expect, test } from 'vitest'
import { sourceMessages } from '../scripts/docs/messages.ts'
import { repository } from './support/recipes.ts'

test('no sentence has two negations', () => {
  const messages = sourceMessages(repository)
  expect(messages.length).toBeGreaterThan(400)
  // In lower case: NOT NULL is a constraint.
  const negation = /(?<![-\w])(?:not|no|nor|never|nothing|none|nobody|cannot|without|nowhere)\b/g
  const sentences = messages
    .flatMap(({ message, help }) => [message, help])
    .flatMap((text) => text.split(/[.:;]+(?=\s|$)|[[\]|\n]/))
  expect(sentences.filter((sentence) => [...sentence.matchAll(negation)].length > 1)).toEqual([])
})
