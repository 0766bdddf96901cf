import fc from 'fast-check'
import { expect, test } from 'vitest'
import { junitXml } from '../../migrations/core/report/junit.ts'

const base = { suite: 's', name: 'n', message: 'm', ms: 1500 }

test('a report counts its cases, by suite and in all', () => {
  const xml = junitXml('verify', [
    { ...base, status: 'ok' },
    { ...base, suite: 't', status: 'failed', message: 'first\nsecond', file: 'a.ts' },
    { ...base, suite: 't', status: 'skipped' },
  ])
  expect(xml).toContain(
    '<testsuites name="verify" tests="3" failures="1" skipped="1" errors="0" time="4.500">',
  )
  expect(xml).toContain('<testsuite name="t" tests="2" failures="1" skipped="1" errors="0" time="3.000">')
  expect(xml).toContain('<failure message="first">first\nsecond</failure>')
  expect(xml).toContain('file="a.ts"')
})

test('a report holds only what XML can hold, and no markup of its texts', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const xml = junitXml(text, [{ ...base, suite: text, name: text, message: text, status: 'failed' }])
      expect(xml).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/)
      expect(xml.match(/</g)).toHaveLength(9)
      expect(xml.replace(/&(amp|lt|gt|quot|#\d+);/g, '')).not.toContain('&')
    }),
  )
})
