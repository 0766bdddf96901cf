import { describe, expect, test } from 'vitest'
import { nearest, nearestFew } from '../../migrations/core/environment/nearest.ts'

const keys = ['user', 'policy', 'message']

describe('nearest', () => {
  test.each([
    ['usr', 'user'],
    ['USER', 'user'],
    ['polciy', 'policy'],
    ['mess', 'message'],
    ['messages', 'message'],
  ])('takes %s for %s', (name, meant) => {
    expect(nearest(name, keys)).toBe(meant)
  })

  test('counts letters that changed places as one mistake, in short names too', () => {
    expect(nearest('plna', ['json', 'plan'])).toBe('plan')
  })

  test.each(['billing', 'x', ''])('has no guess for %j', (name) => {
    expect(nearest(name, keys)).toBeUndefined()
  })

  test('lists several, the nearest first, and of equals the first given', () => {
    expect(nearestFew('9f3c', ['9f3b', 'ab12', '9f3c01', '9f3a'], 2)).toEqual(['9f3b', '9f3a'])
  })
})
