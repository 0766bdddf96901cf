import fc from 'fast-check'
import { expect, test } from 'vitest'
import { githubAnnotation } from '../../migrations/core/report/annotation.ts'

test('an annotation names file and line, and escapes what would end it', () => {
  expect(
    githubAnnotation({ level: 'error', title: 'a: b, c', message: '100%\nnext', file: 'x/y.ts', line: 3 }),
  ).toBe('::error file=x/y.ts,line=3,title=a%3A b%2C c::100%25%0Anext')
})

test('an annotation is one line, whatever it says', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.string(), (title, message, file) => {
      const line = githubAnnotation({ level: 'warning', title, message, file })
      expect(line).not.toMatch(/[\r\n]/)
      expect(line.startsWith('::warning file=')).toBe(true)
    }),
  )
})
