import { expect, test } from 'vitest'
import { errorCodes } from '../migrations/core/error-codes.ts'
import { type Message, sourceMessages } from './support/messages.ts'

const messages = sourceMessages()

test('messages.txt has every error and warning side by side', async () => {
  expect(messages.length).toBeGreaterThan(400)
  await expect(`${messages.map(shown).join('\n\n')}\n`).toMatchFileSnapshot('messages.txt')
})

test('no sentence has two negations', () => {
  const codes = Object.values(errorCodes).flatMap(({ cause, todo }) => [cause, todo])
  const texts = [...codes, ...messages.flatMap(({ message, help }) => [message, help])]
  // In lower case: NOT NULL is a constraint.
  const negation = /(?<![-\w])(?:not|no|nor|never|nothing|none|nobody|cannot|without|nowhere)\b/g
  const sentences = texts.flatMap((text) => text.split(/[.:;]+(?=\s|$)|[[\]|\n]/))
  expect(sentences.filter((sentence) => [...sentence.matchAll(negation)].length > 1)).toEqual([])
})

function shown({ kind, code, file, message, help }: Message): string {
  const lines = [
    `${kind} MIG-${code}: ${indented(message)}`,
    ...(help === '' ? [] : [`help: ${indented(help)}`]),
  ]
  return [...lines, `  ${file}`].join('\n')
}

const indented = (text: string): string => text.replaceAll('\n', '\n      ')
