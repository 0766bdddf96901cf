import { expect, test } from 'vitest'
import { renderCaret } from '../../migrations/core/postgres/sql/statements.ts'

test('shows the line with the caret beneath the place', () => {
  const statement = 'SELECT 1,\n  wrong\nFROM t'
  expect(renderCaret(statement, statement.indexOf('wrong'))).toBe('LINE 2:   wrong\n          ^')
})

test('keeps the caret in place after tabs, wide characters and combining marks', () => {
  expect(renderCaret('\t漢字 x', 4)).toBe('LINE 1:  漢字 x\n              ^')
  expect(renderCaret('e\u0301 x', 3)).toBe('LINE 1: e\u0301 x\n          ^')
})

test('cuts long lines on both sides of the place', () => {
  const statement = `${'a'.repeat(300)}X${'b'.repeat(300)}`
  const [line = '', caret = ''] = renderCaret(statement, 300).split('\n')
  expect(line[caret.indexOf('^')]).toBe('X')
  expect(line.length).toBeLessThan(120)
  expect(line).toMatch(/^LINE 1: …a+Xb+…$/)
})

test('stands after the end when the statement ends too early', () => {
  expect(renderCaret('SELECT (', 8)).toBe('LINE 1: SELECT (\n                ^')
  expect(renderCaret('SELECT (\n', 99)).toBe('LINE 2: \n        ^')
})
