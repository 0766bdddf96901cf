import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cutText, oneLine, padText } from '../../migrations/core/report/text.ts'
import { countOf, countText, durationText, relativeTime } from '../../migrations/core/report/units.ts'
import { textWidth } from '../../migrations/core/text-width.ts'

describe('textWidth', () => {
  test.each([
    ['abc', 3],
    ['日本', 4],
    ['e\u0301', 1],
    ['👩‍💻', 2],
    ['👍🏽', 2],
    ['❤\ufe0f', 2],
    ['\u001b[31mred\u001b[39m', 3],
    ['', 0],
  ])('%j takes %i columns', (text, width) => {
    expect(textWidth(text)).toBe(width)
  })

  test('padding reaches the width on either side', () => {
    expect(padText('日本', 6)).toBe('日本  ')
    expect(padText('7', 3, 'right')).toBe('  7')
  })

  test('a cut text never takes more columns than it may', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat(20), (text, width) => {
        expect(textWidth(cutText(text, width))).toBeLessThanOrEqual(width)
      }),
    )
  })
})

describe('oneLine', () => {
  test('shows what could move the cursor', () => {
    expect(oneLine('a\r\n\tb\u0007\u001b[2Jc ')).toBe('a b\\x07\\x1b[2Jc')
  })
})

describe('units', () => {
  test.each([
    [0.4, '<1 ms'],
    [8.2, '8 ms'],
    [999.6, '1.0 s'],
    [1234, '1.2 s'],
    [9960, '10 s'],
    [59_700, '1 min'],
    [190_000, '3 min 10 s'],
    [3_599_900, '1 h'],
    [7_500_000, '2 h 5 min'],
    [273_600_000, '3 d 4 h'],
  ])('%d ms reads %s', (ms, text) => {
    expect(durationText(ms)).toBe(text)
  })

  test('counts have a narrow space between thousands', () => {
    expect(countText(1234567)).toBe('1\u202f234\u202f567')
    expect(countText(999)).toBe('999')
    expect(countOf(1, 'step')).toBe('1 step')
    expect(countOf(2, 'query', 'queries')).toBe('2 queries')
  })

  test('moments are told from now', () => {
    const now = new Date('2026-11-21T10:00:00Z')
    expect(relativeTime(new Date('2026-11-21T09:55:00Z'), now)).toBe('5 min ago')
    expect(relativeTime(new Date('2026-11-21T10:02:00Z'), now)).toBe('in 2 min')
    expect(relativeTime(now, now)).toBe('just now')
  })
})
